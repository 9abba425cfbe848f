import type { Finding } from '../framework/finding.ts'
import { isCalled } from '../kubernetes/previous-names.ts'
import { replicaOf, type Service, serviceHost, servicePortFor, targetPortNumber } from '../kubernetes/service.ts'
import { containerPort, servingContainers, type Workload } from '../kubernetes/workload.ts'
import { POD_NAME } from '../kubernetes/workload-kinds.ts'
import { dialledPort, serviceOf } from './called-service.ts'
import { type Callee, calleesAt, everyPorts } from './callee.ts'
import { findings } from './findings.ts'
import { about, type Flow, isWholeNamespace } from './flow.ts'
import { isTcp, PROTOCOLS, type Protocol } from './port.ts'
import { problemOf } from './port-problems.ts'
import { EVERY_PORT } from './schema.ts'
import { policySelector, type Topology } from './topology.ts'

/** A workload of the build that a flow goes to, at each port that the flow means. */
export function calleeHere(flow: Flow, workload: Workload, topology: Topology, found: Finding[]): Callee[] {
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
