import type { Callee } from '../../lib/flows/callee.ts'
import { GATEWAY_NAME } from '../../lib/flows/gateways.ts'
import { isTcp, type Port, tcp } from '../../lib/flows/port.ts'
import { policySelector } from '../../lib/flows/topology.ts'
import { DATAPLANE_MODE, HBONE } from '../../lib/kubernetes/istio.ts'
import { isHostNetwork } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Peer } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import type { Subject } from '../subjects/subject.ts'

/** One end of a call, as the policy of the other end names it. */
export interface Endpoint {
  peer: Peer
  /** Does the ambient mesh carry its traffic? */
  inMesh: boolean
  /**
   * Are these pods of a Gateway of the Gateway API? Istio labels them `istio.io/dataplane-mode: none`, so members of the mesh
   * dial their own ports. Waypoints alone listen on that of the tunnel.
   */
  isGateway?: boolean
  /** The reason why it may call, if no labels say which pods it is. */
  reason?: string
}

/** The port at which members of the ambient mesh are reached. */
export const TUNNEL: Port = tcp(HBONE)

/**
 * The ports that a policy sees of a call: the callee's, or the tunnel's where the ambient mesh carries it. It carries
 * `plain` flows too, because ztunnel leaves out no ports; only a caller that still has a sidecar dials theirs directly.
 * Source: https://github.com/istio/istio/issues/49829
 */
export function portsOnWire(
  ports: readonly Port[],
  caller: Endpoint,
  callee: Endpoint,
  plain = false,
): readonly Port[] {
  if (!caller.inMesh || !callee.inMesh || !ports.some(isTcp)) return ports
  // The tunnel carries TCP; other protocols pass next to it.
  return [TUNNEL, ...(plain || callee.isGateway ? ports : ports.filter((port) => !isTcp(port)))]
}

/** Anyone, inside the mesh or outside. */
export const anyone = ({ spec }: Build): Endpoint[] => [
  { peer: { type: 'anyone' }, inMesh: false },
  ...(spec.ambient ? [{ peer: { type: 'anyone' } as const, inMesh: true }] : []),
]

/** Pods of every namespace, members of the mesh or not. */
export const everyPod = ({ spec }: Build): Endpoint[] =>
  (spec.ambient ? [false, true] : [false]).map((inMesh) => ({
    peer: { type: 'pods', namespace: undefined, labels: undefined },
    inMesh,
  }))

/** Pods by namespace and labels, which may be of the build: those with hostNetwork are nodes to a policy. */
export function podEndpoints(namespace: string | undefined, labels: Labels | undefined, build: Build): Endpoint[] {
  const workloads = namespace === undefined ? [] : build.topology.workloadsWith(namespace, labels ?? {})
  if (workloads.length === 0) return [podsElsewhere(namespace, labels, build)]
  const inPods = workloads.filter((workload) => !isHostNetwork(workload))
  const memberships = new Set(inPods.map((workload) => isInMesh(workload, build.spec)))
  return [
    ...[...memberships].map((inMesh) => ({ peer: { type: 'pods', namespace, labels } as const, inMesh })),
    ...(inPods.length < workloads.length ? [NODES] : []),
  ]
}

const NODES: Endpoint = { peer: { type: 'nodes' }, inMesh: false }

const podsElsewhere = (namespace: string | undefined, labels: Labels | undefined, { spec }: Build): Endpoint => ({
  peer: { type: 'pods', namespace, labels },
  inMesh: isNamespaceInMesh(namespace, spec),
  isGateway: Object.hasOwn(labels ?? {}, GATEWAY_NAME),
})

export function workloadEndpoint(workload: Workload, build: Build, replica?: string): Endpoint {
  if (isHostNetwork(workload)) return NODES
  const labels = build.subjectOf(workload, replica)?.podLabels ?? policySelector(workload, build.topology)
  return { peer: { type: 'pods', namespace: workload.namespace, labels }, inMesh: isInMesh(workload, build.spec) }
}

export const calleeEndpoint = ({ workload, replica, namespace, labels }: Callee, build: Build): Endpoint =>
  workload ? workloadEndpoint(workload, build, replica) : podsElsewhere(namespace, labels, build)

export const subjectEndpoint = ({ workload, namespace, podLabels }: Subject, build: Build): Endpoint =>
  workload ? workloadEndpoint(workload, build) : podsElsewhere(namespace, podLabels, build)

const isInMesh = (workload: Workload, spec: NetworkPolicyDefaultDenySpec): boolean =>
  isNamespaceInMesh(workload.namespace, spec) && workload.labels[DATAPLANE_MODE] !== 'none'

const isNamespaceInMesh = (
  namespace: string | undefined,
  { ambient, notInjected }: NetworkPolicyDefaultDenySpec,
): boolean => ambient && !(namespace !== undefined && Object.hasOwn(notInjected, namespace) && notInjected[namespace])
