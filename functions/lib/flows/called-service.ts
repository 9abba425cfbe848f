import { isCalled } from '../kubernetes/previous-names.ts'
import { replicaOf, type Service, type ServicePort, servicePortFor, targetPortNumber } from '../kubernetes/service.ts'
import type { Workload } from '../kubernetes/workload.ts'
import type { Flow } from './flow.ts'
import type { Topology } from './topology.ts'

/** The Services that select the workload and carry the port of the flow. */
export const carryingServices = (flow: Flow, workload: Workload, topology: Topology): Service[] =>
  topology
    .servicesFor(workload)
    .filter((service) => servicePortFor(service, flow.port, workload, flow.protocol) !== undefined)
    // A Service of one replica is meant only by its name.
    .filter((service) => replicaOf(service) === undefined || isCalled(service.object, flow.service ?? ''))

/**
 * The Service that the flow names, or the only one that selects the workload and carries the port. For a plain flow only
 * the port matters, so the first of several Services with the same port will do.
 */
export function serviceOf(flow: Flow, workload: Workload, topology: Topology): Service | undefined {
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

/** The port that callers dial: a headless Service has no address, so they dial the pods. */
export const dialledPort = (service: Service, servicePort: ServicePort, onPod: number | string): number | string =>
  service.headless ? onPod : servicePort.port
