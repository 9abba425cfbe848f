import { objects as findings } from '../framework/findings.ts'
import { InputError } from '../framework/input-error.ts'
import { nameContainers } from '../kubernetes/knative.ts'
import { type Fields, formatPath, isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { templatePath } from '../kubernetes/pod-template.ts'
import { type Mistyped, nameOfType, type Shape, typeErrors } from '../kubernetes/type-check.ts'

/**
 * The objects that an item stands for: itself, or the members of a `kind: List` or a typed list such as PodList. A custom resource
 * whose kind merely ends in List has no `items` of objects and stands for itself. What is no object of the API (a Kustomization, a Kptfile
 * without a name) stands for none, so no function sees it. Throws InputError for what is meant as an object and is none: it
 * would go out as it came in. `where` says in messages where the item stands.
 */
export function objectsIn(item: unknown, where: string): KubernetesObject[] {
  if (item === undefined || item === null) return []
  if (!isFields(item)) throw new InputError(findings['not-an-object']({}, where, nameOfType(item)))
  const members = listMembers(item)
  if (members) return members.flatMap((member) => objectsIn(member, where))
  if (isObject(item)) {
    nameContainers(item)
    return [item]
  }
  refuseMeant(item, where)
  return []
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
  if (typeof kind !== 'string') return
  if (typeof apiVersion !== 'string')
    throw wrongIdentity(what, { path: ['apiVersion'], found: undefined, expected: 'the API version' })
  if (hasImage(valueAt(item, templatePath({ apiVersion, kind }) ?? [])))
    throw new InputError(findings['no-name']({}, what))
}

const wrongIdentity = (what: string, { path, found, expected }: Mistyped): InputError =>
  new InputError(findings['wrong-identity']({}, what, formatPath(path), nameOfType(found), expected))

/** As opposed to a patch, or to what runs no pods. */
function hasImage(template: unknown): boolean {
  const containers = valueAt(template, ['spec', 'containers'])
  return Array.isArray(containers) && containers.some((container) => valueAt(container, ['image']) !== undefined)
}

function listMembers(item: Fields): unknown[] | undefined {
  if (!Array.isArray(item.items) || typeof item.kind !== 'string' || !item.kind.endsWith('List')) return undefined
  if (isFields(item.metadata) && typeof item.metadata.name === 'string') return undefined
  const typed = item.kind.slice(0, -'List'.length)
  if (typed === '') return item.items
  // The API server leaves apiVersion and kind out of the members of a typed list; they are written back with them.
  for (const member of item.items) {
    if (!isFields(member)) continue
    member.apiVersion ??= item.apiVersion
    member.kind ??= typed
  }
  return item.items
}
