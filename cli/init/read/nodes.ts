import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { servingContainers, type Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { callerOf } from './calls.ts'
import { destinationsOf } from './network-policy-ends.ts'

/** Calls of the pod's own node: of the pods that have a port there, if the build shows them, which only running it proves. */
export const readNode = ({ workload, source }: GivenValue, ports: readonly number[], topology: Topology): Read =>
  join(
    ports.map((port): Read => {
      const answering = portsOnNodes(topology).get(port) ?? []
      const proposals = answering.flatMap(({ callee, onPod }) =>
        destinationsOf(callee, [{ port: onPod }], topology).map(
          (destination): Proposal => ({
            ...destination,
            caller: callerOf(workload, callee.namespace, topology),
            source: `${source}, by the address of the node`,
            certain: false,
          }),
        ),
      )
      const notes = [
        `${source}: calls port ${port} of its node, whose address no flow knows; if that is needed, add the flow external/node:${port} with the nodes' addresses`,
      ]
      return proposals.length > 0 ? { proposals, notes: [] } : { proposals, notes }
    }),
  )

type OnNode = ReadonlyMap<number, { callee: Workload; onPod: number }[]>
const known = new WeakMap<Topology, OnNode>()

/** Who answers on a port of the nodes. A pod with the node's own network is none that a policy selects. */
function portsOnNodes(topology: Topology): OnNode {
  const found = known.get(topology) ?? groupPorts(topology)
  known.set(topology, found)
  return found
}

const groupPorts = ({ workloads }: Topology): OnNode => {
  const ports = new Map<number, { callee: Workload; onPod: number }[]>()
  for (const callee of workloads.filter(({ template }) => template.spec.hostNetwork !== true))
    for (const { hostPort, containerPort } of servingContainers(callee).flatMap((container) => container.ports ?? []))
      if (hostPort !== undefined)
        ports.set(hostPort, [...(ports.get(hostPort) ?? []), { callee, onPod: containerPort }])
  return ports
}
