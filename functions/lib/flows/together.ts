import { groupBy } from '../framework/group-by.ts'
import { isOfTheMesh } from '../kubernetes/istio.ts'
import type { Labels } from '../kubernetes/selector.ts'
import type { Workload } from '../kubernetes/workload.ts'
import type { Flow } from './flow.ts'
import type { FlowsSpec } from './schema.ts'
import type { Topology } from './topology.ts'

/** From so many on, a rule selects workloads together, where labels select exactly them, and not one by one. */
export const MANY = 64

/** How many pairs of a caller and a callee are written one by one before a finding says so. */
export const MANY_PAIRS = 10_000

/** What tells whether a build knows everything that runs in a namespace. */
export interface Surroundings {
  topology: Topology
  flows: FlowsSpec | undefined
  /** Does a flow mean every workload of the namespace, those of other builds too? */
  isEvery?: boolean
}

/**
 * Labels that select these workloads of one namespace, and nothing else there; without labels, all of its pods. undefined
 * where they are few, where no labels do, and where other builds or operators may have pods there.
 */
export function selectingTogether(workloads: Iterable<Workload>, around: Surroundings): Labels | undefined {
  const all = [...new Set(workloads)]
  const [first] = all
  if (!first || all.length < MANY || !isAllKnown(first.namespace, around)) return undefined
  const { topology } = around
  // Other builds may have pods with these labels.
  const shared = topology.ownNamespaces.has(first.namespace) ? labelsShared(all) : {}
  const single = Object.entries(shared).map(([key, value]) => ({ [key]: value }))
  return [{}, ...single, shared].find((labels) => topology.workloadsWith(first.namespace, labels).length === all.length)
}

/** Are all pods and Services of a namespace in the build, as far as flows go there? */
export const isAllKnown = (namespace: string, { topology, flows, isEvery = false }: Surroundings): boolean =>
  (isEvery || topology.ownNamespaces.has(namespace)) &&
  topology.madeWith(namespace, {}).length === 0 &&
  !namespacesOfRuntimePods(flows).has(namespace)

const known = new WeakMap<FlowsSpec, ReadonlySet<string>>()

/** Namespaces for which flows select pods that no manifest describes. */
function namespacesOfRuntimePods(flows: FlowsSpec = {}): ReadonlySet<string> {
  const found =
    known.get(flows) ??
    new Set(Object.entries(flows).flatMap(([key, { selector }]) => (selector ? [key.slice(0, key.indexOf('/'))] : [])))
  known.set(flows, found)
  return found
}

/** At the first run the labels of the mesh are not there yet. */
function labelsShared(workloads: readonly Workload[]): Labels {
  const [first, ...others] = workloads.map(({ labels }) => labels)
  return Object.fromEntries(
    Object.entries(first ?? {})
      .filter(([key, value]) => !isOfTheMesh(key) && others.every((labels) => labels[key] === value))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

interface Resolved {
  flow: Flow
}

/** The flows that the same callers make, group by group, so that what they call together is found once for all of them. */
export const bySameCallers = <T extends Resolved>(flows: readonly T[]): T[][] => [
  ...groupBy(flows, ({ flow: { key, destination, plain, callers } }) => {
    const isSelf = callers.some(({ type }) => type === 'self')
    return JSON.stringify([plain, isSelf ? key : destination.type === 'workload' && destination.namespace, callers])
  }).values(),
]

/** Does one of the flows go to every workload of its namespace? */
export const isToEvery = (flows: readonly Resolved[]): boolean =>
  flows.some(({ flow: { destination } }) => destination.type === 'workload' && destination.name === '*')
