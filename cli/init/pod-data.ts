import { isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf } from '../../functions/lib/kubernetes/pod-template.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'

/** A ConfigMap or Secret that pods use; `keys` are those that they get, undefined for all. */
export interface DataReference {
  kind: 'ConfigMap' | 'Secret'
  name: string
  keys: ReadonlySet<string> | undefined
}

export const isDataObject = (object: KubernetesObject): boolean =>
  isKind(object, '', 'ConfigMap') || isKind(object, '', 'Secret')

/** The texts of a ConfigMap or Secret by key. What is binary has no readable text and no host in it. */
export function entriesOf(object: KubernetesObject): ReadonlyMap<string, string> {
  const decode = (text: string): string =>
    isKind(object, '', 'Secret') ? Buffer.from(text, 'base64').toString('utf8') : text
  const texts = (field: string, read: (text: string) => string): [string, string][] =>
    Object.entries(fieldsAt(object, [field])).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, read(value)]] : [],
    )
  return new Map([...texts('data', decode), ...texts('stringData', (text) => text)])
}

/**
 * The ConfigMaps and Secrets of a pod: volumes, projected ones too, `envFrom`, and `valueFrom` of variables.
 * Source: https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps
 */
export function referencesOf(workload: Workload): DataReference[] {
  const volumes = listAt(workload.template.spec, ['volumes'])
  const projected = volumes.flatMap((volume) => listAt(volume, ['projected', 'sources']))
  const containers = containersOf(workload.template).map(({ container }) => container)
  return merge([
    ...[...volumes, ...projected].flatMap((volume) => [
      reference('ConfigMap', valueAt(volume, ['configMap', 'name']), itemsOf(volume, 'configMap')),
      reference('Secret', valueAt(volume, ['secret', 'secretName']), itemsOf(volume, 'secret')),
      reference('Secret', valueAt(volume, ['secret', 'name']), itemsOf(volume, 'secret')),
    ]),
    ...containers
      .flatMap((container) => listAt(container, ['envFrom']))
      .flatMap((source) => [
        reference('ConfigMap', valueAt(source, ['configMapRef', 'name'])),
        reference('Secret', valueAt(source, ['secretRef', 'name'])),
      ]),
    ...containers
      .flatMap((container) => listAt(container, ['env']))
      .flatMap(({ valueFrom }) => [
        reference('ConfigMap', valueAt(valueFrom, ['configMapKeyRef', 'name']), [
          valueAt(valueFrom, ['configMapKeyRef', 'key']),
        ]),
        reference('Secret', valueAt(valueFrom, ['secretKeyRef', 'name']), [
          valueAt(valueFrom, ['secretKeyRef', 'key']),
        ]),
      ]),
  ])
}

const fieldsAt = (root: unknown, path: string[]): Record<string, unknown> => {
  const value = valueAt(root, path)
  return isFields(value) ? value : {}
}

const listAt = (root: unknown, path: string[]): Record<string, unknown>[] => {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value.filter(isFields) : []
}

function itemsOf(volume: unknown, source: string): unknown[] | undefined {
  const items = listAt(volume, [source, 'items'])
  return items.length > 0 ? items.map(({ key }) => key) : undefined
}

function reference(kind: DataReference['kind'], name: unknown, keys?: readonly unknown[]): DataReference | undefined {
  if (typeof name !== 'string') return undefined
  return { kind, name, keys: keys && new Set(keys.filter((key) => typeof key === 'string')) }
}

/** One object is used in several places: the keys of all of them. */
function merge(references: readonly (DataReference | undefined)[]): DataReference[] {
  const merged = new Map<string, DataReference>()
  for (const one of references) {
    if (!one) continue
    const id = `${one.kind} ${one.name}`
    const known = merged.get(id)
    const keys = known && (known.keys && one.keys ? new Set([...known.keys, ...one.keys]) : undefined)
    merged.set(id, known ? { ...known, keys } : one)
  }
  return [...merged.values()]
}
