import type { Topology } from '../../functions/lib/flows/topology.ts'
import {
  type Fields,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'
import { callersOf, destinationElsewhere, destinationsOf, needsReason } from './network-policy-ends.ts'
import { type Peer, peersOf } from './network-policy-peers.ts'
import { callerOf, join, type Proposal, type Read } from './proposal.ts'

const DNS = 53

/**
 * Who calls whom by the NetworkPolicies of the build: what they admit today, pods by labels and by port. Whole
 * namespaces, every port, and pods of other builds are guesses; addresses are no flow at all.
 */
export const readNetworkPolicies = (objects: readonly KubernetesObject[], topology: Topology): Read =>
  join(
    objects
      .filter((object) => isKind(object, 'networking.k8s.io', 'NetworkPolicy'))
      .flatMap((policy) => [...readRules(policy, 'ingress', topology), ...readRules(policy, 'egress', topology)]),
  )

function readRules(policy: KubernetesObject, direction: 'ingress' | 'egress', topology: Topology): Read[] {
  const selector = valueAt(policy, ['spec', 'podSelector'])
  const namespace = policy.metadata.namespace ?? ''
  const selected = topology.workloadsIn(namespace).filter(({ labels }) => matchesSelector(selector, labels))
  return list(valueAt(policy, ['spec', direction])).flatMap((rule, index) => {
    const source = `NetworkPolicy ${policy.metadata.name}: spec.${direction}[${index}]`
    if (selected.length === 0) return [note(`${source}: selects no pod of the build; declare its pods in a flow`)]
    const ports = portsOf(rule)
    const ranges = list(rule.ports).some(({ endPort }) => endPort !== undefined)
    const { peers, unknown } = peersOf(rule[direction === 'ingress' ? 'from' : 'to'], namespace)
    const reads = (ports?.length === 0 ? [] : peers).map((peer): Read => {
      if (isOwnNamespace(peer, namespace))
        return note(`${source}: admits every pod of its own namespace; it stays, and makes flows between them needless`)
      return direction === 'ingress'
        ? readPeerIngress(selected, peer, ports, source, topology)
        : readPeerEgress(selected, peer, ports, source, topology)
    })
    const beyond = [...unknown, ...(ranges ? ['admits a range of ports'] : [])]
    return [...reads, ...beyond.map((what) => note(`${source}: ${what}, which no flow says; it stays as it is`))]
  })
}

const note = (text: string): Read => ({ proposals: [], notes: [text] })
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])
const isOwnNamespace = (peer: Peer, own: string): boolean =>
  peer.type === 'pods' && peer.namespace === own && peer.selector === undefined

/** Ports as they are on pods; undefined for every port. DNS, which follows without a flow, and ranges are left out. */
function portsOf({ ports }: Fields): (string | number)[] | undefined {
  if (!Array.isArray(ports) || ports.length === 0) return undefined
  return list(ports)
    .filter(({ port, endPort }) => port !== DNS && port !== undefined && endPort === undefined)
    .map(({ port }) => port as string | number)
}

function readPeerIngress(
  callees: readonly Workload[],
  peer: Peer,
  ports: readonly (string | number)[] | undefined,
  source: string,
  topology: Topology,
): Read {
  if (callersOf(peer, '', topology).length === 0)
    return note(`${source}: admits pods by expressions, which no flow says; it stays as it is`)
  const proposals = callees.flatMap((callee) =>
    destinationsOf(callee, ports, topology).flatMap((destination) =>
      callersOf(peer, callee.namespace, topology).map(
        ({ caller, isCertain }): Proposal => ({
          ...destination,
          caller,
          source,
          certain: isCertain && ports !== undefined && destination.plain === undefined,
          ...(needsReason(caller) && { reason: `${source} admits it` }),
        }),
      ),
    ),
  )
  return { proposals, notes: [] }
}

function readPeerEgress(
  callers: readonly Workload[],
  peer: Peer,
  ports: readonly (string | number)[] | undefined,
  source: string,
  topology: Topology,
): Read {
  if (peer.type === 'any')
    return note(`${source}: admits every destination; flows name each, or openEgress gives a reason`)
  const callees = topology
    .workloadsIn(peer.namespace)
    .filter(({ labels }) => peer.selector !== undefined && matchesSelector(peer.selector, labels))
  const here = callees.flatMap((callee) => destinationsOf(callee, ports, topology))
  const elsewhere = callees.length > 0 ? [] : destinationElsewhere(peer, ports)
  if (here.length + elsewhere.length === 0)
    return note(`${source}: admits pods of namespace ${peer.namespace}; add a flow for each workload that is called`)
  const proposals = callers.flatMap((caller) =>
    [...here, ...elsewhere].map(
      (destination): Proposal => ({
        ...destination,
        caller: callerOf(caller, peer.namespace, topology),
        source,
        certain: here.length > 0 && ports !== undefined && !('plain' in destination),
      }),
    ),
  )
  return { proposals, notes: [] }
}
