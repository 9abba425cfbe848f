import { ensureFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'

/** The actions of a HelmRelease that can fail. */
export const ACTIONS = ['install', 'upgrade'] as const
type Action = (typeof ACTIONS)[number]

export const retriesPath = (action: Action): string => `spec.${action}.remediation.retries`

export const retriesAt = (object: KubernetesObject, action: Action): unknown =>
  valueAt(object, ['spec', action, 'remediation', 'retries'])

export const setRetries = (object: KubernetesObject, action: Action, retries: number): void => {
  ensureFields(ensureFields(ensureFields(object, 'spec'), action), 'remediation').retries = retries
}
