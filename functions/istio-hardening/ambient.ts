import { type Finding, warning } from '../lib/finding.ts'
import { isKind, type KubernetesObject, setMeta } from '../lib/kubernetes/object.ts'
import { DATAPLANE_MODE, isInjected } from '../lib/mesh.ts'
import type { Member } from './member.ts'

const AMBIENT = 'ambient'

/**
 * In ambient mode the namespace is labelled `istio.io/dataplane-mode: ambient` and no pod gets a sidecar, so nothing that
 * configures one is made: of the objects, PeerAuthentication and AuthorizationPolicy remain.
 */
export function labelNamespaces(objects: readonly KubernetesObject[], members: readonly Member[]): Finding[] {
  const joining = new Set(members.map(({ workload }) => workload.namespace))
  const labelled = objects.filter((object) => isKind(object, '', 'Namespace') && joining.delete(object.metadata.name))
  for (const namespace of labelled) setMeta(namespace, 'labels', DATAPLANE_MODE, AMBIENT)
  const unlabelled = [...joining].sort()
  return [
    ...unlabelled.map((namespace) =>
      warning(
        `found no Namespace ${namespace} in the build, expected one to carry ${DATAPLANE_MODE}: ${AMBIENT}; its pods join the mesh only where it is labelled elsewhere`,
      ),
    ),
    ...members
      .filter(({ workload }) => isInjected(workload))
      .map(({ workload: { object } }) =>
        warning('found sidecar.istio.io/inject: "true" on its pods, which keeps them on a sidecar; expected none', {
          object,
        }),
      ),
  ]
}
