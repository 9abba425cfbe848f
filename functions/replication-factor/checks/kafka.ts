import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import {
  type Fields,
  formatPath,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { namesOf } from '../../lib/kubernetes/previous-names.ts'
import { STRIMZI, STRIMZI_CLUSTER } from '../../lib/operators/strimzi-pods.ts'
import { type Build, type Count, totalOf } from '../build/build.ts'
import { type Scalable, wholeNumber } from '../build/scalable.ts'
import { findings } from '../findings/index.ts'

// Rule, for every Kafka of Strimzi, whoever wrote its configuration: no topic has more copies than there are brokers, or
// it cannot be created; and fewer copies must be in sync than there are, or the first broker that is away stops every
// writer. A single copy may ask for one in sync.

/** A number of copies and how many of them must be in sync, by their keys in the broker's configuration. */
const PAIRS: readonly (readonly [copies: string, inSync: string])[] = [
  ['default.replication.factor', 'min.insync.replicas'],
  ['offsets.topic.replication.factor', 'min.insync.replicas'],
  ['transaction.state.log.replication.factor', 'transaction.state.log.min.isr'],
]

export function checkKafka(build: Build): Finding[] {
  const isOfKafka = (kind: string) => (object: KubernetesObject) => isKind(object, STRIMZI, kind)
  const clusters = build.objects.filter(isOfKafka('Kafka'))
  const topics = groupBy(build.objects.filter(isOfKafka('KafkaTopic')), clusterOf)
  const pools = groupBy(
    build.scalables.filter(({ object }) => isOfKafka('KafkaNodePool')(object)),
    ({ object }) => clusterOf(object),
  )
  const own = build.scalables.filter(({ object, path }) => isOfKafka('Kafka')(object) && path[1] === 'kafka')
  const ownOf = new Map(own.map((scalable) => [scalable.object, [scalable]]))
  return clusters.flatMap((cluster) => {
    const called = <T>(groups: Map<string, T[]>): T[] =>
      namesOf(cluster).flatMap((name) => groups.get(keyOf(cluster, name)) ?? [])
    const brokers = countBrokers(build, called(pools), ownOf.get(cluster) ?? [])
    return [
      ...checkBrokerConfig(cluster, brokers),
      ...called(topics).flatMap((topic) => checkTopic(cluster, topic, brokers)),
    ]
  })
}

const keyOf = ({ metadata }: KubernetesObject, cluster: string): string => `${metadata.namespace ?? ''}/${cluster}`
const clusterOf = (object: KubernetesObject): string => keyOf(object, object.metadata.labels?.[STRIMZI_CLUSTER] ?? '')

/** The brokers of a cluster: its pools with that role, or its own replicas. */
function countBrokers(build: Build, pools: readonly Scalable[], own: readonly Scalable[]): Count {
  const brokers = pools.filter(
    ({ object }) => (valueAt(object, ['spec', 'roles']) as string[] | undefined)?.includes('broker') ?? true,
  )
  const counted = brokers.length > 0 ? brokers : own
  return counted.length > 0 ? totalOf(build, counted) : { value: undefined, text: '' }
}

const CONFIG = ['spec', 'kafka', 'config'] as const
const configOf = (object: KubernetesObject, path: readonly string[]): Fields => {
  const config = valueAt(object, path)
  return isFields(config) ? config : {}
}

function checkBrokerConfig(object: KubernetesObject, brokers: Count): Finding[] {
  const config = configOf(object, CONFIG)
  return PAIRS.flatMap(([copiesKey, inSyncKey]) => {
    const field = (key: string): string => formatPath([...CONFIG, key])
    const copies = { value: wholeNumber(config[copiesKey]), key: copiesKey, field: field(copiesKey) }
    const inSync = { value: wholeNumber(config[inSyncKey]), key: inSyncKey, field: field(inSyncKey) }
    return [...aboveBrokers(object, copies, brokers), ...stopsWriters(object, inSync, copies)]
  })
}

/** A topic without a number of its own uses that of the brokers. */
function checkTopic(cluster: KubernetesObject, topic: KubernetesObject, brokers: Count): Finding[] {
  const copies = { value: wholeNumber(valueAt(topic, ['spec', 'replicas'])), key: 'replicas', field: 'spec.replicas' }
  const key = 'min.insync.replicas'
  const own = configOf(topic, ['spec', 'config'])[key]
  const field = own === undefined ? copies.field : formatPath(['spec', 'config', key])
  const inSync = { value: wholeNumber(own ?? configOf(cluster, CONFIG)[key]), key, field }
  return [...aboveBrokers(topic, copies, brokers), ...stopsWriters(topic, inSync, copies)]
}

interface Setting {
  value: number | undefined
  key: string
  field: string
}

function aboveBrokers(object: KubernetesObject, { value, key, field: path }: Setting, brokers: Count): Finding[] {
  if (value === undefined || brokers.value === undefined || value <= brokers.value) return []
  const details = { object, field: { path, currentValue: value } }
  return [findings['copies-above-brokers'](details, key, value, brokers.text, brokers.value)]
}

function stopsWriters(object: KubernetesObject, inSync: Setting, copies: Setting): Finding[] {
  const [least, all] = [inSync.value, copies.value]
  if (least === undefined || all === undefined || least < all || (least === 1 && all === 1)) return []
  const details = { object, field: { path: inSync.field, currentValue: least } }
  return [findings['writers-stop'](details, inSync.key, least, copies.key, all)]
}
