import type { BackendCall } from '../../lib/flows/backends.ts'
import type { PeerSpec } from '../../lib/flows/peer.ts'
import { toPeer } from '../config-peers.ts'
import type { Build } from '../subjects/build.ts'
import { type Endpoint, podEndpoints } from './endpoints.ts'

/** The pods that carry calls of this route to its backends. Gateways of the mesh are members of it, wherever they run. */
export function backendCallers(call: Pick<BackendCall, 'route' | 'source'>, build: Build): Endpoint[] {
  if (call.route === 'apiServer') return [{ peer: { type: 'apiServer' }, inMesh: false }]
  const callers = build.gateways.serving(call).flatMap((peer) => endpointsOfPeer(peer, build))
  return call.route === 'istioGateway' ? callers.map((caller) => ({ ...caller, inMesh: build.spec.ambient })) : callers
}

/** A peer as configuration writes it. */
function endpointsOfPeer(spec: PeerSpec, build: Build): Endpoint[] {
  const peer = toPeer(spec)
  const endpoints = peer.type === 'pods' ? podEndpoints(peer.namespace, peer.labels, build) : [{ peer, inMesh: false }]
  return endpoints.map((endpoint) => ({ ...endpoint, ...(spec.reason !== undefined && { reason: spec.reason }) }))
}
