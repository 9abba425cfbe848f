import { didYouMean, nearest } from '../framework/did-you-mean.ts'
import type { Details, Finding } from '../framework/finding.ts'
import { isCalled } from '../kubernetes/previous-names.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import {
  replicaOf,
  type Service,
  type ServicePort,
  serviceHost,
  servicePortFor,
  targetPortNumber,
} from '../kubernetes/service.ts'
import { containerPort, servingContainers, type Workload } from '../kubernetes/workload.ts'
import { POD_NAME } from '../kubernetes/workload-kinds.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { type MadePods, portOfMade, targetOf } from './made-pods.ts'
import { everyPort, isTcp, type Port, PROTOCOLS, type Protocol } from './port.ts'
import { EVERY_PORT } from './schema.ts'
import { policySelector, type Topology } from './topology.ts'
import { unboundService } from './unbound-service.ts'

/** Pods that a flow goes to and one port on them, as the callee's and the caller's side need them. */
export interface Callee {
  namespace: string
  /** The workload, if it is in the build. */
  workload: Workload | undefined
  /** The name for what is derived from it: the workload's, or the one that the flow gives run-time pods. */
  name: string
  /** The one pod of the StatefulSet that is called, by its name. */
  replica?: string
  /** Is its side of the flow this build's to write? */
  isHere: boolean
  /** What selects its pods; undefined if they are in another stack, of which only the namespace is known. */
  labels: Labels | undefined
  /** Port on the pod. */
  port: Port
  /** Port that callers dial: the Service's if it has an address of its own, else the pod's. */
  dialled: Port
  /** `service.namespace.svc.cluster.local`, `*` for every Service of a namespace; undefined for a plain flow, which no proxy sees, and for UDP and SCTP. */
  host: string | undefined
}

/** Every workload that a flow's destination names. A destination that the build should have and lacks is an error. */
export function calleesOf(flow: Flow, topology: Topology, found: Finding[]): Callee[] {
  if (flow.destination.type === 'external') {
    if (typeof flow.port === 'string') found.push(findings['external-port-name'](about(flow), flow.key, flow.port))
    return []
  }
  const { namespace, name } = flow.destination
  const candidates = topology.workloadsIn(namespace)
  if (name === '*' && !flow.selector && candidates.length > 0) return everyCallee(flow, candidates, topology, found)
  const workloads = candidates.filter((workload) => isNamed(flow, name, workload))
  if (flow.selector && workloads.length === 0) return runtimeCallees(flow, namespace, name, topology, found)
  // If several kinds share a name, such as a Job and a Deployment, those that carry the port are meant.
  if (workloads.length > 1 && !flow.selector) return everyCallee(flow, workloads, topology, found)
  if (workloads.length > 0) return workloads.flatMap((workload) => calleeHere(flow, workload, topology, found))
  const made = topology.madeNamed(namespace, name)
  if (made.length > 0) return made.flatMap((pods) => madeCallees(flow, pods, topology, found))
  if (topology.isElsewhere(namespace, name)) return calleesElsewhere(flow, namespace, name)
  const missing = nothingNamed(flow, namespace, name, candidates, topology)
  if (missing) {
    found.push(missing)
    return []
  }
  return calleesElsewhere(flow, namespace, name)
}

/** Does a flow go to every port of every workload of a namespace? Then its callers name the namespace, and not each of them. */
export const isWholeNamespace = ({ destination, port, selector }: Flow): boolean =>
  destination.type === 'workload' && destination.name === '*' && port === EVERY_PORT && !selector

/** Why no pods are there of a name that the build should have; undefined if another build may have them. */
function nothingNamed(
  flow: Flow,
  namespace: string,
  name: string,
  candidates: readonly Workload[],
  topology: Topology,
): Finding | undefined {
  if (name === '*') return undefined
  const service = topology.serviceCalled(namespace, flow.service ?? name)
  const unbound = service && unboundService(flow, service)
  if (unbound) return unbound
  const names = [...candidates, ...topology.madeWith(namespace, {})].map((one) => one.name)
  if (!topology.ownNamespaces.has(namespace) && nearest(name, names) === undefined) return undefined
  const behind = service ? topology.workloadsBehind(service).map((workload) => workload.name) : []
  const meant = behind.length > 0 ? ` (Service ${name} selects ${behind.join(', ')})` : didYouMean(name, names)
  return findings['unknown-destination'](about(flow), flow.key, name, namespace, meant, names)
}

