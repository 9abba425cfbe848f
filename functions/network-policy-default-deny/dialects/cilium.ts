import type { Port } from '../../lib/flows/port.ts'
import { rangeOfAddress } from '../../lib/kubernetes/cidr.ts'
import type { Fields } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Direction, Peer, Policy, Rule } from '../policy.ts'
import { apiServerPeers, dnsPeers } from './known-peers.ts'

/** The label by which Cilium knows the namespace of every pod. */
const POD_NAMESPACE = 'k8s:io.kubernetes.pod.namespace'

/** How many ports Cilium takes in one list. */
const MAX_PORTS = 40

/** One of a rule's lists of peers; Cilium takes only one of them in a rule. */
interface Selection {
  list: 'Endpoints' | 'Entities' | 'CIDR' | 'FQDNs'
  value: unknown
}

interface Side {
  direction: Direction
  namespace: string
  spec: NetworkPolicyDefaultDenySpec
  /** Does a rule select by name? Cilium learns the addresses of names from the DNS answers that it passes on. */
  readsDns: boolean
}

/** Source: https://docs.cilium.io/en/stable/security/policy/language/. */
export function toCiliumNetworkPolicy(
  { namespace, podLabels, ingress, egress }: Policy,
  spec: NetworkPolicyDefaultDenySpec,
): { apiVersion: string; kind: string; spec: Fields } {
  const peers = (egress ?? []).flatMap((rule) => rule.peers)
  const readsDns = peers.some((peer) => peer.type === 'host' && rangeOfAddress(peer.host) === undefined)
  const side = (direction: Direction): Side => ({ direction, namespace, spec, readsDns })
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    spec: {
      endpointSelector: selectorOf(podLabels),
      ...(ingress && { ingress: writeRules(ingress, side('Ingress')) }),
      ...(egress && { egress: writeRules(egress, side('Egress')) }),
    },
  }
}

/** A rule that selects nobody denies the direction; no rule at all would leave it open. */
const writeRules = (rules: readonly Rule[], side: Side): Fields[] =>
  rules.length === 0 ? [{}] : rules.flatMap((rule) => writeRule(rule, side))

function writeRule({ peers, ports }: Rule, side: Side): Fields[] {
  const prefix = side.direction === 'Ingress' ? 'from' : 'to'
  const isDns = side.readsDns && peers.some(({ type }) => type === 'dns')
  const lists = new Map<string, unknown[]>()
  for (const { list, value } of peers.flatMap((peer) => writePeer(peer, side)))
    lists.set(list, [...(lists.get(list) ?? []), value])
  return [...lists]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([list, values]) => ({ [`${prefix}${list}`]: values, ...portsOf(ports, isDns) }))
}

function portsOf(ports: readonly Port[], isDns: boolean): Fields {
  if (ports.length === 0) return {}
  const written = ports.map(({ port, endPort, protocol }) => ({
    port: String(port),
    ...(endPort !== undefined && { endPort }),
    protocol,
  }))
  const chunks = Array.from({ length: Math.ceil(written.length / MAX_PORTS) }, (_, index) =>
    written.slice(index * MAX_PORTS, (index + 1) * MAX_PORTS),
  )
  return {
    toPorts: chunks.map((chunk) => ({ ports: chunk, ...(isDns && { rules: { dns: [{ matchPattern: '*' }] } }) })),
  }
}

function writePeer(peer: Peer, side: Side): Selection[] {
  const { spec } = side
  switch (peer.type) {
    case 'anyone':
      return entities('all')
    case 'nodes':
      return entities('host', 'remote-node')
    case 'pods':
      return [pods(peer.namespace, peer.labels, side)]
    case 'range':
      return [range(peer.cidr)]
    case 'dns':
      return [
        // A range selects no address of a node, and the cache has one: https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based
        ...(spec.dns.nodeLocal === undefined ? [] : entities('host')),
        ...dnsPeers(spec).flatMap((known) => writePeer(known, side)),
      ]
    case 'apiServer':
      return [
        ...entities('kube-apiserver'),
        ...apiServerPeers(spec, side.direction).flatMap((known) => writePeer(known, side)),
      ]
    case 'host':
      return [host(peer.host)]
  }
}

const entities = (...names: string[]): Selection[] => names.map((value) => ({ list: 'Entities', value }))

const range = (cidr: string): Selection => ({ list: 'CIDR', value: cidr })

function host(name: string): Selection {
  const address = rangeOfAddress(name)
  if (address !== undefined) return range(address)
  return { list: 'FQDNs', value: name.includes('*') ? { matchPattern: name } : { matchName: name } }
}

/** Without a namespace a selector means the policy's own. */
function pods(namespace: string | undefined, labels: Labels | undefined, side: Side): Selection {
  if (namespace === undefined) {
    const anywhere = { matchExpressions: [{ key: POD_NAMESPACE, operator: 'Exists' }] }
    return { list: 'Endpoints', value: { ...selectorOf(labels ?? {}), ...anywhere } }
  }
  const there: Labels = namespace === side.namespace ? {} : { [POD_NAMESPACE]: namespace }
  return { list: 'Endpoints', value: selectorOf({ ...there, ...labels }) }
}

const selectorOf = (labels: Labels): { matchLabels?: Record<string, string> } =>
  Object.keys(labels).length > 0 ? { matchLabels: { ...labels } } : {}
