import { isFields, isKind, type KubernetesObject, valueAt } from './objects.ts'

/** Every service account is in the group of all accounts and in that of its namespace. */
const ALL_ACCOUNTS = 'system:serviceaccounts'
const ACCOUNT_AS_USER = /^system:serviceaccount:([^:]+):([^:]+)$/

/**
 * The service accounts that a RoleBinding or ClusterRoleBinding of the build names: by itself, as a user, or by a group.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
 */
export class BoundAccounts {
  readonly #accounts = new Set<string>()
  readonly #groups = new Set<string>()

  constructor(objects: readonly KubernetesObject[]) {
    for (const object of objects.filter(isBinding)) {
      const subjects = valueAt(object, ['subjects'])
      for (const subject of Array.isArray(subjects) ? subjects.filter(isFields) : [])
        this.#add(String(subject.kind), String(subject.name), subject.namespace ?? object.metadata.namespace)
    }
  }

  has(account: string, namespace: string): boolean {
    return (
      this.#accounts.has(`${namespace}/${account}`) ||
      this.#groups.has(ALL_ACCOUNTS) ||
      this.#groups.has(`${ALL_ACCOUNTS}:${namespace}`)
    )
  }

  #add(kind: string, name: string, namespace: unknown): void {
    if (kind === 'ServiceAccount') this.#accounts.add(`${namespace ?? ''}/${name}`)
    if (kind === 'Group') this.#groups.add(name)
    const [, userNamespace, account] = (kind === 'User' && ACCOUNT_AS_USER.exec(name)) || []
    if (account) this.#accounts.add(`${userNamespace}/${account}`)
  }
}

/** Does it give rights to accounts? */
export const isBinding = (type: { apiVersion: string; kind: string }): boolean =>
  isKind(type, 'rbac.authorization.k8s.io', 'RoleBinding') ||
  isKind(type, 'rbac.authorization.k8s.io', 'ClusterRoleBinding')
