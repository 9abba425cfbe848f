import type { Topology } from '../../lib/flows/topology.ts'
import { targetPortNumber } from '../../lib/kubernetes/service.ts'
import { containerPort, type Workload } from '../../lib/kubernetes/workload.ts'

/**
 * The ports on the pods that policy means by a name or number: one that a container declares, else the targets of a port
 * of their Services, else a number as written, because programs serve on ports that nothing declares. Empty for a name
 * that neither has.
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
