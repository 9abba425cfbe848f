import type { IVolumeProjection } from 'kubernetes-models/v1/VolumeProjection'
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

export const isHostNetwork = (workload: Workload): boolean => workload.template.spec.hostNetwork === true

/** Runs on Windows nodes: it says so, or selects them. */
export const isWindows = ({ template: { spec } }: Workload): boolean =>
  spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows'

/** The service account of the pods, by the field of today or the one that the API still takes for it. */
export const serviceAccountOf = ({ template: { spec } }: Workload): string | undefined =>
  spec.serviceAccountName || spec.serviceAccount || undefined

/**
 * Does the pod talk to the API server? It does where a token is mounted: by its own word, for a named service account, or
 * by a volume that projects one for the audience of the API server.
 */
export function usesApiServer(workload: Workload): boolean {
  const { automountServiceAccountToken, volumes } = workload.template.spec
  const isMounted = automountServiceAccountToken ?? serviceAccountOf(workload) !== undefined
  return isMounted || (volumes ?? []).some(({ projected }) => projected?.sources?.some(isForApiServer))
}

const isForApiServer = ({ serviceAccountToken: token }: IVolumeProjection): boolean =>
  Boolean(token) && !token?.audience
