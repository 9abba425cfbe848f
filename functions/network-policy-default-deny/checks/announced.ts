import type { Callee } from '../../lib/flows/callee.ts'
import type { Flow } from '../../lib/flows/flow.ts'
import { ingressClassOf } from '../../lib/flows/gateways.ts'
import { gatewaysOf } from '../../lib/flows/gateways-schema.ts'
import { isEveryPort, numberOf } from '../../lib/flows/port.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { rangeOfAddress } from '../../lib/kubernetes/cidr.ts'
import { containerPort } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'
import { knowsNodes } from '../traffic/baseline.ts'
import { writeCallerIn } from './callers.ts'
import { exposedHostPorts, exposedServices } from './exposed.ts'
import { gatewaysWithoutCallers } from './gateways.ts'
import { operatorsWithoutFlows } from './operators.ts'

/** What the build exposes and the policies cut off, each with the line of policy that admits it. */
export const announcedTraffic = (build: Build, open: ReadonlyMap<Subject, string>): Finding[] => [
  ...(build.spec.directions.includes('Ingress')
    ? [
        ...exposedServices(build),
        ...exposedHostPorts(build),
        ...unservedClasses(build),
        ...gatewaysWithoutCallers(build),
        ...operatorsWithoutFlows(build),
      ]
    : []),
  ...(build.spec.directions.includes('Egress')
    ? [
        ...servicePortsElsewhere(build),
        ...untranslatedPorts(build),
        ...hostsWithoutAddresses(build),
        ...kubeletsWithoutNodes(build, open),
      ]
    : []),
]

/** An Ingress whose class none of the known controllers serves. */
function unservedClasses(build: Build): Finding[] {
  const ingresses = new Set(build.calls.flatMap(({ route, source }) => (route === 'ingress' ? [source] : [])))
  const known = gatewaysOf(build.spec.gateways, 'ingress').flatMap((peer) => peer.class ?? [])
  return [...ingresses].flatMap((object) => {
    const ingressClass = ingressClassOf(object)
    if (ingressClass === undefined || build.gateways.serving({ route: 'ingress', source: object }).length > 0) return []
    return [findings['unserved-ingress-class']({ object }, ingressClass, known)]
  })
}

/**
 * Only the build that has the Service can translate its port. Policies of other builds take the port of the flow as it is.
 */
const servicePortsElsewhere = (build: Build): Finding[] =>
  build.flows.flatMap(({ flow, callees }) => {
    const caller = flow.callers.find(
      (candidate) =>
        candidate.type === 'pods' &&
        build.topology.workloadsWith(candidate.namespace, candidate.labels ?? {}).length === 0,
    )
    const callee = callees.find((candidate) => isServicePortAlone(flow, candidate))
    if (caller?.type !== 'pods' || !callee?.workload || flow.destination.type === 'external') return []
    const key = flow.key.replace(`:${flow.port}`, `:${callee.port.port}`)
    const writtenCaller = writeCallerIn(caller)
    return [
      findings['service-port-elsewhere'](
        { object: callee.workload.object },
        flow.key,
        String(flow.port),
        String(callee.port.port),
        key,
        writtenCaller,
      ),
    ]
  })

/** Other builds take a number as it is, and a name as the containers have it. */
const isServicePortAlone = ({ port, podPort }: Flow, callee: Callee): boolean =>
  podPort === undefined &&
  !isEveryPort(callee.port) &&
  callee.workload !== undefined &&
  callee.port.port !== (containerPort(callee.workload, port) ?? port)

/** Programs of containers listen on higher ports, because they seldom run as root; a Service often has 80 or 443. */
const FIRST_PORT_OF_USERS = 1024

function untranslatedPorts({ flows }: Build): Finding[] {
  const keys = flows
    .filter(
      ({ flow, callees, callers }) =>
        callers.length > 0 &&
        flow.podPort === undefined &&
        flow.selector === undefined &&
        callees.some(({ isHere, port }) => !isHere && !isEveryPort(port) && numberOf(port) < FIRST_PORT_OF_USERS),
    )
    .map(({ flow }) => flow.key)
  return keys.length > 0 ? [findings['untranslated-port']({}, [...new Set(keys)])] : []
}

function hostsWithoutAddresses({ flows, spec }: Build): Finding[] {
  if (spec.dialect === 'cilium') return []
  const hosts = flows.flatMap(({ flow: { destination } }) =>
    destination.type === 'external' &&
    rangeOfAddress(destination.host) === undefined &&
    !Object.hasOwn(spec.addresses, destination.host)
      ? [destination.host]
      : [],
  )
  return hosts.length > 0 ? [findings['private-ranges-left-out']({}, [...new Set(hosts)])] : []
}

/** Reports pods that may read what kubelets serve, if the policy gives no addresses of nodes for that. */
const kubeletsWithoutNodes = ({ subjects, spec }: Build, open: ReadonlyMap<Subject, string>): Finding[] =>
  knowsNodes(spec)
    ? []
    : subjects
        .filter((subject) => subject.readsKubelets && !open.has(subject))
        .map(({ workload, namespace, name }) =>
          findings['kubelets-without-nodes']({ ...(workload && { object: workload.object }) }, `${namespace}/${name}`),
        )
