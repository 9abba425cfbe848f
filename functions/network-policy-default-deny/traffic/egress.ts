import type { Callee } from '../../lib/flows/callee.ts'
import { calleesOf } from '../../lib/flows/destinations.ts'
import { type Caller, type Flow, isWholeNamespace } from '../../lib/flows/flow.ts'
import { type Port, tcp } from '../../lib/flows/port.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { bySameCallers, isToEvery, selectingTogether } from '../../lib/flows/together.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import type { Peer } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import { hasSidecar } from '../subjects/sidecar.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectAdmission } from './admission.ts'
import { baseline } from './baseline.ts'
import { derivedEgress, subjectsAt } from './derived.ts'
import {
  calleeEndpoint,
  type Endpoint,
  podEndpoints,
  portsOnWire,
  subjectEndpoint,
  TUNNEL,
  workloadEndpoint,
} from './endpoints.ts'
import { scrapePorts } from './scrape.ts'

/** Whom each subject may call: what every pod needs, and whatever admits it on the other side. */
export function egressOf(build: Build): SubjectAdmission[] {
  const { scrape } = build.spec
  const scrapers = scrape ? podEndpoints(scrape.namespace, scrape.labels, build) : []
  return [
    ...build.subjects.flatMap((subject) =>
      baseline(subject, build.spec).map((admission) => ({ subject, ...admission })),
    ),
    ...bySameCallers(build.flows).flatMap((flows) => fromWorkloads(flows, build)),
    ...fromRuntimePods(build),
    ...subjectsAt(scrapers, build).flatMap(({ subject, endpoint }) =>
      toScraped(subject, endpoint, scrape?.port, build),
    ),
    ...derivedEgress(build),
  ]
}

/** Flows that the same workloads make. */
function fromWorkloads(flows: readonly ResolvedFlow[], build: Build): SubjectAdmission[] {
  const [first] = flows
  if (!first || first.callers.length === 0) return []
  const destinations = destinationsOf(flows, build)
  return first.callers.flatMap((workload) => {
    const subject = build.subjectOf(workload)
    return subject ? toDestinations(subject, first.flow, destinations, build) : []
  })
}

/** Where a flow goes: ends of the cluster with the ports on their pods, or a host outside. */
type Destination = { endpoint: Endpoint; port: Port } | { host: string; port: Port }

/** Each destination once, and many together where labels select them, because a thousand callers may have a thousand callees. */
export function destinationsOf(flows: readonly Called[], build: Build): Destination[] {
  const found = [...groupBy(flows.flatMap(callsOf), portAndNamespace).values()].flatMap((calls) => {
    const workloads = calls.flatMap(({ callee: { workload, replica } }) =>
      replica === undefined ? (workload ?? []) : [],
    )
    const around = { topology: build.topology, flows: build.spec.flows, isEvery: isToEvery(flows) }
    const labels = workloads.length === calls.length ? selectingTogether(workloads, around) : undefined
    const [first] = calls
    if (!first || labels === undefined)
      return calls.map(({ flow, callee }) => ({ endpoint: endpointOf(flow, callee, build), port: callee.port }))
    const { namespace, port } = first.callee
    return podEndpoints(namespace, labels, build).map((endpoint) => ({ endpoint, port }))
  })
  const inside = found.length < 2 ? found : [...new Map(found.map((one) => [JSON.stringify(one), one])).values()]
  return [...inside, ...flows.flatMap(outside)]
}

type Called = Pick<ResolvedFlow, 'flow' | 'callees'>

const callsOf = ({ flow, callees }: Called): { flow: Flow; callee: Callee }[] =>
  callees.map((callee) => ({ flow, callee }))

const portAndNamespace = ({ callee: { namespace, port } }: { callee: Callee }): string =>
  JSON.stringify([namespace, port.port, port.protocol, port.endPort])

/** Only a number is a port of a host outside the cluster. */
function outside({ flow: { destination, port, endPort, protocol = 'TCP' } }: Called): Destination[] {
  if (destination.type !== 'external' || typeof port !== 'number') return []
  return [{ host: destination.host, port: { protocol, port, ...(endPort !== undefined && { endPort }) } }]
}

/** For a flow to every port of every workload of a namespace, the namespace. */
function endpointOf(flow: Flow, callee: Callee, build: Build): Endpoint {
  const endpoint = calleeEndpoint(callee, build)
  return endpoint.peer.type === 'pods' && isWholeNamespace(flow)
    ? { ...endpoint, peer: { ...endpoint.peer, labels: undefined } }
    : endpoint
}

const toDestinations = (
  subject: Subject,
  flow: Flow,
  destinations: readonly Destination[],
  build: Build,
): SubjectAdmission[] =>
  destinations.map((destination) =>
    'host' in destination
      ? { subject, peer: { type: 'host', host: destination.host }, ports: [destination.port] }
      : {
          subject,
          peer: destination.endpoint.peer,
          ports: portsOnWire([destination.port], subjectEndpoint(subject, build), destination.endpoint, flow.plain),
        },
  )

/** No manifest describes these callers, so they are found in the declared flows. */
function fromRuntimePods(build: Build): SubjectAdmission[] {
  const subjects = build.subjects.filter(({ workload }) => !workload)
  if (subjects.length === 0) return []
  return build.declared.flatMap((flow) => {
    const callees = calleesOf(flow, build.topology, [])
    const callers = subjects.filter((subject) =>
      flow.callers.some((caller) => isCaller(subject, caller, flow, callees, build)),
    )
    const destinations = callers.length > 0 ? destinationsOf([{ flow, callees }], build) : []
    return callers.flatMap((subject) => toDestinations(subject, flow, destinations, build))
  })
}

function isCaller(subject: Subject, caller: Caller, flow: Flow, callees: readonly Callee[], build: Build): boolean {
  if (caller.type === 'pods')
    return caller.namespace === subject.namespace && selects(caller.labels ?? {}, subject.carried)
  if (caller.type === 'workload')
    return (
      flow.destination.type === 'workload' &&
      flow.destination.namespace === subject.namespace &&
      build.topology.madeNamed(subject.namespace, caller.name).some((pods) => build.madeSubject(pods) === subject)
    )
  if (caller.type !== 'self') return false
  return callees.some((callee) => build.calleeSubject(callee) === subject)
}

/**
 * A scraper in the build calls the sidecars of any namespace, or in an ambient mesh its members, and the pods of this
 * build that have no sidecar.
 */
function toScraped(
  subject: Subject,
  caller: Endpoint,
  ofSidecars: number | undefined,
  build: Build,
): SubjectAdmission[] {
  if (ofSidecars === undefined) return []
  const everywhere: Peer = { type: 'pods', namespace: undefined, labels: undefined }
  const withoutSidecar = build.topology.workloads.filter((workload) => !hasSidecar(workload, build.namespaces))
  return [
    { subject, peer: everywhere, ports: [tcp(ofSidecars), ...(caller.inMesh ? [TUNNEL] : [])] },
    ...withoutSidecar.flatMap((workload) => {
      const ports = scrapePorts(workload)
      const callee = workloadEndpoint(workload, build)
      return ports.length > 0 ? [{ subject, peer: callee.peer, ports: portsOnWire(ports, caller, callee) }] : []
    }),
  ]
}
