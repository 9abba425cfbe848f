import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { BoundAccounts } from '../../lib/kubernetes/bound-accounts.ts'
import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { serviceAccountOf } from '../../lib/kubernetes/pod-traits.ts'
import { isCalled, namespacesOf } from '../../lib/kubernetes/previous-names.ts'
import { isBatch, type Workload } from '../../lib/kubernetes/workload.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'

type Spec = Pick<SecurityContextEnforcerSpec, 'automountServiceAccountToken' | 'boundServiceAccounts'>

/** What the build says about service accounts. */
export interface ServiceAccounts {
  /** ServiceAccounts that do not want their token mounted, by namespace. */
  tokenless: ReadonlyMap<string, readonly KubernetesObject[]>
  bound: BoundAccounts
}

export function serviceAccountsOf(objects: readonly KubernetesObject[]): ServiceAccounts {
  const tokenless = objects.filter(
    (object) => isKind(object, '', 'ServiceAccount') && object.automountServiceAccountToken === false,
  )
  return {
    tokenless: groupBy(tokenless, ({ metadata }) => metadata.namespace ?? ''),
    bound: new BoundAccounts(objects),
  }
}

/**
 * Sets whether the pod gets the token of its ServiceAccount, if the pod does not say: it does if it names an account,
 * unless the account says no, or the policy asks for a binding and there is none.
 */
export function setToken(workload: Workload, spec: Spec, accounts: ServiceAccounts): Finding[] {
  const { spec: pod } = workload.template
  const mode = spec.automountServiceAccountToken
  if (mode === 'none' || (mode === 'serving' && isBatch(workload))) return []
  const account = serviceAccountOf(workload)
  const isUnbound = account !== undefined && !isBound(account, workload, spec, accounts)
  const isTokenless =
    account === undefined ||
    accounts.tokenless.get(workload.namespace)?.some((each) => isCalled(each, account)) === true
  const isSaid = isSet(pod.automountServiceAccountToken)
  const isMounted = isSaid
    ? pod.automountServiceAccountToken !== false
    : !isTokenless && !(mode === 'bound' && isUnbound)
  // Knative refuses true, which is what it means when unset.
  if (!isSaid && !(isMounted && isKind(workload.object, 'serving.knative.dev', 'Service')))
    pod.automountServiceAccountToken = isMounted
  const isNews = isUnbound && (isMounted || (!isSaid && !isTokenless))
  return isNews ? [findings['token-without-binding']({ object: workload.object }, account, isMounted)] : []
}

function isBound(account: string, workload: Workload, spec: Spec, { bound }: ServiceAccounts): boolean {
  const namespaces = namespacesOf(workload.object)
  const listed = spec.boundServiceAccounts ?? {}
  return (
    [account, ...namespaces.map((namespace) => `${namespace}/${account}`)].some((key) => Object.hasOwn(listed, key)) ||
    namespaces.some((namespace) => bound.has(account, namespace))
  )
}
