import { type Callee, calleesOf } from '../../lib/flows/destinations.ts'
import type { Caller, Flow } from '../../lib/flows/flow.ts'
import { tcp } from '../../lib/flows/port.ts'
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
  HBONE,
  podEndpoints,
  portsOnWire,
  subjectEndpoint,
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
    ...build.flows.flatMap(({ flow, callees, callers: workloads }) =>
      workloads.flatMap((workload) => {
        const subject = build.subjectOf(workload)
        return subject ? toDestination(subject, flow, callees, build) : []
      }),
    ),
    ...build.subjects.filter(({ workload }) => !workload).flatMap((subject) => fromRuntimePods(subject, build)),
    ...subjectsAt(scrapers, build).flatMap(({ subject, endpoint }) =>
      toScraped(subject, endpoint, scrape?.port, build),
    ),
    ...derivedEgress(build),
  ]
}

function toDestination(subject: Subject, flow: Flow, callees: readonly Callee[], build: Build): SubjectAdmission[] {
  const { destination, port, endPort, protocol = 'TCP' } = flow
  if (destination.type === 'external')
    return typeof port === 'number'
      ? [
          {
            subject,
            peer: { type: 'host', host: destination.host },
            ports: [{ protocol, port, ...(endPort !== undefined && { endPort }) }],
          },
        ]
      : []
  return callees.map((callee) => {
    const endpoint = calleeEndpoint(callee, build)
    return {
      subject,
      peer: endpoint.peer,
      ports: portsOnWire([callee.port], subjectEndpoint(subject, build), endpoint, flow.plain),
    }
  })
}

/** No manifest describes these callers, so they are found in the declared flows. */
const fromRuntimePods = (subject: Subject, build: Build): SubjectAdmission[] =>
  build.declared
    .filter((flow) => flow.callers.some((caller) => isCaller(subject, caller, flow, build)))
    .flatMap((flow) => toDestination(subject, flow, calleesOf(flow, build.topology, []), build))

function isCaller(subject: Subject, caller: Caller, flow: Flow, build: Build): boolean {
  if (caller.type === 'pods')
    return caller.namespace === subject.namespace && selects(caller.labels ?? {}, subject.carried)
  if (caller.type === 'workload')
    return (
      flow.destination.type === 'workload' &&
      flow.destination.namespace === subject.namespace &&
      build.topology.madeNamed(subject.namespace, caller.name).some((pods) => build.madeSubject(pods) === subject)
    )
  if (caller.type !== 'self') return false
  return calleesOf(flow, build.topology, []).some((callee) => build.calleeSubject(callee) === subject)
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
    { subject, peer: everywhere, ports: [tcp(ofSidecars), ...(caller.inMesh ? [HBONE] : [])] },
    ...withoutSidecar.flatMap((workload) => {
      const ports = scrapePorts(workload)
      const callee = workloadEndpoint(workload, build)
      return ports.length > 0 ? [{ subject, peer: callee.peer, ports: portsOnWire(ports, caller, callee) }] : []
    }),
  ]
}
