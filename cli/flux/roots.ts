import { existsSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { isFolder } from '../tree/kustomization.ts'
import type { Found } from './manifests.ts'

/** What Flux starts from in one cluster. */
export interface Start {
  /** Absolute path of the folder that paths are relative to: the top of the repository. */
  top: string
  roots: Found[]
}

/** The folder that a Kustomization builds. */
export const folderOf = (top: string, object: Found['object']): string => {
  const path = valueAt(object, ['spec', 'path'])
  return resolve(top, `./${typeof path === 'string' ? path : ''}`)
}

/**
 * What Flux starts from: Kustomizations whose file is in the folder of no other Kustomization. One in such a folder is
 * applied by that other or, if no kustomization lists it, by nobody. Two of the same name start two clusters.
 */
export function startsOf(found: readonly Found[], folder: string): Start[] {
  const top = topOf(found, folder)
  const folders = found.map((each) => ({ each, folder: folderOf(top, each.object) }))
  const isWithin = ({ file }: Found, path: string): boolean => file.startsWith(path + sep)
  const roots = found.filter(
    (one) =>
      !folders.some(
        ({ each, folder: path }) => each !== one && isWithin(one, path) && !isWithin(each, folderOf(top, one.object)),
      ),
  )
  const names = roots.map(({ object }) => `${object.metadata.namespace}/${object.metadata.name}`)
  if (new Set(names).size === names.length) return roots.length > 0 ? [{ top, roots }] : []
  return [...groupBy(roots, ({ file }) => dirname(file)).values()].map((group) => ({ top, roots: group }))
}

/** The folder itself or one above it, up to the top of the repository: the one below which most of the paths exist. */
function topOf(found: readonly Found[], folder: string): string {
  const candidates = [folder]
  for (let path = folder; !existsSync(join(path, '.git')) && dirname(path) !== path; path = dirname(path))
    candidates.push(dirname(path))
  const score = (top: string): number => found.filter(({ object }) => isFolder(folderOf(top, object))).length
  const best = Math.max(...candidates.map(score))
  return candidates.find((top) => score(top) === best) ?? folder
}
