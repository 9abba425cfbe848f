import { listAt } from '../../lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'

/** What a kubelet serves on its own port. Source: https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/ */
const OF_KUBELETS = new Set(['nodes/metrics', 'nodes/proxy', 'nodes/stats'])

/** Source: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ */
export const KUBELET_PORT = 10250

/**
 * The service accounts, as `namespace/name`, that the build gives a right to what kubelets serve. Nodes belong to no
 * namespace, so it takes a ClusterRole and a ClusterRoleBinding. A role that may do everything does not count, because it
 * says nothing about kubelets.
 */
export function kubeletReaders(objects: readonly KubernetesObject[]): ReadonlySet<string> {
  const roles = new Set(
    objects
      .filter((object) => isKind(object, RBAC, 'ClusterRole') && listAt(object, 'rules').some(namesKubelets))
      .map(({ metadata }) => metadata.name),
  )
  if (roles.size === 0) return roles
  return new Set(
    objects
      .filter(
        (object) =>
          isKind(object, RBAC, 'ClusterRoleBinding') && roles.has(String(valueAt(object, ['roleRef', 'name']))),
      )
      .flatMap((object) =>
        listAt(object, 'subjects')
          .filter(({ kind }) => kind === 'ServiceAccount')
          .map(({ namespace, name }) => `${String(namespace)}/${String(name)}`),
      ),
  )
}

const RBAC = 'rbac.authorization.k8s.io'

const namesKubelets = ({ resources }: Record<string, unknown>): boolean =>
  Array.isArray(resources) && resources.some((resource) => OF_KUBELETS.has(String(resource)))
