import type { Preset } from './preset.ts'

/** Redis Sentinel. Source: https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/ */
export const redisSentinel: Preset = {
  prefix: '',
  parts: { sentinel: { name: '{prefix}redis-sentinel', replicas: 'odd factor', quorum: true } },
  values: {
    quorum: {
      from: '{sentinel}',
      formula: 'quorum',
      target: { configMap: { key: 'sentinel.conf', line: 'sentinel monitor * * * {value}' } },
    },
  },
}
