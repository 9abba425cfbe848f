import type { ResolvedFlow } from '../lib/flows/resolve.ts'
import { groupBy } from '../lib/framework/group-by.ts'
import type { Labels } from '../lib/kubernetes/selector.ts'
import type { WorkloadTraffic } from './mesh/traffic.ts'

/** Pods that an operator makes, by the labels with which flows select them. */
export interface RuntimePods {
  namespace: string
  /** The first of the names that flows give them. */
  name: string
  labels: Labels
  inbound: WorkloadTraffic['inbound']
}

/** The pods in the namespaces of the build that flows go to and that stand in no manifest, each once. */
export function runtimePodsOf(flows: readonly ResolvedFlow[]): RuntimePods[] {
  const inbound = flows.flatMap((resolved) =>
    resolved.callees.flatMap((callee) =>
      callee.workload === undefined && callee.isHere && callee.labels
        ? [{ resolved, callee, labels: callee.labels }]
        : [],
    ),
  )
  const groups = groupBy(inbound, ({ callee: { namespace }, labels }) =>
    JSON.stringify([namespace, Object.entries(labels).sort()]),
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group.toSorted((a, b) => (a.callee.name < b.callee.name ? -1 : 1))
    return first
      ? [{ namespace: first.callee.namespace, name: first.callee.name, labels: first.labels, inbound: group }]
      : []
  })
}
