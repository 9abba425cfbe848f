// What a cluster would do with policies: an evaluator that shares no code with the generator.
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

type Labels = Record<string, string>

/** A pod with its namespace and labels, or an address outside the cluster. */
export type Endpoint = { namespace: string; labels: Labels; address: string } | { host?: string; address: string }

export interface Connection {
  from: Endpoint
  to: Endpoint
  protocol: string
  port: number
}

interface Selector {
  matchLabels?: Labels
}

interface PolicyPeer {
  namespaceSelector?: Selector
  podSelector?: Selector
  ipBlock?: { cidr: string; except?: string[] }
}

interface Rule {
  from?: PolicyPeer[]
  to?: PolicyPeer[]
  ports?: { port: number | string; protocol: string }[]
}

interface Spec {
  podSelector: Selector
  policyTypes: string[]
  ingress?: Rule[]
  egress?: Rule[]
}

const carries = (labels: Labels, selector: Selector = {}): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)

const toNumber = (address: string): number => address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)

function isInRange(address: string, cidr: string): boolean {
  const [base = '', bits] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size)
}

function isPeer(peer: PolicyPeer, endpoint: Endpoint, policyNamespace: string): boolean {
  if (peer.ipBlock)
    return (
      isInRange(endpoint.address, peer.ipBlock.cidr) &&
      !(peer.ipBlock.except ?? []).some((range) => isInRange(endpoint.address, range))
    )
  if (!('labels' in endpoint)) return false
  const inNamespace = peer.namespaceSelector
    ? carries({ 'kubernetes.io/metadata.name': endpoint.namespace }, peer.namespaceSelector)
    : endpoint.namespace === policyNamespace
  return inNamespace && carries(endpoint.labels, peer.podSelector)
}

/** Do the policies that select one end of a connection admit it in that direction? */
export function admits(
  policies: readonly KubernetesObject[],
  direction: 'Ingress' | 'Egress',
  { from, to, protocol, port }: Connection,
): boolean {
  const [pod, other] = direction === 'Ingress' ? [to, from] : [from, to]
  if (!('labels' in pod)) return true
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === pod.namespace &&
      carries(pod.labels, (spec as Spec).podSelector) &&
      (spec as Spec).policyTypes.includes(direction),
  )
  if (selecting.length === 0) return true
  return selecting.some(({ metadata, spec }) =>
    ((direction === 'Ingress' ? (spec as Spec).ingress : (spec as Spec).egress) ?? []).some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to
      return (
        (!peers?.length || peers.some((peer) => isPeer(peer, other, metadata.namespace ?? ''))) &&
        (!rule.ports?.length || rule.ports.some((p) => p.port === port && p.protocol === protocol))
      )
    }),
  )
}
