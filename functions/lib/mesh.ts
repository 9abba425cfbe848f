import type { Workload } from './kubernetes/workload.ts'

export const INJECT = 'sidecar.istio.io/inject'
export const REVISION = 'istio.io/rev'
export const DATAPLANE_MODE = 'istio.io/dataplane-mode'
export const ISTIO_SYSTEM = 'istio-system'

/** Is this a label by which the mesh takes pods in or leaves them out? */
export const isOfTheMesh = (label: string): boolean => [INJECT, REVISION, DATAPLANE_MODE].includes(label)

/** Do the pods of the workload get a sidecar? istio-hardening writes this label before other functions read it. */
export const isInjected = (workload: Workload): boolean => workload.labels[INJECT] === 'true'

export const isHostNetwork = (workload: Workload): boolean => workload.template.spec.hostNetwork === true

/** Does the pod talk to the API server? It does where a token is mounted: by its own word, or for a named service account. */
export function usesApiServer({ template: { spec } }: Workload): boolean {
  return spec.automountServiceAccountToken ?? Boolean(spec.serviceAccountName ?? spec.serviceAccount)
}
