import type { Workload } from './workload.ts'

export const INJECT = 'sidecar.istio.io/inject'
export const REVISION = 'istio.io/rev'
export const DATAPLANE_MODE = 'istio.io/dataplane-mode'
/** On namespaces; it counts before what pods say. */
export const INJECTION = 'istio-injection'
export const ISTIO_SYSTEM = 'istio-system'
/** The port over which members of the ambient mesh tunnel TCP to each other. Source: https://istio.io/latest/docs/ambient/usage/networkpolicy/ */
export const HBONE = 15008

/** Is this a label by which the mesh takes pods in or leaves them out? */
export const isOfTheMesh = (label: string): boolean => [INJECT, REVISION, DATAPLANE_MODE].includes(label)

/** Does the label of the pods themselves ask for a sidecar? istio-hardening writes it before other functions read it. */
export const asksForSidecar = (workload: Workload): boolean => workload.labels[INJECT] === 'true'
