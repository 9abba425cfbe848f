import type { Topology } from '../../lib/flows/topology.ts'
import { targetPortNumber } from '../../lib/kubernetes/service.ts'
import { containerPort, type Workload } from '../../lib/kubernetes/workload.ts'

/**
 * The pod ports that a name or number in the policy means: a port that a container declares, else the targets of a port of
 * a Service, else the number itself, because programs may serve on ports that nothing declares. Empty for a name that
 * neither has.
 */
export function podPorts(workload: Workload, port: string | number, topology: Topology): number[] {
  const declared = containerPort(workload, port)
  if (declared !== undefined) return [declared]
  const targets = topology
    .servicesFor(workload)
    .flatMap((service) => service.ports)
    .filter((candidate) => candidate.name === port || candidate.port === port)
    .flatMap((candidate) => targetPortNumber(candidate, workload) ?? [])
  if (targets.length > 0) return [...new Set(targets)]
  return typeof port === 'number' ? [port] : []
}
