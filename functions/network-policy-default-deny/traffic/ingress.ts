import { reasonOf } from '../../lib/flows/flow.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { EVERY_PORT } from '../../lib/flows/schema.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import type { Peer } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import type { SubjectAdmission } from './admission.ts'
import { calledByEveryPod } from './baseline.ts'
import { derivedIngress } from './derived.ts'
import { anyone, calleeEndpoint, everyPod, podEndpoints, portsOnWire, subjectEndpoint } from './endpoints.ts'
import { probePorts } from './probes.ts'
import { scrapePorts } from './scrape.ts'

/** Who may call each subject: by flows, by objects that name backends, to scrape and to probe. */
export const ingressOf = (build: Build): SubjectAdmission[] => [
  ...build.flows.flatMap((flow) => fromFlow(flow, build)),
  ...derivedIngress(build),
  ...build.subjects.flatMap((subject) => [
    ...fromEveryPod(subject, build),
    ...fromScraper(subject, build),
    ...fromKubelet(subject, build),
  ]),
]

function fromFlow({ flow, callees, peers }: ResolvedFlow, build: Build): SubjectAdmission[] {
  const callers =
    peers === 'any' ? anyone(build) : peers.flatMap((peer) => podEndpoints(peer.namespace, peer.labels, build))
  const reason = reasonOf(flow)
  return callees.flatMap((callee) => {
    const subject = build.calleeSubject(callee)
    if (!subject) return []
    return callers.map((caller) => ({
      subject,
      peer: caller.peer,
      ports: portsOnWire([callee.port], caller, calleeEndpoint(callee, build), flow.plain),
      ...((isUnselected(caller.peer) || flow.port === EVERY_PORT) && reason !== undefined && { reason }),
    }))
  })
}

/** A peer that no pod labels narrow down. */
const isUnselected = (peer: Peer): boolean =>
  peer.type === 'anyone' || (peer.type === 'pods' && Object.keys(peer.labels ?? {}).length === 0)

/** Pods of every build may call DNS, istiod and the receiver of traces, so these admit all pods. */
function fromEveryPod(subject: Subject, build: Build): SubjectAdmission[] {
  return calledByEveryPod(build.spec)
    .filter(({ namespace, labels }) => namespace === subject.namespace && selects(labels, subject.carried))
    .flatMap(({ ports }) =>
      everyPod(build).map((caller) => ({
        subject,
        peer: caller.peer,
        ports: portsOnWire(ports, caller, subjectEndpoint(subject, build)),
      })),
    )
}

/** Metrics of injected pods are scraped from the sidecar, which a policy of the whole namespace admits. */
function fromScraper(subject: Subject, build: Build): SubjectAdmission[] {
  const ports = subject.workload && !subject.injected ? scrapePorts(subject.workload) : []
  const { scrape } = build.spec
  if (ports.length === 0 || !scrape) return []
  const { namespace, labels } = scrape
  return podEndpoints(namespace, labels, build).map((caller) => ({
    subject,
    peer: caller.peer,
    ports: portsOnWire(ports, caller, subjectEndpoint(subject, build)),
  }))
}

/** No manifest shows the probes of run-time pods, so kubelets are admitted to all of their ports. */
function fromKubelet(subject: Subject, build: Build): SubjectAdmission[] {
  const ranges = new Set([...(build.spec.probes?.from ?? []), ...ambientProbes(subject, build)])
  if (ranges.size === 0) return []
  const ports = subject.workload ? probePorts(subject.workload, subject.injected) : 'all'
  if (ports.length === 0) return []
  return [...ranges].map((cidr) => ({ subject, peer: { type: 'range', cidr } as const, ports }))
}

/**
 * In an ambient mesh probes arrive from one address, whatever node they come from, which no CNI recognises as a kubelet.
 * Source: https://istio.io/latest/docs/ambient/usage/networkpolicy/#ambient-health-probes-and-kubernetes-networkpolicy
 */
const AMBIENT_PROBES = '169.254.7.127/32'
const ambientProbes = (subject: Subject, build: Build): string[] =>
  subject.workload && subjectEndpoint(subject, build).inMesh ? [AMBIENT_PROBES] : []
