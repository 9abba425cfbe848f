import { type KubernetesObject, describe as nameOf, typeOf, valueAt } from '../../functions/lib/kubernetes/objects.ts'

/**
 * Fields that the API server never changes, by kind: see the validation of updates in
 * https://github.com/kubernetes/kubernetes/tree/master/pkg/apis. An upgrade that touches one is refused, or the object is
 * deleted first.
 */
const IMMUTABLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'apps/Deployment': [['spec', 'selector']],
  'apps/DaemonSet': [['spec', 'selector']],
  'apps/StatefulSet': [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  Service: [['spec', 'clusterIP']],
  Secret: [['type']],
  PersistentVolumeClaim: [
    ['spec', 'accessModes'],
    ['spec', 'storageClassName'],
    ['spec', 'volumeMode'],
  ],
  'storage.k8s.io/StorageClass': [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  'rbac.authorization.k8s.io/RoleBinding': [['roleRef']],
  'rbac.authorization.k8s.io/ClusterRoleBinding': [['roleRef']],
  'apiextensions.k8s.io/CustomResourceDefinition': [['spec', 'scope']],
}

/** An immutable field of an object. */
interface Immutable {
  object: KubernetesObject
  path: readonly string[]
  value: unknown
}

export const immutableFields = (objects: readonly KubernetesObject[]): Immutable[] =>
  objects.flatMap((object) =>
    (IMMUTABLE[typeOf(object)] ?? []).flatMap((path) => {
      const value = valueAt(object, path)
      return value === undefined ? [] : [{ object, path, value }]
    }),
  )

/** One line a field, sorted. */
export const describeImmutable = (objects: readonly KubernetesObject[]): string =>
  immutableFields(objects)
    .map(({ object, path, value }) => `${nameOf(object)} ${path.join('.')}: ${JSON.stringify(value)}\n`)
    .sort()
    .join('')
