import { etcd } from './etcd.ts'
import { kafka } from './kafka.ts'
import { loki } from './loki.ts'
import { mimir } from './mimir.ts'
import type { Preset } from './preset.ts'
import { pyroscope } from './pyroscope.ts'
import { qdrant } from './qdrant.ts'
import { redisSentinel } from './redis-sentinel.ts'
import { tempo } from './tempo.ts'
import { tidb } from './tidb.ts'

/** The known programs, by their name in the policy. A new preset is one file and one row here. */
export const presets: Readonly<Record<string, Preset>> = {
  mimir,
  loki,
  tempo,
  pyroscope,
  etcd,
  kafka,
  tidb,
  'redis-sentinel': redisSentinel,
  qdrant,
}

/** The preset of an entry: `etcd`, or `etcd/events` for a second one. */
export const presetOf = (key: string): Preset | undefined => {
  const [name = ''] = key.split('/')
  return Object.hasOwn(presets, name) ? presets[name] : undefined
}
