import type { MadePods } from '../../lib/flows/made-pods.ts'
import type { Port } from '../../lib/flows/port.ts'
import { type Called, calledBy, type Scrape } from '../../lib/flows/scrapes.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectAdmission } from './admission.ts'
import { backendCallers } from './backends.ts'
import { type Endpoint, podEndpoints, portsOnWire, subjectEndpoint, workloadEndpoint } from './endpoints.ts'

/** A call that follows from objects of the build and not from a flow. */
interface DerivedCall {
  callers: readonly Endpoint[]
  callee: Endpoint
  /** What has a policy of its own among the pods that are called. */
  subject: Subject | undefined
  ports: readonly Port[]
}

/** Calls to backends of routes and webhooks, scrapes by monitors, and what pods of one custom resource say to each other. */
const derivedCalls = (build: Build): DerivedCall[] => [
  ...build.calls.map((call) => to(call, backendCallers(call, build), [call.port], build)),
  ...build.madeCalls.map((call) => to(call, backendCallers(call, build), [call.port], build)),
  ...build.scrapes.map((scrape) => to(scrape, scrapersOf(scrape, build), [scrape.port], build)),
  ...build.topology.made.flatMap((pods) => [...amongMembers(pods, build), ...byMade(pods, build)]),
]

function to(called: Called, callers: readonly Endpoint[], ports: readonly Port[], build: Build): DerivedCall {
  if (called.workload) {
    const { workload, replica } = called
    const callee = workloadEndpoint(workload, build, replica)
    return { callers, callee, subject: build.subjectOf(workload, replica), ports }
  }
  const { pods } = called
  const subject = build.madeSubject(pods)
  return { callers, callee: madeEndpoint(pods, build), subject, ports }
}

function madeEndpoint(pods: MadePods, build: Build): Endpoint {
  const subject = build.madeSubject(pods)
  const labels = subject?.podLabels ?? pods.labels
  return subject
    ? subjectEndpoint(subject, build)
    : { peer: { type: 'pods', namespace: pods.namespace, labels }, inMesh: false }
}

/** The Prometheus of the build that reads the monitor, else the one that policy names. */
export function scrapersOf({ scrapers }: Scrape, build: Build): Endpoint[] {
  const { scrape } = build.spec
  if (scrapers.length > 0) return scrapers.map((pods) => madeEndpoint(pods, build))
  return scrape ? podEndpoints(scrape.namespace, scrape.labels, build) : []
}

/** If flows select these pods by labels of their own, the flows say which of the pods call each other. */
function amongMembers(pods: MadePods, build: Build): DerivedCall[] {
  const subject = build.madeSubject(pods)
  const { members = [] } = pods
  if (!subject || members.length === 0 || !selects(pods.labels, subject.podLabels)) return []
  const callers = build.topology.made.filter(({ object }) => object === pods.object)
  const ports = pods.ports
    .filter(({ port }) => members.includes(port))
    .map(
      ({ port, endPort, protocol }): Port => ({
        ...{ protocol: protocol ?? 'TCP', port },
        ...(endPort !== undefined && { endPort }),
      }),
    )
  return [
    to(
      { pods },
      callers.map((other) => madeEndpoint(other, build)),
      ports,
      build,
    ),
  ]
}

/** The Services that a custom resource tells its pods to call. */
const byMade = (pods: MadePods, build: Build): DerivedCall[] =>
  (pods.calls ?? []).flatMap(({ namespace, service, port }) =>
    calledBy(namespace, service, port, build.topology).map(({ port: onPods, ...called }) =>
      to(called, [madeEndpoint(pods, build)], [onPods], build),
    ),
  )

export const derivedIngress = (build: Build): SubjectAdmission[] =>
  derivedCalls(build).flatMap(({ callers, callee, subject, ports }) =>
    subject
      ? callers.map((caller) => ({
          subject,
          peer: caller.peer,
          ports: portsOnWire(ports, caller, callee),
          ...(caller.reason !== undefined && { reason: caller.reason }),
        }))
      : [],
  )

export const derivedEgress = (build: Build): SubjectAdmission[] =>
  derivedCalls(build).flatMap(({ callers, callee, ports }) =>
    subjectsAt(callers, build).map(({ subject, endpoint }) => ({
      subject,
      peer: callee.peer,
      ports: portsOnWire(ports, endpoint, callee),
    })),
  )

/** The subjects among pods that are named by labels: workloads of the build, declared run-time pods, and those of Gateways. */
export const subjectsAt = (endpoints: readonly Endpoint[], build: Build): { subject: Subject; endpoint: Endpoint }[] =>
  endpoints.flatMap((endpoint) => {
    const { peer } = endpoint
    if (peer.type !== 'pods' || peer.namespace === undefined) return []
    const labels = peer.labels ?? {}
    return [
      ...build.topology.workloadsWith(peer.namespace, labels).flatMap((workload) => build.subjectOf(workload) ?? []),
      ...build.runtimeSubjects.filter(
        ({ namespace, carried }) => namespace === peer.namespace && selects(labels, carried),
      ),
    ].map((subject) => ({ subject, endpoint }))
  })
