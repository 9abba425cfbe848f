import { groupBy } from '../../lib/framework/group-by.ts'
import { valueAt } from '../../lib/kubernetes/objects.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { STRIMZI_CLUSTER } from '../../lib/operators/strimzi-pods.ts'
import type { Build } from '../build/build.ts'
import type { KnownPart } from '../build/known-parts.ts'
import { named, type Scalable } from '../build/scalable.ts'
import { memberListsOf } from './initial-cluster.ts'

// Rule: a quorum is what the policy or a preset names, and by its nature an etcd (it is told an initial cluster), the pd of a
// TidbCluster, and ZooKeeper and the KRaft controllers of a Kafka.

/** The members of one quorum: one workload, or several of one namespace. */
export interface Quorum {
  scalables: readonly Scalable[]
}

export function quorumsOf(build: Build, parts: readonly KnownPart[]): Quorum[] {
  const groups = new Map<Scalable, readonly Scalable[]>()
  const join = (scalables: readonly Scalable[]): void => {
    for (const members of groupBy(scalables, ({ namespace }) => namespace).values())
      for (const scalable of members) if (!groups.has(scalable)) groups.set(scalable, members)
  }
  const keys = Object.keys(build.spec.quorum).sort()
  for (const key of keys) if (build.spec.quorum[key] === true) join(named(build.scalables, key))
  const exempt = new Set(keys.flatMap((key) => (build.spec.quorum[key] === true ? [] : named(build.scalables, key))))
  for (const part of parts) if (part.quorum) join(part.scalables.filter((scalable) => !exempt.has(scalable)))
  for (const natural of naturalQuorums(build)) join(natural.filter((scalable) => !exempt.has(scalable)))
  return [...new Set(groups.values())].map((scalables) => ({ scalables }))
}

function naturalQuorums(build: Build): Scalable[][] {
  const members = build.scalables.flatMap((scalable) => {
    const key = naturalKey(scalable)
    return key === undefined ? [] : [{ key, scalable }]
  })
  return [...groupBy(members, ({ key }) => key).values()].map((group) => group.map(({ scalable }) => scalable))
}

/** A key that the members of one natural quorum share; undefined for what is no member. */
function naturalKey({ object, kind, namespace, name, path }: Scalable): string | undefined {
  if (kind === 'KafkaNodePool') {
    const isController = (valueAt(object, ['spec', 'roles']) as string[] | undefined)?.includes('controller')
    return isController ? `kraft\n${namespace}\n${object.metadata.labels?.[STRIMZI_CLUSTER]}` : undefined
  }
  const isEtcd = workloadKindOf(object)?.ordinals && memberListsOf(object).length > 0
  const isQuorum = isEtcd || path[1] === 'pd' || path[1] === 'zookeeper'
  return isQuorum ? `${kind}\n${namespace}\n${name}` : undefined
}
