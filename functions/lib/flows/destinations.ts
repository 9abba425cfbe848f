import { didYouMean, nearest } from '../framework/did-you-mean.ts'
import type { Finding } from '../framework/finding.ts'
import { isCalled } from '../kubernetes/previous-names.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { type Service, type ServicePort, serviceHost, servicePortFor, targetPortNumber } from '../kubernetes/service.ts'
import { containerPort, servingContainers, type Workload } from '../kubernetes/workload.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { isTcp, PROTOCOLS, type Protocol } from './port.ts'
import { policySelector, type Topology } from './topology.ts'

/** The pods that a flow goes to, as the callee's and the caller's side need them. */
export interface Callee {
  namespace: string
  /** The workload, where it is in the build. */
  workload: Workload | undefined
  /** Name for what is derived of it: the workload's, or the one that the flow gives run-time pods. */
  name: string
  /** Is its side of the flow this build's to write? */
  isHere: boolean
  /** What selects its pods; undefined where they stand in another stack, of which only the namespace is known. */
  labels: Labels | undefined
  /** undefined: whichever the containers or the Services declare for the port. */
  protocol: Protocol | undefined
  /** Port on the pod; a name only where the pods stand in another stack. */
  port: number | string
  /** Port that callers dial: the Service's where it has an address of its own, else the pod's. */
  dialled: number | string
  /** `service.namespace.svc.cluster.local`, `*` for every Service of a namespace; undefined for a plain flow, which no proxy sees. */
  host: string | undefined
}

/** Every workload that a flow's destination names. What the build should have and has not is an error. */
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
  // Of several kinds that share a name, a Job next to what serves, those that carry the port.
  if (workloads.length > 1 && !flow.selector) return everyCallee(flow, workloads, topology, found)
  if (workloads.length > 0) return workloads.flatMap((workload) => calleeHere(flow, workload, topology, found))
  const names = candidates.map((workload) => workload.name)
  if (name !== '*' && (topology.ownNamespaces.has(namespace) || nearest(name, names) !== undefined)) {
    const meant = didYouMean(name, names)
    found.push(findings['unknown-destination'](about(flow), flow.key, name, namespace, meant, names))
    return []
  }
  return [calleeElsewhere(flow, namespace, name)]
}

/** `*` is every workload that carries the port, by a container or a Service; that none does is an error. */
function everyCallee(flow: Flow, candidates: readonly Workload[], topology: Topology, found: Finding[]): Callee[] {
  const carrying = candidates.filter(
    (workload) =>
      containerPort(workload, flow.port) !== undefined || carryingServices(flow, workload, topology).length > 0,
  )
  return (carrying.length > 0 ? carrying : candidates).flatMap((workload) =>
    calleeHere(flow, workload, topology, found),
  )
}

/** A selector names by labels, whether the pods' workloads stand in the build or an operator makes them. */
const isNamed = (flow: Flow, name: string, workload: Workload): boolean =>
  flow.selector ? selects(flow.selector, workload.labels) : workload.name === name

/** Where the Service does not stand in the build, its name is the one that the flow gives, or the workload's. */
const hostElsewhere = (flow: Flow, namespace: string, name: string): string | undefined =>
  flow.plain || !isTcp(flow) ? undefined : serviceHost(flow.service ?? name, namespace)

const calleeElsewhere = (flow: Flow, namespace: string, name: string): Callee => ({
  namespace,
  workload: undefined,
  name,
  isHere: false,
  labels: undefined,
  protocol: flow.protocol,
  port: flow.port,
  dialled: flow.port,
  host: hostElsewhere(flow, namespace, name),
})

/** Pods that an operator makes: nothing in the build tells their ports, so the flow's are taken as they are. */
function runtimeCallees(flow: Flow, namespace: string, name: string, topology: Topology, found: Finding[]): Callee[] {
  const isHere = topology.ownNamespaces.has(namespace)
  if (isHere && name === '*') {
    found.push(findings['unnamed-runtime-pods'](about(flow), flow.key))
    return []
  }
  const pods = { namespace, workload: undefined, name, isHere, labels: flow.selector, protocol: flow.protocol }
  return [{ ...pods, port: flow.port, dialled: flow.port, host: hostElsewhere(flow, namespace, name) }]
}

function calleeHere(flow: Flow, workload: Workload, topology: Topology, found: Finding[]): Callee[] {
  const service = serviceOf(flow, workload, topology)
  const callees = protocolsTo(flow, service, workload).map((protocol) =>
    calleeOver(flow, protocol, workload, topology, service),
  )
  const problem = callees.map(({ port }) => problemOf(flow, workload, topology, service, port)).find(Boolean)
  if (problem === undefined) return callees
  found.push(problem)
  return []
}

/** One number of a Service may be carried under several protocols to different ports of the pods. */
function protocolsTo(flow: Flow, service: Service | undefined, workload: Workload): (Protocol | undefined)[] {
  if (flow.protocol !== undefined || !service) return [flow.protocol]
  const carried = PROTOCOLS.flatMap((protocol) => {
    const servicePort = servicePortFor(service, flow.port, workload, protocol)
    return servicePort ? [{ protocol, target: targetPortNumber(servicePort, workload) }] : []
  })
  return new Set(carried.map(({ target }) => target)).size > 1 ? carried.map(({ protocol }) => protocol) : [undefined]
}

function calleeOver(
  flow: Flow,
  protocol: Protocol | undefined,
  workload: Workload,
  topology: Topology,
  service: Service | undefined,
): Callee {
  const servicePort = service && servicePortFor(service, flow.port, workload, protocol)
  const port =
    (servicePort && targetPortNumber(servicePort, workload)) ?? containerPort(workload, flow.port) ?? flow.port
  return {
    namespace: workload.namespace,
    workload,
    name: workload.name,
    isHere: true,
    labels: policySelector(workload, topology),
    protocol,
    port,
    dialled: servicePort && service ? dialledPort(service, servicePort, port) : port,
    host: service && !flow.plain && isTcp({ protocol }) ? serviceHost(service.name, workload.namespace) : undefined,
  }
}

const dialledPort = (service: Service, servicePort: ServicePort, onPod: number | string): number | string =>
  service.headless ? onPod : servicePort.port

/**
 * The Service that the flow names, or the only one that selects the workload and carries the port. Past the proxies
 * nothing but the port matters, so there it is the first of several that are dialled alike.
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

function problemOf(
  flow: Flow,
  workload: Workload,
  topology: Topology,
  service: Service | undefined,
  port: number | string,
): Finding | undefined {
  const details = about(flow, workload)
  if (typeof port === 'string') {
    const names = portNames(workload, topology)
    return findings['unknown-port'](details, flow.key, port, didYouMean(port, names), names)
  }
  if (service) return undefined
  const carrying = carryingServices(flow, workload, topology).map(({ name }) => name)
  const written = String(flow.port)
  if (flow.service !== undefined) {
    const meant = didYouMean(flow.service, carrying)
    return findings['unknown-service'](details, flow.key, flow.service, written, meant, carrying)
  }
  if (carrying.length > 1) return findings['several-services'](details, flow.key, written, carrying)
  return flow.plain || !isTcp(flow) ? undefined : findings['no-service'](details, flow.key, written)
}

const portNames = (workload: Workload, topology: Topology): string[] => {
  const ports = [
    ...servingContainers(workload).flatMap((container) => container.ports ?? []),
    ...topology.servicesFor(workload).flatMap((service) => service.ports),
  ]
  return [...new Set(ports.flatMap(({ name }) => name ?? []))]
}
