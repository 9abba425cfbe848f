import { resolve } from 'node:path'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { declaredList, isFolder, type Kustomization, readKustomization, stringsOf } from './kustomization.ts'

/** Kinds in the order in which Kustomize writes them: `first` before all others, `last` after them. */
export interface KindOrder {
  first: readonly string[]
  last: readonly string[]
}

/** An environment that is nothing but a list of folders, each of which can be built by itself. */
export interface Stacks {
  /** Absolute paths, at least two. */
  folders: string[]
  /** The order that the environment asks for; undefined is Kustomize's own. */
  order: KindOrder | undefined
}

const FIELDS_OF_A_LIST = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'sortOptions'])

/**
 * The stacks of an environment, through lists of lists. Undefined if the folder is more than a list, or if it wants its
 * objects in the order of their files, which separate builds do not keep.
 */
export function stacksOf(folder: string): Stacks | undefined {
  const root = readKustomization(folder)
  const order = root && orderOf(root)
  if (!root || order === 'not by kind') return undefined
  const folders = leaves(resolve(folder), new Set())
  return folders && folders.length > 1 ? { folders, order } : undefined
}

/** The stacks of a folder, whatever their order: those of an environment, or the folder itself. */
export const stacksIn = (folder: string): string[] => stacksOf(folder)?.folders ?? [resolve(folder)]

/** The folders below a list that are not lists themselves; undefined if a list contains itself. */
function leaves(folder: string, within: ReadonlySet<string>): string[] | undefined {
  if (within.has(folder)) return undefined
  const kustomization = readKustomization(folder)
  if (!kustomization || !isList(kustomization)) return [folder]
  if (kustomization.isOfFlux) return declaredList(folder)
  const inside = new Set([...within, folder])
  const found = stringsOf(kustomization.fields, 'resources').map((entry) => leaves(resolve(folder, entry), inside))
  return found.some((part) => part === undefined) ? undefined : found.flatMap((part) => part ?? [])
}

/** Is a kustomization nothing but a list of folders? */
export function isList({ folder, fields }: Kustomization): boolean {
  const { kind = 'Kustomization', resources } = fields
  return (
    kind === 'Kustomization' &&
    Object.keys(fields).every((field) => FIELDS_OF_A_LIST.has(field)) &&
    Array.isArray(resources) &&
    resources.length > 0 &&
    resources.every((entry) => typeof entry === 'string' && isFolder(resolve(folder, entry)))
  )
}

function orderOf({ fields }: Kustomization): KindOrder | 'not by kind' | undefined {
  const { sortOptions } = fields
  if (sortOptions === undefined) return undefined
  if (!isFields(sortOptions) || sortOptions.order !== 'legacy') return 'not by kind'
  const own = sortOptions.legacySortOptions
  if (own === undefined || own === null) return undefined
  if (!isFields(own)) return 'not by kind'
  return { first: stringsOf(own, 'orderFirst'), last: stringsOf(own, 'orderLast') }
}
