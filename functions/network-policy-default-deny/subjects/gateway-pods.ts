import { GATEWAY_NAME } from '../../lib/flows/gateways.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Scope } from './scope.ts'
import type { Subject } from './subject.ts'

/** The class of waypoints, which carry traffic inside the mesh. No route says which traffic. */
export const WAYPOINT = 'istio-waypoint'

/**
 * The pods that a controller makes for each Gateway of the Gateway API in a denied namespace. They are in the namespace
 * of the Gateway, unless `gateways.gatewayApi` says where the pods of a controller are.
 */
export function gatewaySubjects(
  objects: readonly KubernetesObject[],
  known: readonly Subject[],
  { topology, scope, spec }: { topology: Topology; scope: Scope; spec: NetworkPolicyDefaultDenySpec },
): Subject[] {
  if (spec.gateways?.gatewayApi) return []
  return objects
    .filter((object) => isKind(object, 'gateway.networking.k8s.io', 'Gateway'))
    .flatMap((gateway) => {
      const { name, namespace = '' } = gateway.metadata
      const podLabels = { [GATEWAY_NAME]: name }
      const gatewayClass = String(valueAt(gateway, ['spec', 'gatewayClassName']) ?? '')
      const isKnown =
        topology.workloadsWith(namespace, podLabels).length > 0 ||
        known.some((subject) => subject.namespace === namespace && selects(podLabels, subject.podLabels))
      if (isKnown || gatewayClass === WAYPOINT || !scope.denied.includes(namespace)) return []
      return [
        {
          // Istio gives the Deployment that it makes the same name.
          name: `${name}-${gatewayClass}`,
          ...{
            namespace,
            podLabels,
            carried: podLabels,
            workload: undefined,
            usesApiServer: false,
            readsKubelets: false,
          },
          // The gateway of Istio is a proxy, which calls istiod as a sidecar does.
          injected: gatewayClass.startsWith('istio'),
        },
      ]
    })
}
