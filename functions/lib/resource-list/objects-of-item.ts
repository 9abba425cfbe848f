import { objects as findings } from '../framework/findings.ts'
import { InputError } from '../framework/input-error.ts'
import { nameContainers } from '../kubernetes/knative.ts'
import { type Fields, formatPath, isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { templatePath } from '../kubernetes/pod-template.ts'
import { type Mistyped, nameOfType, type Shape, typeErrors } from '../kubernetes/type-check.ts'
import { workloadKindOf } from '../kubernetes/workload-kinds.ts'
import { customResourceOf } from '../operators/index.ts'

/**
 * The objects that an item is: itself, or the members of a list. What is no object of the API (a Kustomization, a Kptfile
 * without a name) is none, so no function sees it. Throws InputError for a malformed Kubernetes object, which would
 * otherwise pass through unhardened. `where` says in messages where the item is.
 */
export function objectsIn(item: unknown, where: string): KubernetesObject[] {
  if (item === undefined || item === null) return []
  if (!isFields(item)) throw new InputError(findings['not-an-object']({}, where, nameOfType(item)))
  const members = listMembers(item)
  if (members) {
    refuseTwoReadings(item, where)
    return members.flatMap((member) => objectsIn(member, where))
  }
  // Kubernetes has no kind List: it is one or nothing.
  if (isObject(item) && !isTypedAsList(item)) return [item]
  refuseMeant(item, where)
  return []
}

/** Is there nothing in an item that a cluster could be given: null, a map without fields, a list without members? */
export function isNothing(item: unknown): boolean {
  if (item === undefined || item === null) return true
  return isFields(item) && (Object.keys(item).length === 0 || listMembers(item)?.every(isNothing) === true)
}

/**
 * Writes what the API server would add by itself, and functions rely on: apiVersion and kind of the members of a typed
 * list, and the names of the containers of a Knative Service. It goes out with the item where a function changes it, and is
 * no change by itself.
 */
export function complete(item: unknown): void {
  if (!isFields(item)) return
  const members = listMembers(item)
  if (!members) {
    if (isObject(item)) nameContainers(item)
    return
  }
  for (const member of members) {
    if (!isFields(member)) continue
    if (typeof item.kind === 'string' && item.kind !== LIST_KIND) {
      member.apiVersion ??= item.apiVersion
      member.kind ??= memberKind(item.kind)
    }
    complete(member)
  }
}

/** Takes the members out of a list that are gone. Answers false where nothing is left of it. */
export function prune(item: unknown, isGone: (member: unknown) => boolean): boolean {
  if (isGone(item)) return false
  const members = isFields(item) ? listMembers(item) : undefined
  if (!members || !isFields(item)) return true
  const left = members.filter((member) => prune(member, isGone))
  if (left.length === members.length) return true
  item.items = left
  return left.length > 0
}

const isObject = (item: Fields): item is KubernetesObject =>
  typeof item.apiVersion === 'string' &&
  typeof item.kind === 'string' &&
  isFields(item.metadata) &&
  typeof item.metadata.name === 'string'

const IDENTITY = { apiVersion: 'string', kind: 'string', metadata: { name: 'string' } } as const
const LIST: Shape = { ...IDENTITY, items: [{}] }

function refuseMeant(item: Fields, where: string): void {
  const { apiVersion, kind } = item
  const what = typeof kind === 'string' ? `${where}: ${kind}` : where
  const [mistyped] = typeErrors(item, kind === 'List' ? LIST : IDENTITY, [])
  if (mistyped) throw wrongIdentity(what, mistyped)
  if (typeof kind !== typeof apiVersion) {
    const [missing, expected] = kind === undefined ? ['kind', 'the kind'] : ['apiVersion', 'the API version']
    throw wrongIdentity(what, { path: [missing], found: undefined, expected })
  }
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return
  if (hasImage(valueAt(item, templatePath({ apiVersion, kind }) ?? [])))
    throw new InputError(findings['no-name']({}, what, ...inPlaceOfName(item)))
}

/** What is in place of a name, and what to do about it. */
const inPlaceOfName = (item: Fields): [found: string, fix: string] =>
  valueAt(item, ['metadata', 'generateName']) === undefined
    ? ['nothing', 'write metadata.name']
    : ['generateName', 'write metadata.name in its place']

const wrongIdentity = (what: string, { path, found, expected }: Mistyped): InputError =>
  new InputError(findings['wrong-identity']({}, what, formatPath(path), nameOfType(found), expected))

/** As opposed to a patch, or to what runs no pods. */
function hasImage(template: unknown): boolean {
  const containers = valueAt(template, ['spec', 'containers'])
  return Array.isArray(containers) && containers.some((container) => valueAt(container, ['image']) !== undefined)
}

const LIST_KIND = 'List'

const isTypedAsList = ({ apiVersion, kind }: KubernetesObject): boolean => kind === LIST_KIND && apiVersion === 'v1'

/** The kind of the members of a list that name none, to kubectl: `Pod` for a PodList. */
const memberKind = (kind: string): string => (kind.endsWith(LIST_KIND) ? kind.slice(0, -LIST_KIND.length) : kind)

/**
 * The members of a list, as kubectl and Kustomize see one: `items` decides, whatever the object is called. A custom resource
 * that merely has a field `items` is told from a list by its kind, or because its items are no objects of the API.
 */
function listMembers(item: Fields): unknown[] | undefined {
  const { kind, items, metadata } = item
  if (!Array.isArray(items)) return undefined
  if (kind === LIST_KIND || items.some(isObjectOfApi)) return items
  if (typeof kind !== 'string') return undefined
  const isNamed = isFields(metadata) && typeof metadata.name === 'string'
  return (kind.endsWith(LIST_KIND) && !isNamed) || hasPods(item, memberKind(kind)) ? items : undefined
}

/** Does it say what it is, or have what every object has? It may have no name yet: `generateName`. */
const isObjectOfApi = (member: unknown): boolean =>
  isFields(member) &&
  (isFields(member.metadata) || (typeof member.apiVersion === 'string' && typeof member.kind === 'string'))

function hasPods({ apiVersion }: Fields, kind: string): boolean {
  const type = { apiVersion: String(apiVersion), kind }
  return workloadKindOf(type) !== undefined || customResourceOf(type) !== undefined
}

/** To kubectl a Deployment with `items` is a list of Deployments; to the API it is one. */
function refuseTwoReadings(item: Fields, where: string): void {
  if (typeof item.kind === 'string' && hasPods(item, item.kind))
    throw new InputError(findings['two-readings']({}, `${where}: ${item.kind}`))
}
