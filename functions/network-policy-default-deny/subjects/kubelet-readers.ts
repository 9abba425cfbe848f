import { BoundAccounts } from '../../lib/kubernetes/bound-accounts.ts'
import { listAt } from '../../lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { matchesSelector } from '../../lib/kubernetes/selector.ts'

/** What a kubelet serves on its own port. Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/ */
const OF_KUBELETS = new Set(['nodes/metrics', 'nodes/proxy', 'nodes/stats'])

/** Source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
export const KUBELET_PORT = 10250

/**
 * The service accounts that the build gives a right to what kubelets serve. Nodes belong to no namespace, so it takes a
 * ClusterRole, by its own rules or by those that it aggregates, and a ClusterRoleBinding. A role that may do everything does
 * not count, because it says nothing about kubelets.
 */
export function kubeletReaders(objects: readonly KubernetesObject[]): BoundAccounts {
  const roles = objects.filter((object) => isKind(object, RBAC, 'ClusterRole'))
  const own = roles.filter((role) => listAt(role, 'rules').some(namesKubelets))
  const aggregating = roles.filter((role) =>
    listAt(role, 'aggregationRule', 'clusterRoleSelectors').some((selector) =>
      own.some(({ metadata: { labels = {} } }) => matchesSelector(selector, labels)),
    ),
  )
  const names = new Set([...own, ...aggregating].map(({ metadata }) => metadata.name))
  return new BoundAccounts(
    objects.filter(
      (object) => isKind(object, RBAC, 'ClusterRoleBinding') && names.has(String(valueAt(object, ['roleRef', 'name']))),
    ),
  )
}

const RBAC = 'rbac.authorization.k8s.io'

const namesKubelets = ({ resources }: Record<string, unknown>): boolean =>
  Array.isArray(resources) && resources.some((resource) => OF_KUBELETS.has(String(resource)))
