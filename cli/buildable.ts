import { resolve } from 'node:path'
import { Failure } from './exit-code.ts'
import { isRepositoryForFlux } from './flux/stacks.ts'
import { isFolder, readKustomization } from './tree/kustomization.ts'

/** The absolute path of a folder that can be built, or of a repository for Flux. Throws Failure (2) for any other. */
export function requireBuildable(folder: string): string {
  const path = resolve(folder)
  return isFolder(path) && isRepositoryForFlux(path) ? path : requireStack(folder)
}

/** The absolute path of a folder with a kustomization. Throws Failure (2) for any other. */
export function requireStack(folder: string): string {
  const path = resolve(folder)
  if (!isFolder(path)) throw new Failure(`${folder} is no folder; expected one with a kustomization.yaml`)
  if (!readKustomization(path)) throw new Failure(`${folder} has no kustomization.yaml`)
  return path
}
