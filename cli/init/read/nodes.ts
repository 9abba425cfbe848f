import type { Topology } from '../../../functions/lib/flows/topology.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { servingContainers } from '../../../functions/lib/kubernetes/workload.ts'
import type { Proposal, Read } from '../proposal.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { callerOf } from './calls.ts'
import { destinationsOf } from './network-policy-ends.ts'

/** Calls of the pod's own node: of the pods that have a port there, if the build shows them, which only running it proves. */
export function readNode({ workload, source }: GivenValue, ports: readonly number[], topology: Topology): Read {
  const reads = ports.map((port): Read => {
    const proposals = topology.workloads.flatMap((callee) =>
      portsOnNode(callee, port).flatMap((onPod) =>
        destinationsOf(callee, [{ port: onPod }], topology).map(
          (destination): Proposal => ({
            ...destination,
            caller: callerOf(workload, callee.namespace, topology),
            source: `${source}, by the address of the node`,
            certain: false,
          }),
        ),
      ),
    )
    const notes = [
      `${source}: calls port ${port} of its node, whose address no flow knows; if that is needed, add the flow external/node:${port} with the nodes' addresses`,
    ]
    return proposals.length > 0 ? { proposals, notes: [] } : { proposals, notes }
  })
  return {
    proposals: reads.flatMap(({ proposals }) => proposals),
    notes: reads.flatMap(({ notes }) => notes),
  }
}

/** The ports of pods that answer on a port of the node. A pod with the node's own network is none that a policy selects. */
const portsOnNode = (callee: Workload, port: number): number[] =>
  callee.template.spec.hostNetwork === true
    ? []
    : servingContainers(callee)
        .flatMap(({ ports }) => ports ?? [])
        .filter(({ hostPort }) => hostPort === port)
        .map(({ containerPort }) => containerPort)
