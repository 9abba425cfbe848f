import type { BackendCall } from '../../lib/flows/backends.ts'
import type { Callee } from '../../lib/flows/destinations.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { type Traffic, trafficOf } from '../../lib/flows/traffic.ts'
import type { Shared } from '../../lib/framework/shared.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
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

/** What flows and other objects say about each workload of a build. */
export interface TrafficByWorkload extends Pick<Traffic, 'topology' | 'findings'> {
  of(workload: Workload): WorkloadTraffic
  runtimePods: RuntimePods[]
}

export function trafficByWorkload(
  objects: readonly KubernetesObject[],
  { flows: declared }: IstioHardeningSpec,
  shared: Shared,
): TrafficByWorkload {
  const { topology, flows, calls, findings } = trafficOf(objects, { flows: declared }, shared)
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
  return { topology, of, runtimePods: runtimePodsOf(flows), findings }
}
