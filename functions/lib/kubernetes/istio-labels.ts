import type { Workload } from './workload.ts'

export const INJECT = 'sidecar.istio.io/inject'
export const REVISION = 'istio.io/rev'
export const DATAPLANE_MODE = 'istio.io/dataplane-mode'
/** On namespaces; it counts before what pods say. */
export const INJECTION = 'istio-injection'
export const ISTIO_SYSTEM = 'istio-system'

/** Is this a label by which the mesh takes pods in or leaves them out? */
export const isOfTheMesh = (label: string): boolean => [INJECT, REVISION, DATAPLANE_MODE].includes(label)

/** Do the pods of the workload get a sidecar? istio-hardening writes this label before other functions read it. */
export const isInjected = (workload: Workload): boolean => workload.labels[INJECT] === 'true'
