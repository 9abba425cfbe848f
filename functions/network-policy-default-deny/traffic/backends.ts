import type { BackendCall } from '../../lib/flows/backends.ts'
import { parentGateways } from '../../lib/flows/backends.ts'
import { type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type IngressPeerSpec, type PeerSpec, toPeer } from '../config-peers.ts'
import type { Build } from '../subjects/build.ts'
import { GATEWAY_NAME } from '../subjects/gateway-pods.ts'
import { type Endpoint, podEndpoints } from './endpoints.ts'

/** Whoever carries calls of this route to backends. Gateways of the mesh are members of it, wherever they run. */
export function backendCallers({ route, source }: Pick<BackendCall, 'route' | 'source'>, build: Build): Endpoint[] {
  const { gateways, ambient } = build.spec
  switch (route) {
    case 'apiServer':
      return [{ peer: { type: 'apiServer' }, inMesh: false }]
    case 'istioGateway':
      return istioGatewayPeers(source, build)
        .flatMap((peer) => endpointsOfPeer(peer, build))
        .map((endpoint) => ({ ...endpoint, inMesh: ambient }))
    case 'ingress':
      return ingressPeers(source, build).flatMap((peer) => endpointsOfPeer(peer, build))
    case 'gatewayApi':
      return gateways.gatewayApi
        ? Object.values(gateways.gatewayApi).flatMap((peer) => endpointsOfPeer(peer, build))
        : parentGateways(source).flatMap(({ namespace, name }) =>
            podEndpoints(namespace, { [GATEWAY_NAME]: name }, build),
          )
  }
}

/** A peer as configuration writes it. */
function endpointsOfPeer(spec: PeerSpec, build: Build): Endpoint[] {
  const peer = toPeer(spec)
  const endpoints = peer.type === 'pods' ? podEndpoints(peer.namespace, peer.labels, build) : [{ peer, inMesh: false }]
  return endpoints.map((endpoint) => ({ ...endpoint, ...(spec.reason !== undefined && { reason: spec.reason }) }))
}

/** The pods that serve the Gateways of a VirtualService: the configured ones for a Gateway that is not in the build. */
function istioGatewayPeers(virtualService: KubernetesObject, { spec, istioGateways }: Build): PeerSpec[] {
  const configured = Object.values(spec.gateways.istioGateway)
  const names = valueAt(virtualService, ['spec', 'gateways'])
  const bound = (Array.isArray(names) ? names.map(String) : []).filter((name) => name !== 'mesh')
  if (bound.length === 0) return configured
  return bound.flatMap((name) => {
    const place = name.includes('/') ? name : `${virtualService.metadata.namespace ?? ''}/${name}`
    return istioGateways.get(place) ?? configured
  })
}

/** The controllers that serve the class of an Ingress. The cluster knows its default class, so without one it is each of them. */
export function ingressPeers(ingress: KubernetesObject, { spec }: Build): IngressPeerSpec[] {
  const served = ingressClassOf(ingress)
  return Object.values(spec.gateways.ingress).filter(
    (peer) => served === undefined || peer.class === undefined || peer.class === served,
  )
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#deprecated-annotation: the annotation came before the field. */
export function ingressClassOf(ingress: KubernetesObject): string | undefined {
  const written =
    valueAt(ingress, ['spec', 'ingressClassName']) ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  return typeof written === 'string' && written !== '' ? written : undefined
}
