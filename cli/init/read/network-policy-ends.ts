import type { WrittenPort } from '../../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../../functions/lib/flows/schema.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { callerOf, type Destination, destinationOf, podsOf } from './calls.ts'
import type { PolicyPeer } from './network-policy-peers.ts'

/** The ports of a policy are those on the pods; a flow is named by the Service's. One that no Service carries is plain. */
export function destinationsOf(
  callee: Workload,
  ports: readonly WrittenPort[] | undefined,
  topology: Topology,
): Destination[] {
  const services = topology.servicesFor(callee)
  const wanted = ports ?? services.flatMap((service) => service.ports.map(({ port }) => ({ port })))
  return unique(wanted).map((port) => {
    const carried = services.flatMap((service) => destinationOf(callee, service, port, topology) ?? [])
    const preferred = carried.find(({ service }) => !services.some((one) => one.name === service && one.headless))
    const destination = `${callee.namespace}/${callee.name}`
    return preferred ?? carried[0] ?? { destination, ...port, plain: true as const }
  })
}

const unique = (ports: readonly WrittenPort[]): WrittenPort[] => [
  ...new Map(ports.map((port) => [`${port.port}/${port.protocol}`, port])).values(),
]

export function destinationElsewhere(
  peer: Extract<PolicyPeer, { type: 'pods' }>,
  ports: readonly WrittenPort[] | undefined,
): Destination[] {
  const labels = (valueAt(peer.selector, ['matchLabels']) ?? {}) as Labels
  const name = labels['app.kubernetes.io/name'] ?? labels.app ?? labels['k8s-app']
  return name === undefined ? [] : (ports ?? []).map((port) => ({ destination: `${peer.namespace}/${name}`, ...port }))
}

/** A caller for which the schema of flows requires a reason. */
export const needsReason = (caller: CallerSpec | undefined): boolean =>
  caller === 'any' || (typeof caller === 'string' && caller.endsWith('/*'))

/**
 * The callers that a peer names: workloads of the build, or pods of another build by their labels; none for expressions.
 */
export function callersOf(
  peer: PolicyPeer,
  namespace: string,
  topology: Topology,
): { caller: CallerSpec | undefined; isCertain: boolean }[] {
  if (peer.type === 'any') return [{ caller: 'any', isCertain: false }]
  if (peer.selector === undefined) return [{ caller: `${peer.namespace}/*`, isCertain: false }]
  const here = topology.workloadsIn(peer.namespace).filter(({ labels }) => matchesSelector(peer.selector, labels))
  if (here.length > 0)
    return here.map((workload) => ({ caller: callerOf(workload, namespace, topology), isCertain: true }))
  const { matchLabels: labels, matchExpressions } = peer.selector as {
    matchLabels?: Labels
    matchExpressions?: unknown
  }
  if (labels === undefined || matchExpressions !== undefined) return []
  return [{ caller: podsOf(peer.namespace, labels), isCertain: peer.namespace !== namespace }]
}
