import { isFields, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'

/** Another object that a pod cannot start without. */
export interface Reference {
  kind: 'ConfigMap' | 'Secret' | 'ServiceAccount'
  name: string
}

/** The fields of a pod spec, at any depth, that name a ConfigMap or a Secret: as a volume, a source or a variable. */
const FIELDS: Readonly<Record<string, Reference['kind']>> = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
}

/** What the pods of a workload refer to. */
export function references({ template }: Workload): Reference[] {
  const { serviceAccountName } = template.spec
  const own: Reference[] = serviceAccountName ? [{ kind: 'ServiceAccount', name: serviceAccountName }] : []
  return [...own, ...within(template.spec)]
}

function within(node: unknown): Reference[] {
  if (Array.isArray(node)) return node.flatMap(within)
  if (!isFields(node)) return []
  return Object.entries(node).flatMap(([field, value]) => {
    const kind = FIELDS[field]
    const name = isFields(value) ? (value.name ?? value.secretName) : undefined
    return kind && typeof name === 'string' ? { kind, name } : within(value)
  })
}

/** The name of the Secret that a controller makes from an object, or undefined. */
export function made(object: KubernetesObject): unknown {
  if (isKind(object, 'external-secrets.io', 'ExternalSecret'))
    return valueAt(object, ['spec', 'target', 'name']) ?? object.metadata.name
  if (isKind(object, 'cert-manager.io', 'Certificate')) return valueAt(object, ['spec', 'secretName'])
  return undefined
}
