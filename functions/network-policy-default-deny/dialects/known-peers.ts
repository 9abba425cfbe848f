import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { toPeer } from '../config-peers.ts'
import type { Direction, Peer } from '../policy.ts'

/** Peers that the configuration knows in other terms: pods and ranges. */

export const toRange = (cidr: string): Peer => ({ type: 'range', cidr })

export const dnsPeers = ({ dns }: NetworkPolicyDefaultDenySpec): Peer[] => [
  { type: 'pods', namespace: dns.namespace, labels: dns.labels },
  ...(dns.nodeLocal === undefined ? [] : [toRange(dns.nodeLocal)]),
]

/**
 * The addresses of the API server, and the pods that carry its own calls. None if the policy cannot say better than any
 * address.
 */
export const apiServerPeers = ({ apiServer }: NetworkPolicyDefaultDenySpec, direction: Direction): Peer[] => [
  ...(apiServer.cidrs ?? []).map(toRange),
  ...(direction === 'Ingress' ? Object.values(apiServer.relays).map(toPeer) : []),
]
