import { etcd } from './etcd.ts'
import { kafka } from './kafka.ts'
import { loki } from './loki.ts'
import { memcached } from './memcached.ts'
import { mimir } from './mimir.ts'
import type { Preset } from './preset.ts'
import { pyroscope } from './pyroscope.ts'
import { qdrant } from './qdrant.ts'
import { redisSentinel } from './redis-sentinel.ts'
import { tempo } from './tempo.ts'
import { tidb } from './tidb.ts'

/** The programs that are known, by the name that the policy calls them. */
export const presets: Readonly<Record<string, Preset>> = {
  mimir,
  loki,
  tempo,
  pyroscope,
  etcd,
  memcached,
  kafka,
  tidb,
  'redis-sentinel': redisSentinel,
  qdrant,
}

/** `etcd`, and `etcd/events` for a second one: the preset of an entry. */
export const presetOf = (key: string): Preset | undefined => {
  const [name = ''] = key.split('/')
  return Object.hasOwn(presets, name) ? presets[name] : undefined
}
