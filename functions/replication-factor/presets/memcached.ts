import type { Preset } from './preset.ts'

/** memcached behind mcrouter, whose pool must name as many servers as there are. */
export const memcached: Preset = {
  prefix: '',
  parts: {
    memcached: { name: '{prefix}memcached', replicas: 'factor' },
    mcrouter: { name: '{prefix}mcrouter' },
  },
  values: {
    pool: {
      from: '{memcached}',
      formula: 'count',
      target: { env: { workload: '{mcrouter}', name: 'MEMCACHED_REPLICAS' } },
    },
  },
}
