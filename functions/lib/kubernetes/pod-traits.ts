import type { IVolumeProjection } from 'kubernetes-models/v1/VolumeProjection'
import type { PodTemplate } from './pod-template.ts'

/** Facts about pods that several functions need, so that each fact is known once. */
interface HasPods {
  readonly template: Pick<PodTemplate, 'spec'>
}

export const isHostNetwork = ({ template: { spec } }: HasPods): boolean => spec.hostNetwork === true

/** The label of a node that names its operating system. */
export const OS = 'kubernetes.io/os'

/** Runs on Windows nodes: it says so, or selects them. */
export const isWindows = ({ template: { spec } }: HasPods): boolean =>
  spec.os?.name === 'windows' || spec.nodeSelector?.[OS] === 'windows'

/**
 * The service account that the pods name; undefined if they name none, or `default`, which every pod without an account
 * has. The API falls back to the deprecated `serviceAccount` if `serviceAccountName` is absent or empty.
 */
export function serviceAccountOf({ template: { spec } }: HasPods): string | undefined {
  const account = spec.serviceAccountName || spec.serviceAccount
  return account && account !== 'default' ? account : undefined
}

/**
 * Does the pod talk to the API server? It does if a token is mounted: because it says so, because it names a service
 * account, or by a volume that projects a token for the audience of the API server.
 */
export function usesApiServer(workload: HasPods): boolean {
  const { automountServiceAccountToken, volumes } = workload.template.spec
  const isMounted = automountServiceAccountToken ?? serviceAccountOf(workload) !== undefined
  return isMounted || (volumes ?? []).some(({ projected }) => projected?.sources?.some(isForApiServer))
}

/** A projected token without an audience is one for the API server. */
export const isForApiServer = ({ serviceAccountToken: token }: IVolumeProjection): boolean =>
  Boolean(token) && !token?.audience
