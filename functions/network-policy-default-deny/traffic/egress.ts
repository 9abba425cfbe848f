import type { Callee } from '../../lib/flows/callee.ts'
import { calleesOf } from '../../lib/flows/destinations.ts'
import { type Caller, type Flow, isWholeNamespace } from '../../lib/flows/flow.ts'
import { type Port, tcp } from '../../lib/flows/port.ts'
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
    ...build.flows.flatMap(({ flow, callees, callers: workloads }) => {
      const destinations = destinationsOf(flow, callees, build)
      return workloads.flatMap((workload) => {
        const subject = build.subjectOf(workload)
        return subject ? toDestinations(subject, flow, destinations, build) : []
      })
    }),
    ...fromRuntimePods(build),
    ...subjectsAt(scrapers, build).flatMap(({ subject, endpoint }) =>
      toScraped(subject, endpoint, scrape?.port, build),
    ),
    ...derivedEgress(build),
  ]
}

/** Where a flow goes: ends of the cluster with the ports on their pods, or a host outside. */
type Destination = { endpoint: Endpoint; port: Port } | { host: string; port: Port }

/** Each destination once, because a thousand callers may have a thousand callees. */
function destinationsOf(flow: Flow, callees: readonly Callee[], build: Build): Destination[] {
  const { destination, port, endPort, protocol = 'TCP' } = flow
  if (destination.type === 'external')
    return typeof port === 'number'
      ? [{ host: destination.host, port: { protocol, port, ...(endPort !== undefined && { endPort }) } }]
      : []
  const found = callees.map((callee) => ({ endpoint: endpointOf(flow, callee, build), port: callee.port }))
  return found.length < 2 ? found : [...new Map(found.map((one) => [JSON.stringify(one), one])).values()]
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
    const destinations = callers.length > 0 ? destinationsOf(flow, callees, build) : []
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
