import { type Topology, topologyOf } from '../lib/flows/topology.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { overrideFor } from '../lib/kubernetes/workload.ts'
import type { ReplicationFactorSpec } from './config.ts'
import { type Autoscaler, autoscalersOf, describeMin } from './replicas/autoscaler.ts'
import { describeScalable, type Scalable, scalablesOf, writtenReplicas } from './replicas/scalable.ts'

/** The objects of a run, indexed for this function, and the policy. */
export interface Build {
  spec: ReplicationFactorSpec
  objects: readonly KubernetesObject[]
  scalables: readonly Scalable[]
  autoscalers: ReadonlyMap<Scalable, Autoscaler>
  /** Workloads by namespace, name and label; Services by name. */
  topology: Topology
}

export function buildOf(objects: readonly KubernetesObject[], spec: ReplicationFactorSpec): Build {
  const scalables = scalablesOf(objects)
  return { spec, objects, scalables, autoscalers: autoscalersOf(objects, scalables), topology: topologyOf(objects) }
}

/** How many pods there are at least, and where the number comes from. */
export interface Count {
  /** undefined where it is a placeholder. */
  value: number | undefined
  /** `3 replicas of StatefulSet mimir/mimir-ingester` */
  text: string
}

/** The replicas of one scalable or, where an autoscaler scales it, the minimum. */
export function countOf(build: Build, scalable: Scalable): Count {
  const autoscaler = build.autoscalers.get(scalable)
  if (autoscaler) return { value: autoscaler.min, text: describeMin(autoscaler) }
  const value = writtenReplicas(scalable)
  return { value, text: `${plural(value, 'replica')} of ${describeScalable(scalable)}` }
}

/** The replicas of several, summed: the members of one quorum, the brokers of one cluster. */
export function totalOf(build: Build, scalables: readonly Scalable[]): Count {
  const counts = scalables.map((scalable) => countOf(build, scalable))
  const isKnown = counts.every(({ value }) => value !== undefined)
  return {
    value: isKnown ? counts.reduce((sum, { value = 0 }) => sum + value, 0) : undefined,
    text: counts.map(({ text }) => text).join(' + '),
  }
}

/** `1 replica`, `3 replicas`, `an unknown number of replicas` */
export const plural = (count: number | undefined, noun: string): string =>
  count === undefined ? `an unknown number of ${noun}s` : `${count} ${noun}${count === 1 ? '' : 's'}`

/** The workload's own factor, else the environment's; undefined where the policy gives none. */
export const factorOf = ({ spec }: Build, scalables: readonly Scalable[]): number | undefined =>
  scalables.map((scalable) => overrideFor(spec.workloads, scalable)?.factor).find((own) => own !== undefined) ??
  spec.factor
