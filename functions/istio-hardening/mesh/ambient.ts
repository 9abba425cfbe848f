import { type Finding, warning } from '../../lib/framework/finding.ts'
import { DATAPLANE_MODE, INJECTION, isInjected } from '../../lib/kubernetes/istio-labels.ts'
import { isKind, type KubernetesObject, setMeta } from '../../lib/kubernetes/objects.ts'
import { overrideFor } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
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
    ...labelled.flatMap(injecting),
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

/** Source: https://istio.io/latest/docs/ambient/usage/add-workloads/: where both are asked for, pods get a sidecar. */
const injecting = (namespace: KubernetesObject): Finding[] =>
  namespace.metadata.labels?.[INJECTION] === 'enabled'
    ? [
        warning('found istio-injection: enabled, by which its pods get a sidecar; expected none in ambient mode', {
          object: namespace,
        }),
      ]
    : []

/** Outbound traffic is held by Sidecars, of which there are none: nothing but network policy can let it out. */
export const withoutSidecar = (members: readonly Member[], spec: IstioHardeningSpec): Finding[] =>
  members.flatMap(({ workload }) =>
    (['outbound', 'hosts'] as const)
      .filter((field) => overrideFor<unknown>(spec[field], workload) !== undefined)
      .map((field) =>
        warning(
          `found ${field}.${workload.name}, which has no effect in an ambient mesh, where no Sidecar is made; expected ${INSTEAD[field]}`,
          { object: workload.object },
        ),
      ),
  )

const INSTEAD = {
  outbound: 'openEgress of network-policy-default-deny, if it is to call anything',
  hosts: 'a flow',
}