/** `*` is every workload that carries the port, by a container or a Service. It is an error if none does. */
function everyCallee(flow: Flow, candidates: readonly Workload[], topology: Topology, found: Finding[]): Callee[] {
  const carrying = candidates.filter(
    (workload) =>
      flow.port === EVERY_PORT ||
      containerPort(workload, flow.port) !== undefined ||
      carryingServices(flow, workload, topology).length > 0,
  )
  return (carrying.length > 0 ? carrying : candidates).flatMap((workload) =>
    calleeHere(flow, workload, topology, found),
  )
}

/** A selector names pods by labels, whether their workload is in the build or an operator makes them. */
const isNamed = (flow: Flow, name: string, workload: Workload): boolean =>
  flow.selector ? selects(flow.selector, workload.labels) : workload.name === name

/** If the Service is not in the build, its name is the one that the flow gives, or the workload's. */
const hostElsewhere = (flow: Flow, namespace: string, name: string): string | undefined =>
  flow.plain || !isTcp(flow) ? undefined : serviceHost(flow.service ?? name, namespace)

/** Nothing in the build shows the port of these pods, so it is taken as the policy says it. */
const portsElsewhere = (flow: Flow): Port[] =>
  flow.port === EVERY_PORT ? everyPorts(flow) : [{ protocol: flow.protocol ?? 'TCP', port: flow.port }]

/** Sidecars list hosts for TCP only. */
const calleesAt = (pods: Omit<Callee, 'port' | 'dialled'>, ports: readonly Port[], podPort?: number): Callee[] =>
  ports.map((dialled) => ({
    ...pods,
    port: podPort === undefined ? dialled : { ...dialled, port: podPort },
    dialled,
    host: isTcp(dialled) ? pods.host : undefined,
  }))

const calleesElsewhere = (flow: Flow, namespace: string, name: string): Callee[] =>
  calleesAt(
    {
      ...{ namespace, workload: undefined, name, isHere: false, labels: undefined },
      host: hostElsewhere(flow, namespace, name),
    },
    portsElsewhere(flow),
    flow.podPort,
  )

/** Pods that a known operator makes for an object of the build. */
function madeCallees(flow: Flow, pods: MadePods, topology: Topology, found: Finding[]): Callee[] {
  const { namespace, name, labels } = pods
  if (flow.port === EVERY_PORT) {
    const host = hostElsewhere(flow, namespace, name)
    return calleesAt({ namespace, workload: undefined, name, isHere: true, labels, host }, everyPorts(flow))
  }
  const target = targetOf(pods, flow.port, topology.services, flow.service)
  if (!target) {
    const names = pods.ports.flatMap((port) => port.name ?? [])
    const details = { ...about(flow), object: pods.object }
    const written = String(flow.port)
    found.push(findings['unknown-port'](details, flow.key, written, didYouMean(written, names), names))
    return []
  }
  const mistaken = wrongPodPort(flow, target.port, { ...about(flow), object: pods.object })
  if (mistaken) {
    found.push(mistaken)
    return []
  }
  return protocolsOfMade(flow, pods, target.port).map((protocol) => ({
    ...{ namespace, workload: undefined, name, isHere: true, labels },
    port: { protocol, port: target.port },
    dialled: { protocol, port: target.dialled },
    host: hostElsewhere({ ...flow, protocol, service: flow.service ?? target.service }, namespace, name),
  }))
}

function protocolsOfMade({ port, protocol }: Flow, { ports }: MadePods, onPod: number): Protocol[] {
  if (protocol !== undefined) return [protocol]
  const candidates = ports.filter((candidate) => candidate.port === onPod)
  const named = candidates.filter(({ name }) => name === port)
  const protocols = (named.length > 0 ? named : candidates).map((candidate) => candidate.protocol ?? 'TCP')
  return protocols.length > 0 ? protocols : ['TCP']
}

/**
 * Pods that a flow selects by labels. Unless a known operator makes them for an object of the build, nothing shows their
 * ports, so those of the flow are taken as written.
 */
function runtimeCallees(flow: Flow, namespace: string, name: string, topology: Topology, found: Finding[]): Callee[] {
  const isHere = topology.ownNamespaces.has(namespace)
  if (isHere && name === '*') {
    found.push(findings['unnamed-runtime-pods'](about(flow), flow.key))
    return []
  }
  const pods = { namespace, workload: undefined, name, isHere, labels: flow.selector }
  const host = hostElsewhere(flow, namespace, name)
  const target = flow.port === EVERY_PORT ? undefined : portSelected(flow, namespace, topology)
  return target ? [{ ...pods, ...target, host }] : calleesAt({ ...pods, host }, portsElsewhere(flow), flow.podPort)
}

