import { ExactInteger } from '../exact-integer.ts'
import { isClusterScoped } from './scope.ts'

/** Kubernetes objects as plain data, and how they are named. */

export interface TypeMeta {
  apiVersion: string
  kind: string
}

export interface ObjectMeta {
  name: string
  namespace?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

/** Any Kubernetes object. Functions edit it in place: it is their private copy. */
export interface KubernetesObject extends TypeMeta {
  metadata: ObjectMeta
  [field: string]: unknown
}

export type Fields = Record<string, unknown>

/** A mapping of fields: not null, not a list, not a number that JavaScript has none for. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactInteger)

/** The API group of an apiVersion: `apps/v1` is `apps`, `v1` is the core group, ''. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

/**
 * Kinds that began in the group `extensions`, and the group that they moved to: the API server stores one object for both.
 * Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
const FROM_EXTENSIONS: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  DaemonSet: 'apps',
  ReplicaSet: 'apps',
  Job: 'batch',
  HorizontalPodAutoscaler: 'autoscaling',
  Ingress: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  PodSecurityPolicy: 'policy',
}

const groupOfType = ({ apiVersion, kind }: TypeMeta): string => {
  const group = groupOf(apiVersion)
  return group === 'extensions' && Object.hasOwn(FROM_EXTENSIONS, kind) ? (FROM_EXTENSIONS[kind] as string) : group
}

/** The types by apiVersion and kind: a build has thousands of objects, and few types. */
const types = new Map<string, Map<string, string>>()

/** Group and kind, in whatever version: `apps/Deployment`, `/Pod`. A foreign kind of the same name has another type. */
export const typeOf = ({ apiVersion, kind }: TypeMeta): string =>
  types.get(apiVersion)?.get(kind) ?? newType(apiVersion, kind)

function newType(apiVersion: string, kind: string): string {
  const type = `${groupOfType({ apiVersion, kind })}/${kind}`
  types.set(apiVersion, (types.get(apiVersion) ?? new Map<string, string>()).set(kind, type))
  return type
}

/** Is this object of that group and kind, in whatever version? A foreign kind of the same name is not. */
export const isKind = (object: TypeMeta, group: string, kind: string): boolean =>
  object.kind === kind && groupOfType(object) === group

/** `Deployment mimir/mimir-querier`: how messages call an object. */
export const describe = (object: KubernetesObject): string =>
  `${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`

/** Group, kind, namespace and name: the identity under which a cluster stores one object. */
export const identity = ({ apiVersion, kind, metadata }: KubernetesObject): string => {
  const group = groupOfType({ apiVersion, kind })
  return `${group}|${kind}|${isClusterScoped(group, kind) ? '' : (metadata.namespace ?? '')}|${metadata.name}`
}

/** The value at a path of map keys and list indices, or undefined where the path leaves the data. */
export function valueAt(root: unknown, path: readonly (string | number)[]): unknown {
  let node = root
  for (const key of path) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = (node as Fields)[key as string]
  }
  return node
}

/** The keys and indices that lead to a value in an object, or in the YAML of a text. */
export type FieldPath = readonly (string | number)[]

/** `spec.containers[0].env["a.b"]`: a path as messages and results write it. */
export function formatPath(path: FieldPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** The map at a key, created where it is absent or null. */
export function ensureFields(parent: object, key: string): Fields {
  const fields = parent as Fields
  if (!isFields(fields[key])) fields[key] = {}
  return fields[key] as Fields
}

/** The list at a key, created where it is absent or null. */
export function ensureList<T>(parent: object, key: string): T[] {
  const fields = parent as Fields
  if (!Array.isArray(fields[key])) fields[key] = []
  return fields[key] as T[]
}

/** Sets a label or annotation; the maps on the way are created. */
export function setMeta(
  owner: { metadata?: Partial<ObjectMeta> },
  map: 'labels' | 'annotations',
  key: string,
  value: string,
): void {
  ensureFields(ensureFields(owner, 'metadata'), map)[key] = value
}
