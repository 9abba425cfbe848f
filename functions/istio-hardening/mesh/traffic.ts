import { type BackendCall, backendCalls } from '../../lib/flows/backends.ts'
import type { Callee } from '../../lib/flows/destinations.ts'
import { parseFlows } from '../../lib/flows/flow.ts'
import { type ResolvedFlow, resolveFlows } from '../../lib/flows/resolve.ts'
import type { FlowsSpec } from '../../lib/flows/schema.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { type RuntimePods, runtimePodsOf } from '../runtime-pods.ts'

/** What flows and other objects say of one workload. */
export interface WorkloadTraffic {
  /** Flows to it, each with the port that they reach on its pods. */
  inbound: { resolved: ResolvedFlow; callee: Callee }[]
  /** Flows that it makes. */
  outbound: ResolvedFlow[]
  /** Calls by the API server and gateways. */
  backends: BackendCall[]
}

/** What flows and other objects say of a build; findings where they do not fit it. */
export interface Traffic {
  of(workload: Workload): WorkloadTraffic
  runtimePods: RuntimePods[]
  findings: Finding[]
}

export function trafficOf(
  objects: readonly KubernetesObject[],
  topology: Topology,
  spec: FlowsSpec | undefined,
): Traffic {
  const { flows, findings: flowFindings } = resolveFlows(parseFlows(spec), topology)
  const { calls, findings: backendFindings } = backendCalls(objects, topology)
  const byObject = new Map<KubernetesObject, WorkloadTraffic>(
    topology.workloads.map(({ object }) => [object, { inbound: [], outbound: [], backends: [] }]),
  )
  const of = ({ object }: Workload): WorkloadTraffic =>
    byObject.get(object) ?? { inbound: [], outbound: [], backends: [] }
  for (const resolved of flows) {
    for (const callee of resolved.callees) if (callee.workload) of(callee.workload).inbound.push({ resolved, callee })
    for (const caller of resolved.callers) of(caller).outbound.push(resolved)
  }
  for (const call of calls) of(call.workload).backends.push(call)
  return { of, runtimePods: runtimePodsOf(flows), findings: [...flowFindings, ...backendFindings] }
}
