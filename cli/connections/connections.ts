import { isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../functions/lib/kubernetes/selector.ts'
import { runsPods, type Workload, workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import { OtherPolicies } from './other-policies.ts'
import { commonPorts, type Direction, Policies, type Ports, peersOf, portsOf, type WrittenPeer } from './policies.ts'

/** A connection that the network policies of a rendering admit. */
export interface Connection {
  /** A workload as `namespace/name`, pods outside the rendering by their selectors, a CIDR, or `anyone`. */
  from: string
  to: string
  /** A number, a range such as `30000-30100`, or `*` for every port. */
  port: string
  protocol: string
  /** What else decides about it but was not evaluated: policies of Istio and Cilium, and pods in a range of addresses. */
  notJudged?: string[]
}

const ANYONE = 'anyone'
const EVERY: readonly Ports[] = ['TCP', 'UDP', 'SCTP'].map((protocol) => ({ protocol }))

/**
 * Every connection that the NetworkPolicies of a rendering admit: between its workloads by the rules of both ends, to and
 * from everything else by the rules of the end in the rendering. Sorted, each once.
 */
export function connectionsIn(objects: readonly KubernetesObject[]): Connection[] {
  const workloads = workloadsOf(objects).filter(runsPods)
  const policies = new Policies(objects)
  const namespaces = namespaceLabels(objects)
  const others = new OtherPolicies(objects)
  const isPeer = (peer: WrittenPeer, workload: Workload, home: string): boolean => {
    if (peer.ipBlock) return false
    const labels = { 'kubernetes.io/metadata.name': workload.namespace, ...namespaces.get(workload.namespace) }
    return (
      (peer.namespaceSelector ? matchesSelector(peer.namespaceSelector, labels) : workload.namespace === home) &&
      matchesSelector(peer.podSelector, workload.labels)
    )
  }
  /** The ports that one end admits for the other. */
  const admitted = (own: Workload, direction: Direction, other: Workload): readonly Ports[] => {
    const callee = direction === 'ingress' ? own : other
    const rules = policies.rulesFor(own, direction)
    if (!rules) return EVERY
    return rules
      .filter((rule) => {
        const peers = peersOf(rule, direction)
        return peers.length === 0 || peers.some((peer) => isPeer(peer, other, own.namespace))
      })
      .flatMap((rule) => portsOf(rule, callee))
  }
  /** What one end admits to or from ends that are not in the rendering. */
  const outside = (own: Workload, direction: Direction): Outside[] => {
    const rules = policies.rulesFor(own, direction)
    if (!rules) return [{ end: ANYONE, ports: EVERY }]
    return rules.flatMap((rule) => {
      const ports = portsOf(rule, direction === 'ingress' ? own : undefined)
      const peers = peersOf(rule, direction)
      if (peers.length === 0) return [{ end: ANYONE, ports }]
      return peers
        .filter((peer) => !isOfOneNamespace(peer) || !workloads.some((one) => isPeer(peer, one, own.namespace)))
        .map((peer) => ({
          end: nameOf(peer, own.namespace),
          ports,
          ...(peer.ipBlock && { range: peer.ipBlock.cidr }),
        }))
    })
  }
  const found: Connection[] = []
  for (const own of workloads) {
    const name = `${own.namespace}/${own.name}`
    for (const callee of workloads) {
      const ports = commonPorts(admitted(own, 'egress', callee), admitted(callee, 'ingress', own))
      const notJudged = [...others.namesFor(own, 'egress'), ...others.namesFor(callee, 'ingress')]
      found.push(...connections(name, `${callee.namespace}/${callee.name}`, ports, notJudged))
    }
    for (const { end, ports, range } of outside(own, 'ingress'))
      found.push(...connections(end, name, ports, [...others.namesFor(own, 'ingress'), ...podsIn(range)]))
    for (const { end, ports, range } of outside(own, 'egress'))
      found.push(...connections(name, end, ports, [...others.namesFor(own, 'egress'), ...podsIn(range)]))
  }
  return [...new Map(found.map((one) => [keyOf(one), one])).entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, connection]) => connection)
}

/** For comparing: two connections with one key are the same. */
export const keyOf = ({ from, to, port, protocol }: Connection): string => [from, to, protocol, port].join(' ')

/** Ends that are not in the rendering. */
interface Outside {
  end: string
  ports: readonly Ports[]
  /** The addresses of a peer that is written as a range. */
  range?: string
}

/** A rendering does not show which addresses pods get. */
const podsIn = (range: string | undefined): string[] => (range === undefined ? [] : [`pods with addresses in ${range}`])

const connections = (from: string, to: string, ports: readonly Ports[], notJudged: string[]): Connection[] =>
  ports
    .filter(({ port, protocol }) => port === undefined || !ports.some((all) => isEvery(all, protocol)))
    .map(({ port = '*', endPort = port, protocol }) => ({
      from,
      to,
      port: endPort === port ? String(port) : `${port}-${endPort}`,
      protocol,
      ...(notJudged.length > 0 && { notJudged: [...new Set(notJudged)].sort() }),
    }))

const isEvery = ({ port, protocol }: Ports, of: string): boolean => port === undefined && protocol === of

function namespaceLabels(objects: readonly KubernetesObject[]): Map<string, Record<string, string>> {
  const namespaces = objects.filter((object) => isKind(object, '', 'Namespace'))
  return new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]))
}

/** Other peers also select pods of namespaces that the rendering does not have. */
const isOfOneNamespace = ({ ipBlock, namespaceSelector }: WrittenPeer): boolean =>
  ipBlock === undefined &&
  (namespaceSelector === undefined ||
    valueAt(namespaceSelector, ['matchLabels', 'kubernetes.io/metadata.name']) !== undefined)

/** A peer as a person would write it: a CIDR, or a namespace and labels. */
function nameOf({ ipBlock, namespaceSelector, podSelector }: WrittenPeer, home: string): string {
  if (ipBlock) return ipBlock.except?.length ? `${ipBlock.cidr} except ${ipBlock.except.join(', ')}` : ipBlock.cidr
  const namespace = namespaceSelector === undefined ? home : selectorText(namespaceSelector)
  return `${namespace}/${podSelector === undefined ? '*' : selectorText(podSelector)}`
}

function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = (selector ?? {}) as {
    matchLabels?: Record<string, string>
    matchExpressions?: { key: string; operator: string; values?: string[] }[]
  }
  const labels = Object.entries(matchLabels ?? {}).map(([key, value]) =>
    key === 'kubernetes.io/metadata.name' ? value : `${key}=${value}`,
  )
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) =>
    [key, operator, ...(values ? [`(${values.join(', ')})`] : [])].join(' '),
  )
  return [...labels, ...expressions].sort().join(',') || '*'
}
