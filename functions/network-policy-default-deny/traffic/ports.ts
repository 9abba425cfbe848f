import type { Callee } from '../../lib/flows/destinations.ts'
import type { Flow } from '../../lib/flows/flow.ts'
import type { Port, Protocol } from '../../lib/flows/port.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { targetPortNumber } from '../../lib/kubernetes/service.ts'
import { servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'

/**
 * The ports that a flow reaches on its callee's pods: the number under each protocol that the containers declare it for or
 * the Services carry it with, else TCP. A named port admits the protocol of that name alone: what containers declare
 * informs people, and traffic reaches them by what the Service says.
 */
export function flowPorts(flow: Flow, callee: Callee, topology: Topology): Port[] {
  const { workload, port, protocol } = callee
  if (protocol !== undefined) return [{ protocol, port }]
  const protocols = workload ? protocolsOf(flow, workload, port, topology) : []
  return [...new Set(protocols.length > 0 ? protocols : ['TCP' as const])]
    .sort()
    .map((protocol) => ({ protocol, port }))
}

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
  return (named.length > 0 ? named : candidates).map(({ protocol }) => (protocol ?? 'TCP') as Protocol)
}