/** A number that one of the selected pods declares is theirs. Any other number, and any name, may be a Service's. */
function portSelected(flow: Flow, namespace: string, topology: Topology): Pick<Callee, 'port' | 'dialled'> | undefined {
  const made = topology.madeWith(namespace, flow.selector ?? {})
  if (typeof flow.port === 'number' && made.some((pods) => portOfMade(pods, flow.port) !== undefined)) return undefined
  const [target] = made.flatMap((pods) => targetOf(pods, flow.port, topology.services, flow.service) ?? [])
  const { protocol = 'TCP' } = flow
  return target && { port: { protocol, port: target.port }, dialled: { protocol, port: target.dialled } }
}

function calleeHere(flow: Flow, workload: Workload, topology: Topology, found: Finding[]): Callee[] {
  if (flow.port === EVERY_PORT) return calleesAtEveryPort(flow, workload, topology, found)
  const service = serviceOf(flow, workload, topology)
  const callees = lookupsOf(flow, service, workload).flatMap((protocol) =>
    calleesOver(protocol, flow, workload, topology, service),
  )
  const problem = callees.map(({ port }) => problemOf(flow, workload, topology, service, port)).find(Boolean)
  if (problem === undefined) return callees
  found.push(problem)
  return []
}

const everyPorts = ({ protocol }: Flow): Port[] => (protocol ? [protocol] : (['TCP', 'UDP'] as const)).map(everyPort)

/** A callee for each of its Services, because a Sidecar lists each; pods without a Service have none to list. */
function calleesAtEveryPort(flow: Flow, workload: Workload, topology: Topology, found: Finding[]): Callee[] {
  const { namespace, name } = workload
  if (isWholeNamespace(flow)) {
    const pods = { namespace, workload, name, isHere: true, labels: policySelector(workload, topology) }
    return calleesAt({ ...pods, host: serviceHost('*', namespace) }, everyPorts(flow))
  }
  const services = topology
    .servicesFor(workload)
    .filter(({ object }) => flow.service === undefined || isCalled(object, flow.service))
  if (services.length === 0 && flow.destination.type === 'workload' && flow.destination.name !== '*') {
    found.push(findings['no-service'](about(flow, workload), flow.key, EVERY_PORT, []))
    return []
  }
  const pods = { namespace, workload, name, isHere: true, labels: policySelector(workload, topology) }
  return everyPorts(flow).flatMap((port) => {
    const hosts = isTcp(port) ? services.map((service) => serviceHost(service.name, namespace)) : []
    return (hosts.length > 0 ? hosts : [undefined]).flatMap((host) => calleesAt({ ...pods, host }, [port]))
  })
}

/**
 * The protocols by which the port of the Service is looked up; undefined if it leads to one port of the pods. One number of
 * a Service may be carried under several protocols to different ports.
 */
function lookupsOf(flow: Flow, service: Service | undefined, workload: Workload): (Protocol | undefined)[] {
  if (flow.protocol !== undefined || !service) return [flow.protocol]
  const carried = PROTOCOLS.flatMap((protocol) => {
    const servicePort = servicePortFor(service, flow.port, workload, protocol)
    return servicePort ? [{ protocol, target: targetPortNumber(servicePort, workload) }] : []
  })
  return new Set(carried.map(({ target }) => target)).size > 1 ? carried.map(({ protocol }) => protocol) : [undefined]
}

/** One callee for each protocol of the port. */
function calleesOver(
  lookup: Protocol | undefined,
  flow: Flow,
  workload: Workload,
  topology: Topology,
  service: Service | undefined,
): Callee[] {
  const servicePort = service && servicePortFor(service, flow.port, workload, lookup)
  const port =
    (servicePort && targetPortNumber(servicePort, workload)) ?? containerPort(workload, flow.port) ?? flow.port
  const dialled = servicePort && service ? dialledPort(service, servicePort, port) : port
  const replica = service && replicaOf(service)
  const labels = policySelector(workload, topology)
  const protocols = lookup === undefined ? protocolsOf(flow, workload, port, topology) : [lookup]
  return protocols.map((protocol) => ({
    namespace: workload.namespace,
    workload,
    name: workload.name,
    isHere: true,
    labels: replica === undefined ? labels : { ...labels, [POD_NAME]: replica },
    ...(replica !== undefined && { replica }),
    port: { protocol, port },
    dialled: { protocol, port: dialled },
    host: service && !flow.plain && protocol === 'TCP' ? serviceHost(service.name, workload.namespace) : undefined,
  }))
}

