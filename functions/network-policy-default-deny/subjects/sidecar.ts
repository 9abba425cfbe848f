import { INJECT, INJECTION, REVISION } from '../../lib/kubernetes/istio.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isHostNetwork } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'

/**
 * Do the pods of a workload get a sidecar? Their own label decides, as istio-hardening writes it. Without one, the labels
 * of their Namespace decide, if it is in the build, and then their revision. Source:
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy
 */
export function hasSidecar(workload: Workload, namespaces: ReadonlyMap<string, KubernetesObject>): boolean {
  const own = workload.labels[INJECT]
  if (own === undefined && isHostNetwork(workload)) return false
  return isInjected(workload.namespace, workload.labels, namespaces)
}

/** The same question for pods that are known by their labels. */
export function isInjected(
  namespace: string,
  podLabels: Labels,
  namespaces: ReadonlyMap<string, KubernetesObject>,
): boolean {
  const own = podLabels[INJECT]
  if (own !== undefined) return own === 'true'
  const labels = namespaces.get(namespace)?.metadata.labels ?? {}
  const injection = labels[INJECTION]
  if (injection !== undefined) return injection === 'enabled'
  return (labels[REVISION] ?? podLabels[REVISION]) !== undefined
}
