import { type Topology, topologyOf } from '../../lib/flows/topology.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { runtimePodsOf } from '../../lib/operators/index.ts'
import type { ReplicationFactorSpec } from '../config.ts'
import { type Autoscaler, autoscalersOf, describeMin, describeRunning } from './autoscaler.ts'
import { type Replicated, replicatedOf, standInsOf } from './replicated.ts'
import { describeScalable, type Scalable, scalablesOf, writtenReplicas } from './scalable.ts'

/** The objects of a run, indexed for this function, and the policy. */
export interface Build {
  spec: ReplicationFactorSpec
  objects: readonly KubernetesObject[]
  scalables: readonly Scalable[]
  /** The workloads that get a spread and a budget. */
  replicated: readonly Replicated[]
  /** What counts in place of a workload whose pods it takes: a Rollout for the Deployment it refers to. */
  standIns: ReadonlyMap<KubernetesObject, Workload>
  /** Labels of the pods that operators make. */
  runtimePods: readonly { namespace: string; labels: Labels }[]
  autoscalers: ReadonlyMap<Scalable, Autoscaler>
  /** Workloads by namespace, name and label; Services by name. */
  topology: Topology
}

export function buildOf(objects: readonly KubernetesObject[], spec: ReplicationFactorSpec): Build {
  const topology = topologyOf(objects)
  const standIns = standInsOf(objects, topology)
  const scalables = scalablesOf(objects, standIns)
  return {
    spec,
    objects,
    scalables,
    replicated: replicatedOf(topology, standIns),
    standIns,
    runtimePods: objects.flatMap((object) =>
      runtimePodsOf(object).map(({ labels }) => ({ namespace: object.metadata.namespace ?? '', labels })),
    ),
    autoscalers: autoscalersOf(objects, scalables),
    topology,
  }
}

/** How many pods run at least while any run: an autoscaler that may go down to none keeps its minimum above it. */
export const runningOf = (build: Build, scalables: readonly Scalable[]): Count =>
  sum(
    scalables.map((scalable) => {
      const autoscaler = build.autoscalers.get(scalable)
      return autoscaler
        ? { value: autoscaler.leastRunning, text: describeRunning(autoscaler) }
        : countOf(build, scalable)
    }),
  )

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
export const totalOf = (build: Build, scalables: readonly Scalable[]): Count =>
  sum(scalables.map((scalable) => countOf(build, scalable)))

function sum(counts: readonly Count[]): Count {
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
