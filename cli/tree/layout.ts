import { existsSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { declaredList, readKustomization, stringsOf } from './kustomization.ts'
import { isList } from './stacks.ts'

/** The file of each stack in the tree that Flux pulls: `<stack>/<environment>/manifests.yaml`, or its path. */
export interface Layout {
  /** Name of the environment; undefined for a stack that is of none. */
  environment: string | undefined
  /** What was rendered, from the environment's folder on: `production/edge`. Names what made a file. */
  source: string
  /** Folder of each stack, by its file in the tree. */
  stacks: ReadonlyMap<string, string>
}

/** What every file of the tree is called. */
export const FILE = 'manifests.yaml'

/**
 * Where the stacks of a folder go. The environment is the topmost folder above it that has a kustomization, so that a
 * stack has one place, whether it is rendered alone or with others. A folder that is of no environment keeps its path in
 * the repository, and the folders that Flux builds from a repository keep theirs.
 */
export function layoutOf(folder: string): Layout {
  const path = resolve(folder)
  const ofFlux = declaredList(path)
  if (ofFlux) return { environment: undefined, source: nameOf(path), stacks: placed(ofFlux, path) }
  const root = environmentOf(path)
  const stacks = stacksWithin(path, root, new Set())
  if (stacks.includes(root)) {
    return { environment: undefined, source: nameOf(path), stacks: placed([path], repositoryOf(path) ?? path) }
  }
  const environment = basename(root)
  const source = join(environment, relative(root, path))
  const fileOf = (stack: string): string => join(relative(root, stack), environment, FILE)
  return { environment, source, stacks: new Map(stacks.map((stack) => [fileOf(stack), stack])) }
}

/** Stacks that keep their path below a folder, so that the path of their Flux Kustomization stays what it is. */
const placed = (stacks: readonly string[], top: string): Map<string, string> =>
  new Map(stacks.map((stack) => [join(relative(top, stack), FILE), stack]))

/** The path of a folder in its repository. */
const nameOf = (path: string): string => relative(repositoryOf(path) ?? path, path) || basename(path)

/** The folder of the repository that a folder is in. */
export function repositoryOf(folder: string): string | undefined {
  if (['.git', '.github'].some((name) => existsSync(join(folder, name)))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : repositoryOf(above)
}

function environmentOf(folder: string): string {
  const above = dirname(folder)
  const isTop = [folder, above].includes(repositoryOf(folder) ?? '') || above === folder
  return isTop || !readKustomization(above) ? folder : environmentOf(above)
}

/** The folders of an environment that are no lists themselves. A list of what is outside of it, such as bases, is one stack. */
function stacksWithin(folder: string, root: string, within: ReadonlySet<string>): string[] {
  const kustomization = readKustomization(folder)
  if (!kustomization || within.has(folder) || !isList(kustomization)) return [folder]
  const listed = stringsOf(kustomization.fields, 'resources').map((entry) => resolve(folder, entry))
  if (!listed.every((entry) => entry.startsWith(`${root}${sep}`))) return [folder]
  return listed.flatMap((entry) => stacksWithin(entry, root, new Set([...within, folder])))
}
