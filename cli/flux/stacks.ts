import { dirname, sep } from 'node:path'
import { declareList, readKustomization } from '../tree/kustomization.ts'
import { folderOf, repositoryAt } from './roots.ts'

/**
 * Is a folder without a kustomization a repository for Flux? Then it counts as the list of all that Flux builds from it, for as
 * long as the command runs: an environment whose stacks no kustomization has to list.
 */
export function isRepositoryForFlux(folder: string): boolean {
  if (readKustomization(folder)) return false
  const stacks = stacksIn(folder)
  if (stacks.length > 0) declareList(folder, stacks)
  return stacks.length > 0
}

/** The folders with a kustomization that Flux builds, and those of what it starts from. */
function stacksIn(folder: string): string[] {
  const { found, starts } = repositoryAt(folder)
  const paths = starts.flatMap(({ top, roots }) => [
    ...roots.map(({ file }) => dirname(file)),
    ...found.map(({ object }) => folderOf(top, object)),
  ])
  return [...new Set(paths)].filter((path) => path.startsWith(folder + sep) && readKustomization(path)).sort()
}
