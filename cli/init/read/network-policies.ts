import type { Protocol, WrittenPort } from '../../../functions/lib/flows/port.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { nearest } from '../../../functions/lib/framework/did-you-mean.ts'
import {
  type Fields,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import { callerOf } from './calls.ts'
import { callersOf, destinationElsewhere, destinationsOf, needsReason } from './network-policy-ends.ts'
import { type PolicyPeer, peersOf } from './network-policy-peers.ts'

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
  const { selected, near } = selectedBy(policy, topology)
  const namespace = policy.metadata.namespace ?? ''
  const isEveryPod = Object.keys(fieldsAt(policy, ['spec', 'podSelector'])).length === 0
  return list(valueAt(policy, ['spec', direction])).flatMap((rule, index) => {
    const source = `NetworkPolicy ${policy.metadata.name}: spec.${direction}[${index}]`
    if (selected.length === 0) return [note(`${source}: selects no pod of the build; declare its pods in a flow`)]
    const meant = near === undefined ? [] : [note(`${source}: selects no pod of the build; did you mean ${near}?`)]
    const ports = portsOf(rule)
    const ranges = list(rule.ports).some(({ endPort }) => endPort !== undefined)
    const { peers, unknown } = peersOf(rule[direction === 'ingress' ? 'from' : 'to'], namespace)
    const reads = (ports?.length === 0 ? [] : peers).map((peer): Read => {
      if (isOwnNamespace(peer, namespace) && (isEveryPod || ports === undefined || direction === 'egress'))
        return note(`${source}: admits every pod of its own namespace; it stays, and makes flows between them needless`)
      return direction === 'ingress'
        ? readPeerIngress(selected, peer, ports, source, topology)
        : readPeerEgress(selected, peer, ports, source, topology)
    })
    const beyond = [...unknown, ...(ranges ? ['admits a range of ports'] : [])]
    return [
      ...meant,
      ...reads.map((read) => (near === undefined ? read : guessed(read))),
      ...beyond.map((what) => note(`${source}: ${what}, which no flow says; it stays as it is`)),
    ]
  })
}

/** The workloads that a policy selects; if it selects none, the one whose name is nearest to what it asks for. */
function selectedBy(policy: KubernetesObject, topology: Topology): { selected: readonly Workload[]; near?: string } {
  const selector = valueAt(policy, ['spec', 'podSelector'])
  const candidates = topology.workloadsIn(policy.metadata.namespace ?? '')
  const selected = candidates.filter(({ labels }) => matchesSelector(selector, labels))
  if (selected.length > 0) return { selected }
  const wanted = [...Object.values(fieldsAt(policy, ['spec', 'podSelector', 'matchLabels'])), policy.metadata.name].map(
    String,
  )
  const names = candidates.map(({ name }) => name)
  const near = wanted.flatMap((value) => nearest(value, names) ?? [])[0]
  return near === undefined ? { selected } : { selected: candidates.filter(({ name }) => name === near), near }
}

const guessed = ({ proposals, notes }: Read): Read => ({
  proposals: proposals.map((one) => ({ ...one, certain: false })),
  notes,
})
const note = (text: string): Read => ({ proposals: [], notes: [text] })
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])
const fieldsAt = (root: unknown, path: string[]): Fields => {
  const value = valueAt(root, path)
  return isFields(value) ? value : {}
}
const isOwnNamespace = (peer: PolicyPeer, own: string): boolean =>
  peer.type === 'pods' && peer.namespace === own && peer.selector === undefined

/** Ports on pods; undefined for every port. DNS, which needs no flow, and ranges are left out. */
function portsOf({ ports }: Fields): WrittenPort[] | undefined {
  if (!Array.isArray(ports) || ports.length === 0) return undefined
  return list(ports)
    .filter(({ port, endPort }) => port !== DNS && port !== undefined && endPort === undefined)
    .map(({ port, protocol }) => ({
      port: port as string | number,
      ...(protocol !== undefined && protocol !== 'TCP' && { protocol: protocol as Protocol }),
    }))
}

function readPeerIngress(
  callees: readonly Workload[],
  peer: PolicyPeer,
  ports: readonly WrittenPort[] | undefined,
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
          certain: isCertain && (ports !== undefined || isOnlyPort(callee, topology)),
          ...(needsReason(caller) && { reason: `${source} admits it` }),
        }),
      ),
    ),
  )
  return { proposals, notes: [] }
}

/** For pods that serve only one port, every port means that port. */
const isOnlyPort = (callee: Workload, topology: Topology): boolean =>
  new Set(topology.servicesFor(callee).flatMap((service) => service.ports.map(({ port }) => port))).size === 1

function readPeerEgress(
  callers: readonly Workload[],
  peer: PolicyPeer,
  ports: readonly WrittenPort[] | undefined,
  source: string,
  topology: Topology,
): Read {
  if (peer.type === 'any')
    return note(`${source}: admits every destination; flows name each, or openEgress gives a reason`)
  const callees = topology
    .workloadsIn(peer.namespace)
    .filter(({ labels }) => peer.selector !== undefined && matchesSelector(peer.selector, labels))
  const here = callees.flatMap((callee) =>
    destinationsOf(callee, ports, topology).map((destination) => ({
      destination,
      isSure: ports !== undefined || isOnlyPort(callee, topology),
    })),
  )
  const elsewhere =
    callees.length > 0 ? [] : destinationElsewhere(peer, ports).map((destination) => ({ destination, isSure: false }))
  if (here.length + elsewhere.length === 0)
    return note(`${source}: admits pods of namespace ${peer.namespace}; add a flow for each workload that is called`)
  const proposals = callers.flatMap((caller) =>
    [...here, ...elsewhere].map(
      ({ destination, isSure }): Proposal => ({
        ...destination,
        caller: callerOf(caller, peer.namespace, topology),
        source,
        certain: isSure,
      }),
    ),
  )
  return { proposals, notes: [] }
}
