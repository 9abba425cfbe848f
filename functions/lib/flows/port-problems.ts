import { didYouMean } from '../framework/did-you-mean.ts'
import type { Details, Finding } from '../framework/finding.ts'
import type { Service } from '../kubernetes/service.ts'
import { servingContainers, type Workload } from '../kubernetes/workload.ts'
import { carryingServices } from './called-service.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { isTcp, type Port } from './port.ts'
import type { Topology } from './topology.ts'

/** Why the port of a flow is not one of the workload's, or not one that callers reach; undefined if it is. */
export function problemOf(
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

const portNames = (workload: Workload, topology: Topology): string[] => {
  const ports = [
    ...servingContainers(workload).flatMap((container) => container.ports ?? []),
    ...topology.servicesFor(workload).flatMap((service) => service.ports),
  ]
  return [...new Set(ports.flatMap(({ name }) => name ?? []))]
}

/** What a policy says of the pods to other builds must be true where they are. */
export const wrongPodPort = (flow: Flow, port: string | number, details: Details): Finding | undefined =>
  flow.podPort === undefined || flow.podPort === port
    ? undefined
    : findings['wrong-pod-port'](details, flow.key, flow.podPort, port)
