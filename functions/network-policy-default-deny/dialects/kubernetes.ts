import type { INetworkPolicyPeer } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer'
import { familyOf, rangeOfAddress } from '../../lib/kubernetes/cidr.ts'
import type { Fields } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { namesIn } from '../config-peers.ts'
import type { Direction, Peer, Policy, Rule } from '../policy.ts'
import { apiServerPeers, dnsPeers, toRange } from './known-peers.ts'
import { namespaceLabelOf } from './namespace-label.ts'

interface Side {
  direction: Direction
  namespace: string
  spec: NetworkPolicyDefaultDenySpec
}

/** Source: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/. */
export function toNetworkPolicy(
  { namespace, podLabels, ingress, egress }: Policy,
  spec: NetworkPolicyDefaultDenySpec,
): { apiVersion: string; kind: string; spec: Fields } {
  const side = (direction: Direction): Side => ({ direction, namespace, spec })
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    spec: {
      podSelector: selectorOf(podLabels),
      policyTypes: [...(ingress ? ['Ingress'] : []), ...(egress ? ['Egress'] : [])],
      ...(ingress && ingress.length > 0 && { ingress: writeRules(ingress, 'from', side('Ingress')) }),
      ...(egress && egress.length > 0 && { egress: writeRules(egress, 'to', side('Egress')) }),
    },
  }
}

/** A rule without peers would admit everyone, so one whose peers cannot be written is left out. */
const writeRules = (rules: readonly Rule[], field: 'from' | 'to', side: Side): Fields[] =>
  rules.flatMap(({ peers, ports }) => {
    const plain = peers.flatMap((peer) => plainPeers(peer, side))
    const isOpen = plain.some(({ type }) => type === 'anyone')
    const written = unique(plain.flatMap((peer) => writePeer(peer, side)))
    if (!isOpen && written.length === 0) return []
    return [
      { ...(!isOpen && { [field]: written }), ...(ports.length > 0 && { ports: ports.map((port) => ({ ...port })) }) },
    ]
  })

/** The peer in the terms of NetworkPolicy: anyone, pods and ranges. */
function plainPeers(peer: Peer, { direction, spec }: Side): Peer[] {
  switch (peer.type) {
    case 'nodes':
      return namesIn(spec.nodes).map(toRange)
    case 'dns':
      return dnsPeers(spec)
    case 'apiServer':
      // The API server is no pod. Unless its addresses are known, any address may be its own.
      return spec.apiServer.cidrs ? apiServerPeers(spec, direction) : [{ type: 'anyone' }]
    case 'host':
      return outside(peer.host, spec)
    default:
      return [peer]
  }
}

/** NetworkPolicy knows no names: a host is its known addresses, else every address that is not private. */
function outside(host: string, { addresses, privateRanges }: NetworkPolicyDefaultDenySpec): Peer[] {
  const address = rangeOfAddress(host)
  const known = Object.hasOwn(addresses, host) ? addresses[host] : address && [address]
  if (known) return known.map(toRange)
  const ranges = namesIn(privateRanges)
  const ofIpv6 = ranges.filter((cidr) => familyOf(cidr) === 6)
  return [
    { type: 'range', cidr: '0.0.0.0/0', except: ranges.filter((cidr) => familyOf(cidr) === 4) },
    ...(ofIpv6.length > 0 ? [{ type: 'range', cidr: '::/0', except: ofIpv6 } as const] : []),
  ]
}

function writePeer(peer: Peer, side: Side): INetworkPolicyPeer[] {
  if (peer.type === 'pods') return [pods(peer.namespace, peer.labels, side)]
  if (peer.type !== 'range') return []
  const { cidr, except = [] } = peer
  return [{ ipBlock: { cidr, ...(except.length > 0 && { except: [...except] }) } }]
}

/** A pod selector alone means the policy's own namespace. */
function pods(namespace: string | undefined, labels: Labels | undefined, side: Side): INetworkPolicyPeer {
  const podSelector = selectorOf(labels ?? {})
  if (namespace === side.namespace) return { podSelector }
  const namespaceSelector =
    namespace === undefined
      ? {}
      : { matchLabels: { [namespaceLabelOf(namespace, side.spec.namespaceLabel)]: namespace } }
  return { namespaceSelector, ...(Object.keys(labels ?? {}).length > 0 && { podSelector }) }
}

const selectorOf = (labels: Labels): { matchLabels?: Record<string, string> } =>
  Object.keys(labels).length > 0 ? { matchLabels: { ...labels } } : {}

const unique = <T>(items: T[]): T[] =>
  items.length < 2 ? items : [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
