import type { WrittenPort } from '../../../functions/lib/flows/port.ts'
import { type CallerSpec, EVERY_PORT } from '../../../functions/lib/flows/schema.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../../functions/lib/kubernetes/selector.ts'
import { targetPortNumber } from '../../../functions/lib/kubernetes/service.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { callerOf, type Destination, destinationOf, podsOf } from './calls.ts'
import type { PolicyPeer } from './network-policy-peers.ts'

/**
 * The ports of a policy are those on the pods; a flow is named by the Service's, unless its callers are of another build. One
 * that no Service carries is plain. Every port is one broad destination, unless there is only one.
 */
export function destinationsOf(
  callee: Workload,
  ports: readonly WrittenPort[] | undefined,
  topology: Topology,
  isElsewhere = false,
): Destination[] {
  const services = topology.servicesFor(callee)
  const destination = `${callee.namespace}/${callee.name}`
  const only = onlyPort(callee, topology)
  if (ports === undefined && only === undefined) return [{ destination, port: EVERY_PORT }]
  return unique(ports ?? (only === undefined ? [] : [{ port: only }])).map((port) => {
    const carried = services.flatMap((service) => destinationOf(callee, service, port, topology, isElsewhere) ?? [])
    const preferred = carried.find(({ service }) => !services.some((one) => one.name === service && one.headless))
    return preferred ?? carried[0] ?? { destination, ...port, plain: true as const }
  })
}

/** For pods that serve only one port, every port means that port. */
export function onlyPort(callee: Workload, topology: Topology): number | undefined {
  const [only, ...others] = new Set(
    topology
      .servicesFor(callee)
      .flatMap((service) => service.ports.map((port) => targetPortNumber(port, callee) ?? port.port)),
  )
  return others.length === 0 ? only : undefined
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

interface PolicyCaller {
  caller: CallerSpec | undefined
  isCertain: boolean
  /** Another build has the pods. */
  isElsewhere: boolean
}

/**
 * The callers that a peer names: workloads of the build, or pods of another build by their labels; none for expressions.
 */
export function callersOf(peer: PolicyPeer, namespace: string, topology: Topology): PolicyCaller[] {
  if (peer.type === 'any') return [{ caller: 'any', isCertain: false, isElsewhere: false }]
  if (peer.selector === undefined)
    return [
      {
        caller: `${peer.namespace}/*`,
        isCertain: false,
        isElsewhere: !topology.ownNamespaces.has(peer.namespace) && peer.namespace !== namespace,
      },
    ]
  const here = topology.workloadsIn(peer.namespace).filter(({ labels }) => matchesSelector(peer.selector, labels))
  if (here.length > 0)
    return here.map((workload) => ({
      caller: callerOf(workload, namespace, topology),
      isCertain: true,
      isElsewhere: false,
    }))
  const { matchLabels: labels, matchExpressions } = peer.selector as {
    matchLabels?: Labels
    matchExpressions?: unknown
  }
  if (labels === undefined || matchExpressions !== undefined) return []
  return [{ caller: podsOf(peer.namespace, labels), isCertain: peer.namespace !== namespace, isElsewhere: true }]
}
