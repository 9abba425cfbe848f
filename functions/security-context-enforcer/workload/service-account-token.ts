import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { serviceAccountOf } from '../../lib/kubernetes/pod-traits.ts'
import { isCalled } from '../../lib/kubernetes/previous-names.ts'
import { isBatch, type Workload } from '../../lib/kubernetes/workload.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { isSet } from '../pod/security-context.ts'

/** ServiceAccounts of the build that say themselves that their token is not mounted, by namespace. */
export type TokenlessAccounts = ReadonlyMap<string, readonly KubernetesObject[]>

export function tokenlessAccounts(objects: readonly KubernetesObject[]): TokenlessAccounts {
  const byNamespace = new Map<string, KubernetesObject[]>()
  for (const object of objects) {
    if (!isKind(object, '', 'ServiceAccount') || object.automountServiceAccountToken !== false) continue
    const namespace = object.metadata.namespace ?? ''
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), object])
  }
  return byNamespace
}

/**
 * Says whether the pod gets the token of its ServiceAccount, where the pod does not say so itself: it does when it names
 * an account, whose own `false` then still counts, and does not otherwise.
 */
export function setToken(
  workload: Workload,
  where: SecurityContextEnforcerSpec['automountServiceAccountToken'],
  tokenless: TokenlessAccounts,
): void {
  const { spec } = workload.template
  if (where === 'none' || (where === 'serving' && isBatch(workload)) || isSet(spec.automountServiceAccountToken)) return
  const account = serviceAccountOf(workload)
  const isMounted =
    account !== undefined && !tokenless.get(workload.namespace)?.some((candidate) => isCalled(candidate, account))
  // Knative refuses true, which is what it means when unset.
  if (isMounted && isKind(workload.object, 'serving.knative.dev', 'Service')) return
  spec.automountServiceAccountToken = isMounted
}
