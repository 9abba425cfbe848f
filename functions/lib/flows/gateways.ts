import { groupOf, isFields, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { namesOf, namespacesOf } from '../kubernetes/previous-names.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { parentGateways } from './backend-references.ts'
import type { BackendCall } from './backends.ts'
import { type GatewaySpec, type GatewaysSpec, gatewaysOf } from './gateways-schema.ts'
import type { Topology } from './topology.ts'

/** Source: https://gateway-api.sigs.k8s.io/geps/gep-1762/: pods made for a Gateway carry its name. */
export const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name'

/** Who carries calls from outside to backends. Network policy and the mesh admit the same pods. */
export interface Gateways {
  /** The pods or addresses from which a call to a backend comes; none for the API server. */
  serving(call: Pick<BackendCall, 'route' | 'source'>): readonly GatewaySpec[]
}

/** The gateways that policy declares, and those of the build. */
export function readGateways(
  objects: readonly KubernetesObject[],
  topology: Topology,
  spec: GatewaysSpec | undefined,
): Gateways {
  const istio = gatewaysOf(spec, 'istioGateway')
  const inBuild = istioGateways(objects, topology, istio)
  const gatewayApi = spec?.gatewayApi && gatewaysOf(spec, 'gatewayApi')
  const ingress = gatewaysOf(spec, 'ingress')
  return {
    serving: ({ route, source }) => {
      switch (route) {
        case 'apiServer':
          return []
        case 'istioGateway':
          return boundGateways(source, inBuild, istio)
        case 'ingress':
          return servingClass(ingressClassOf(source), ingress)
        case 'gatewayApi':
          return (
            gatewayApi ??
            parentGateways(source).map(({ namespace, name }) => ({ namespace, labels: { [GATEWAY_NAME]: name } }))
          )
      }
    },
  }
}

/** The pods that serve the Gateways of a VirtualService; for a Gateway outside the build, the configured ones. */
function boundGateways(
  virtualService: KubernetesObject,
  inBuild: ReadonlyMap<string, readonly GatewaySpec[]>,
  configured: readonly GatewaySpec[],
): readonly GatewaySpec[] {
  const names = valueAt(virtualService, ['spec', 'gateways'])
  const bound = (Array.isArray(names) ? names.map(String) : []).filter((name) => name !== 'mesh')
  if (bound.length === 0) return configured
  return bound.flatMap((name) => {
    const place = name.includes('/') ? name : `${virtualService.metadata.namespace ?? ''}/${name}`
    return inBuild.get(place) ?? configured
  })
}

/**
 * The controllers that serve a class. Only the cluster knows its default class, so without a class it may be any of them.
 */
const servingClass = (served: string | undefined, controllers: readonly GatewaySpec[]): GatewaySpec[] =>
  controllers.filter((peer) => served === undefined || peer.class === undefined || peer.class === served)

/** Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation: the annotation came before the field. */
export function ingressClassOf(ingress: KubernetesObject): string | undefined {
  const written =
    valueAt(ingress, ['spec', 'ingressClassName']) ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  return typeof written === 'string' && written !== '' ? written : OWN_CLASS[groupOf(ingress.apiVersion)]
}

/** The class of routes that one controller alone serves, by their group. */
const OWN_CLASS: Readonly<Record<string, string>> = {
  'traefik.io': 'traefik',
  'traefik.containo.us': 'traefik',
  'elbv2.k8s.aws': 'alb',
  'configuration.konghq.com': 'kong',
  'projectcontour.io': 'contour',
  'route.openshift.io': 'openshift-default',
}

/**
 * The pods that serve each Gateway of Istio in the build, by `namespace/name`: those that carry its selector. Without
 * one, the configured gateways serve it.
 * Source: https://istio.io/latest/docs/reference/config/networking/gateway/#Gateway
 */
function istioGateways(
  objects: readonly KubernetesObject[],
  topology: Topology,
  configured: readonly GatewaySpec[],
): Map<string, GatewaySpec[]> {
  const gateways = objects.filter((object) => isKind(object, 'networking.istio.io', 'Gateway'))
  const peersBySelector = new Map<string, GatewaySpec[]>()
  return new Map(
    gateways.flatMap((gateway) => {
      const selector = valueAt(gateway, ['spec', 'selector'])
      if (!isFields(selector) || Object.keys(selector).length === 0) return []
      const namespace = gateway.metadata.namespace ?? ''
      const key = JSON.stringify([namespace, selector])
      const peers = peersBySelector.get(key) ?? peersOf(selector as Labels, namespace, topology, configured)
      peersBySelector.set(key, peers)
      return namespacesOf(gateway).flatMap((place) =>
        namesOf(gateway).map((name): [string, GatewaySpec[]] => [`${place}/${name}`, peers]),
      )
    }),
  )
}

/** A selector reaches pods of every namespace. The configuration and the build say in which namespaces gateways run. */
function peersOf(
  selector: Labels,
  namespace: string,
  topology: Topology,
  configured: readonly GatewaySpec[],
): GatewaySpec[] {
  const matching = configured.filter(({ labels = {} }) => selects(selector, labels))
  const undecided = configured.filter(({ labels = {} }) => !selects(selector, labels) && !contradicts(selector, labels))
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

const isPods = ({ cidr, labels }: GatewaySpec): boolean => cidr === undefined && Object.keys(labels ?? {}).length > 0

const contradicts = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).some(([key, value]) => labels[key] !== undefined && labels[key] !== value)
