import type { Protocol, WrittenPort } from '../../../functions/lib/flows/port.ts'
import { EVERY_PORT } from '../../../functions/lib/flows/schema.ts'
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
import { servicePortFor } from '../../../functions/lib/kubernetes/service.ts'
import { containerPort, type Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import { callerOf } from './calls.ts'
import { callersOf, destinationElsewhere, destinationsOf, needsReason, onlyPort } from './network-policy-ends.ts'
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
  const isEveryPod = Object.keys(fieldsAt(policy, ['spec', 'podSelector'])).length === 0
  const namespace = policy.metadata.namespace ?? ''
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
        ? isEveryPod && peer.type === 'any'
          ? readEveryPod(namespace, ports, source)
          : readPeerIngress(isEveryPod ? listening(selected, ports, topology) : selected, peer, ports, source, topology)
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

/** What everyone may call on every pod of a namespace is one broad flow, asked once. */
const readEveryPod = (namespace: string, ports: readonly WrittenPort[] | undefined, source: string): Read => ({
  proposals: (ports ?? [{ port: EVERY_PORT }]).map((port) => ({
    ...{ destination: `${namespace}/*`, ...port, caller: 'any' as const, source, certain: false },
    reason: `${source} admits it`,
  })),
  notes: [],
})

/** Of every pod of a namespace, those that listen on the ports, if the build says so of any. */
function listening(
  workloads: readonly Workload[],
  ports: readonly WrittenPort[] | undefined,
  topology: Topology,
): readonly Workload[] {
  const serving = workloads.filter((workload) =>
    ports?.some(
      ({ port }) =>
        containerPort(workload, port) !== undefined ||
        topology.servicesFor(workload).some((service) => servicePortFor(service, port, workload)),
    ),
  )
  return serving.length > 0 ? serving : workloads
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
    callersOf(peer, callee.namespace, topology).flatMap(({ caller, isCertain, isElsewhere }) =>
      destinationsOf(callee, ports, topology, isElsewhere).map(
        (destination): Proposal => ({
          ...destination,
          caller,
          source: isElsewhere && isSelected(peer) ? `${source}, for pods that are not in this build` : source,
          certain: isCertain && (ports !== undefined || onlyPort(callee, topology) !== undefined),
          ...((needsReason(caller) || destination.port === EVERY_PORT) && { reason: `${source} admits it` }),
        }),
      ),
    ),
  )
  return { proposals, notes: [] }
}

const isSelected = (peer: PolicyPeer): boolean => peer.type === 'pods' && peer.selector !== undefined

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
      isSure: ports !== undefined || onlyPort(callee, topology) !== undefined,
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
        ...(destination.port === EVERY_PORT && { reason: `${source} admits it` }),
      }),
    ),
  )
  return { proposals, notes: [] }
}
