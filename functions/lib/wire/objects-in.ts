import { type Fields, isFields, type KubernetesObject } from '../kubernetes/object.ts'

/**
 * The objects that an item stands for: itself, or the members of a `kind: List` or a typed list such as PodList. A custom resource
 * whose kind merely ends in List has no `items` of objects and stands for itself. What is no object of the API (a Kustomization, a Kptfile
 * without a name) stands for none, so no function sees it.
 */
export function objectsIn(item: unknown): KubernetesObject[] {
  if (!isFields(item)) return []
  const members = listMembers(item)
  if (members) return members.flatMap(objectsIn)
  return isObject(item) ? [item] : []
}

const isObject = (item: Fields): item is KubernetesObject =>
  typeof item.apiVersion === 'string' &&
  typeof item.kind === 'string' &&
  isFields(item.metadata) &&
  typeof item.metadata.name === 'string'

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
