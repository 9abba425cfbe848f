import { matchesPattern } from '../../lib/framework/match.ts'
import { type Fields, isFields, type KubernetesObject, type TypeMeta, valueAt } from '../../lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../lib/kubernetes/pod-template.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { customResourceOf } from '../../lib/operators/index.ts'
import { isBorrower } from './replicated.ts'

/** Something that runs a number of pods, and where in its object that number is. */
export interface Scalable {
  object: KubernetesObject
  kind: string
  /** Its pods are named after it: for the parts of a TidbCluster `tidb`, `tidb-pd` and `tidb-tikv`. */
  name: string
  namespace: string
  path: readonly string[]
}

/** The scalable in messages: `StatefulSet mimir/mimir-ingester`. */
export const describeScalable = ({ kind, namespace, name }: Scalable): string =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`

const isReplicated = (type: TypeMeta): boolean => workloadKindOf(type)?.replicated !== undefined

/** Does an object of this type run a number of pods? */
export const isScalable = (type: TypeMeta): boolean =>
  isReplicated(type) || customResourceOf(type)?.replicas !== undefined

/** By namespace, kind and name, so that no output depends on the order of the input. */
const sortKey = ({ namespace, kind, name }: { namespace: string; kind: string; name: string }): string =>
  [namespace, kind, name].join('\n')
const byName = (a: Scalable, b: Scalable): number => (sortKey(a) < sortKey(b) ? -1 : 1)

/** Everything of a build that runs a number of pods, without the objects that another one stands in for. */
export const scalablesOf = (
  objects: readonly KubernetesObject[],
  standIns: ReadonlyMap<KubernetesObject, unknown>,
): Scalable[] =>
  objects
    .filter((object) => !standIns.has(object))
    .flatMap(inObject)
    .sort(byName)

function inObject(object: KubernetesObject): Scalable[] {
  const own = { object, kind: object.kind, namespace: object.metadata.namespace ?? '' }
  if (isReplicated(object) && (podTemplateOf(object) || isBorrower(object)))
    return [{ ...own, name: object.metadata.name, path: ['spec', 'replicas'] }]
  return Object.entries(customResourceOf(object)?.replicas ?? {})
    .filter(([, path]) => valueAt(object, path) !== undefined)
    .map(([suffix, path]) => ({ ...own, name: `${object.metadata.name}${suffix}`, path }))
}

/** The candidates that a key of the policy names: a name, `Kind/name`, or either with `*`. */
export function named<T extends { kind: string; name: string }>(candidates: readonly T[], key: string): T[] {
  const slash = key.indexOf('/')
  const kind = slash < 0 ? '*' : key.slice(0, slash)
  return candidates.filter((one) => matchesPattern(kind, one.kind) && matchesPattern(key.slice(slash + 1), one.name))
}

/** The written number: 1 where a workload writes none, undefined where it is a placeholder. */
export function writtenReplicas({ object, path }: Scalable): number | undefined {
  const value = valueAt(object, path) ?? 1
  return wholeNumber(value)
}

/** The number as it is written, for messages. */
export const writtenText = ({ object, path }: Scalable): string => JSON.stringify(valueAt(object, path))

/** A whole number, also one in quotes; undefined for anything else, such as a placeholder. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : undefined
}

export function writeReplicas({ object, path }: Scalable, replicas: number): void {
  const parent = valueAt(object, path.slice(0, -1))
  if (isFields(parent)) (parent as Fields)[path.at(-1) as string] = replicas
}
