import type { BackendCall } from '../../lib/flows/backends.ts'
import { parentGateways } from '../../lib/flows/backends.ts'
import { type PeerSpec, toPeer } from '../config-peers.ts'
import type { Build } from '../subjects/build.ts'
import { type End, podEnds } from './endpoints.ts'

/** Whoever carries calls of this route to backends. Gateways of the mesh are members of it, wherever they run. */
export function backendCallers({ route, source }: BackendCall, build: Build): End[] {
  const { gateways, ambient } = build.spec
  switch (route) {
    case 'apiServer':
      return [{ peer: { type: 'apiServer' }, inMesh: false }]
    case 'istioGateway':
      return specEnds(gateways.istioGateway, build).map((end) => ({ ...end, inMesh: ambient }))
    case 'ingress':
      return specEnds(gateways.ingress, build)
    case 'gatewayApi':
      return gateways.gatewayApi
        ? specEnds(gateways.gatewayApi, build)
        : parentGateways(source).flatMap(({ namespace, name }) => podEnds(namespace, { [GATEWAY_NAME]: name }, build))
  }
}

/** Peers as configuration writes them. */
const specEnds = (peers: Readonly<Record<string, PeerSpec>>, build: Build): End[] =>
  Object.values(peers).flatMap((spec) => {
    const peer = toPeer(spec)
    const ends = peer.type === 'pods' ? podEnds(peer.namespace, peer.labels, build) : [{ peer, inMesh: false }]
    return ends.map((end) => ({ ...end, ...(spec.reason !== undefined && { reason: spec.reason }) }))
  })

/** Source: https://gateway-api.sigs.k8s.io/geps/gep-1762/: pods made for a Gateway carry its name. */
const GATEWAY_NAME = 'gateway.networking.k8s.io/gateway-name'