/**
 * Each protocol for which the containers declare the port or a Service carries it, else TCP. A named port has only the
 * protocol of that name, because container ports are documentation and the Service decides where traffic goes.
 */
function protocolsOf(flow: Flow, workload: Workload, port: number | string, topology: Topology): Protocol[] {
  const declared = servingContainers(workload)
    .flatMap((container) => container.ports ?? [])
    .filter((candidate) => candidate.containerPort === port)
    .map(({ name, protocol }) => ({ name, protocol }))
  const carried = topology
    .servicesFor(workload)
    .flatMap((service) => service.ports)
    .filter((candidate) => targetPortNumber(candidate, workload) === port)
    .map(({ name, protocol }) => ({ name, protocol }))
  const candidates = [...declared, ...carried]
  const named = candidates.filter(({ name }) => name !== undefined && name === flow.port)
  const protocols = (named.length > 0 ? named : candidates).map(({ protocol }) => (protocol ?? 'TCP') as Protocol)
  return protocols.length > 0 ? [...new Set(protocols)].sort() : ['TCP']
}

const dialledPort = (service: Service, servicePort: ServicePort, onPod: number | string): number | string =>
  service.headless ? onPod : servicePort.port

/**
 * The Service that the flow names, or the only one that selects the workload and carries the port. For a plain flow only
 * the port matters, so the first of several Services with the same port will do.
 */
function serviceOf(flow: Flow, workload: Workload, topology: Topology): Service | undefined {
  const carrying = carryingServices(flow, workload, topology)
  if (flow.service !== undefined) return carrying.find((service) => isCalled(service.object, flow.service as string))
  const isOne = carrying.length === 1 || (flow.plain && areDialledAlike(carrying, flow, workload))
  return isOne ? carrying[0] : undefined
}

function areDialledAlike(services: readonly Service[], flow: Flow, workload: Workload): boolean {
  const ports = services.map((service) => {
    const servicePort = servicePortFor(service, flow.port, workload, flow.protocol) as ServicePort
    const onPod = targetPortNumber(servicePort, workload) ?? flow.port
    return `${dialledPort(service, servicePort, onPod)} ${onPod}`
  })
  return new Set(ports).size === 1
}

const carryingServices = (flow: Flow, workload: Workload, topology: Topology): Service[] =>
  topology
    .servicesFor(workload)
    .filter((service) => servicePortFor(service, flow.port, workload, flow.protocol) !== undefined)
    // A Service of one replica is meant only by its name.
    .filter((service) => replicaOf(service) === undefined || isCalled(service.object, flow.service ?? ''))

function problemOf(
  flow: Flow,
  workload: Workload,
  topology: Topology,
  service: Service | undefined,
  { port }: Port,
): Finding | undefined {
  const details = about(flow, workload)
  const carrying = service ? [] : carryingServices(flow, workload, topology).map(({ name }) => name)
  if (typeof port === 'string' && carrying.length === 0) {
    const names = portNames(workload, topology)
    return findings['unknown-port'](details, flow.key, port, didYouMean(port, names), names)
  }
  if (service) return wrongPodPort(flow, port, details)
  const written = String(flow.port)
  if (flow.service !== undefined) {
    const meant = didYouMean(flow.service, carrying)
    return findings['unknown-service'](details, flow.key, flow.service, written, meant, carrying)
  }
  // A port that nobody calls is called through none of its Services.
  if (carrying.length > 1 && flow.expect === 'uncalled') return undefined
  if (carrying.length > 1) return findings['several-services'](details, flow.key, written, carrying)
  if (!flow.plain && isTcp(flow))
    return findings['no-service'](details, flow.key, written, portsOfServices(workload, topology))
  return wrongPodPort(flow, port, details)
}

/** The Services that select a workload, with what they carry. */
const portsOfServices = (workload: Workload, topology: Topology): string[] =>
  topology
    .servicesFor(workload)
    .map(({ name, ports }) => `Service ${name} lists ${ports.map(({ port }) => port).join(', ') || 'no port'}`)

/** What a policy says of the pods to other builds must be true where they are. */
const wrongPodPort = (flow: Flow, port: string | number, details: Details): Finding | undefined =>
  flow.podPort === undefined || flow.podPort === port
    ? undefined
    : findings['wrong-pod-port'](details, flow.key, flow.podPort, port)

const portNames = (workload: Workload, topology: Topology): string[] => {
  const ports = [
    ...servingContainers(workload).flatMap((container) => container.ports ?? []),
    ...topology.servicesFor(workload).flatMap((service) => service.ports),
  ]
  return [...new Set(ports.flatMap(({ name }) => name ?? []))]
}
