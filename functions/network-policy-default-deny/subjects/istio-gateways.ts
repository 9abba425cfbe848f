import type { Topology } from '../../lib/flows/topology.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { namesOf, namespacesOf } from '../../lib/kubernetes/previous-names.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import type { PeerSpec } from '../config-peers.ts'

/**
 * The pods that serve each Gateway of Istio in the build, by `namespace/name`: those that carry its selector. Without
 * one, the configured gateways serve it.
 * Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Gateway
 */
export function istioGateways(
  objects: readonly KubernetesObject[],
  topology: Topology,
  configured: Readonly<Record<string, PeerSpec>>,
): Map<string, PeerSpec[]> {
  const gateways = objects.filter((object) => isKind(object, 'networking.istio.io', 'Gateway'))
  const peersBySelector = new Map<string, PeerSpec[]>()
  return new Map(
    gateways.flatMap((gateway) => {
      const selector = valueAt(gateway, ['spec', 'selector'])
      if (!isFields(selector) || Object.keys(selector).length === 0) return []
      const namespace = gateway.metadata.namespace ?? ''
      const key = JSON.stringify([namespace, selector])
      const peers = peersBySelector.get(key) ?? peersOf(selector as Labels, namespace, topology, configured)
      peersBySelector.set(key, peers)
      return namespacesOf(gateway).flatMap((place) =>
        namesOf(gateway).map((name): [string, PeerSpec[]] => [`${place}/${name}`, peers]),
      )
    }),
  )
}

/** A selector reaches pods of every namespace: the configuration and the build tell in which of them gateways run. */
function peersOf(
  selector: Labels,
  namespace: string,
  topology: Topology,
  configured: Readonly<Record<string, PeerSpec>>,
): PeerSpec[] {
  const peers = Object.values(configured)
  const matching = peers.filter(({ labels = {} }) => selects(selector, labels))
  const undecided = peers.filter(({ labels = {} }) => !selects(selector, labels) && !contradicts(selector, labels))
  const inBuild = new Set(
    topology.workloads.filter(({ labels }) => selects(selector, labels)).map((workload) => workload.namespace),
  )
  for (const peer of matching) if (peer.namespace !== undefined) inBuild.delete(peer.namespace)
  const isFound = matching.length + inBuild.size > 0
  return [
    ...matching,
    ...undecided.map((peer) => (isPods(peer) ? { ...peer, labels: selector } : peer)),
    ...[...inBuild, ...(isFound ? [] : [namespace])].map((place) => ({ namespace: place, labels: selector })),
  ]
}

const isPods = ({ cidr, labels }: PeerSpec): boolean => cidr === undefined && Object.keys(labels ?? {}).length > 0

const contradicts = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).some(([key, value]) => labels[key] !== undefined && labels[key] !== value)
