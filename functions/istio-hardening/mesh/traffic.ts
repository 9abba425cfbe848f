import type { BackendCall } from '../../lib/flows/backends.ts'
import type { Callee } from '../../lib/flows/callee.ts'
import { findings as flowFindings } from '../../lib/flows/findings.ts'
import { about } from '../../lib/flows/flow.ts'
import { isTcp } from '../../lib/flows/port.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import type { Scrape } from '../../lib/flows/scrapes.ts'
import { type Traffic, trafficOf } from '../../lib/flows/traffic.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import type { Shared } from '../../lib/framework/shared.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'

/** What flows and other objects say about one workload. */
export interface WorkloadTraffic {
  /** Flows to it, each with the port that they reach on its pods. */
  inbound: { resolved: ResolvedFlow; callee: Callee }[]
  /** Flows that it makes. */
  outbound: ResolvedFlow[]
  /** Calls by the API server and gateways. */
  backends: BackendCall[]
  /** What monitors of Prometheus ask for. */
  scrapes: Scrape[]
}

/** Pods that an operator makes, by the labels with which flows select them. */
export interface CalledRuntimePods {
  namespace: string
  /** The first of the names that flows give them. */
  name: string
  labels: Labels
  inbound: WorkloadTraffic['inbound']
}

/** What flows and other objects say about each workload of a build. */
export interface TrafficByWorkload extends Pick<Traffic, 'topology' | 'findings'> {
  of(workload: Workload): WorkloadTraffic
  runtimePods: CalledRuntimePods[]
}

export function trafficByWorkload(
  objects: readonly KubernetesObject[],
  { flows: declared, elsewhere, ambient }: IstioHardeningSpec,
  shared: Shared,
): TrafficByWorkload {
  const { topology, flows, calls, scrapes, findings } = trafficOf(objects, { flows: declared, elsewhere }, shared)
  const byObject = new Map<KubernetesObject, WorkloadTraffic>(
    topology.workloads.map(({ object }) => [object, { inbound: [], outbound: [], backends: [], scrapes: [] }]),
  )
  const of = ({ object }: Workload): WorkloadTraffic =>
    byObject.get(object) ?? { inbound: [], outbound: [], backends: [], scrapes: [] }
  const ranges = ambient
    ? []
    : flows
        .filter((resolved) => isRange(resolved) && isTcp(resolved.flow))
        .map(({ flow }) => flowFindings['range-in-mesh'](about(flow), flow.key))
  for (const resolved of flows.flatMap(carriedByMesh)) {
    for (const callee of resolved.callees) if (callee.workload) of(callee.workload).inbound.push({ resolved, callee })
    for (const caller of resolved.callers) of(caller).outbound.push(resolved)
  }
  for (const call of calls) of(call.workload).backends.push(call)
  for (const scrape of scrapes) if (scrape.workload) of(scrape.workload).scrapes.push(scrape)
  return { topology, of, runtimePods: runtimePodsOf(flows.flatMap(carriedByMesh)), findings: [...findings, ...ranges] }
}

const isRange = ({ flow }: ResolvedFlow): boolean => flow.endPort !== undefined

/** The part of a flow that proxies carry: they leave UDP and SCTP alone. */
function carriedByMesh(resolved: ResolvedFlow): ResolvedFlow[] {
  if (!isTcp(resolved.flow) || isRange(resolved)) return []
  const callees = resolved.callees.filter(({ port }) => isTcp(port))
  return callees.length > 0 || resolved.callees.length === 0 ? [{ ...resolved, callees }] : []
}

/** The destinations of flows in the namespaces of the build that no manifest describes, each once. */
function runtimePodsOf(flows: readonly ResolvedFlow[]): CalledRuntimePods[] {
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
