import type { Finding } from '../../lib/framework/finding.ts'
import { asksForSidecar, DATAPLANE_MODE, INJECTION } from '../../lib/kubernetes/istio.ts'
import { isKind, type KubernetesObject, setMeta } from '../../lib/kubernetes/objects.ts'
import { overrideFor } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import type { Member } from './member.ts'

const AMBIENT = 'ambient'

/**
 * In ambient mode the namespace is labelled `istio.io/dataplane-mode: ambient` and no pod gets a sidecar. Of the Istio
 * objects only PeerAuthentication and AuthorizationPolicy are made, because the others configure sidecars.
 */
export function labelNamespaces(objects: readonly KubernetesObject[], members: readonly Member[]): Finding[] {
  const joining = new Set(members.map(({ workload }) => workload.namespace))
  const labelled = objects.filter((object) => isKind(object, '', 'Namespace') && joining.delete(object.metadata.name))
  for (const namespace of labelled) setMeta(namespace, 'labels', DATAPLANE_MODE, AMBIENT)
  return [
    ...labelled.flatMap(injecting),
    ...[...joining].sort().map((namespace) => findings['unlabelled-namespace']({}, namespace)),
    ...members
      .filter(({ workload }) => asksForSidecar(workload))
      .map(({ workload: { object } }) => findings['sidecar-in-ambient']({ object })),
  ]
}

/** Source: https://istio.io/latest/docs/ambient/usage/add-workloads/: if both are asked for, pods get a sidecar. */
const injecting = (namespace: KubernetesObject): Finding[] =>
  namespace.metadata.labels?.[INJECTION] === 'enabled' ? [findings['injection-in-ambient']({ object: namespace })] : []

/** Sidecars restrict outbound traffic, and an ambient mesh has none: only network policy can let it out. */
export const withoutSidecar = (members: readonly Member[], spec: IstioHardeningSpec): Finding[] =>
  members.flatMap(({ workload }) =>
    (['outbound', 'hosts'] as const)
      .filter((field) => overrideFor<unknown>(spec[field], workload) !== undefined)
      .map((field) =>
        findings['ineffective-in-ambient']({ object: workload.object }, `${field}.${workload.name}`, INSTEAD[field]),
      ),
  )

const INSTEAD = {
  outbound: 'openEgress of network-policy-default-deny, if it is to call anything',
  hosts: 'a flow',
}
