import { resolve } from 'node:path'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { isFile, isFolder, type Kustomization, readKustomization, stringsOf } from './kustomization.ts'

/** Some kustomizations with everything that they are made from. */
export interface Graph {
  /** Each once, in the order in which Kustomize would read them. */
  kustomizations: Kustomization[]
  /** Absolute paths of the resource and patch files that they list. */
  files: string[]
  /** Entries that are neither a file nor a folder of this machine. */
  remotes: string[]
}

const LISTS = ['resources', 'bases', 'components']

/** Everything that the resources of these files and folders are made from. Transformers and generators are not. */
export function resourceGraph(paths: readonly string[]): Graph {
  const graph: Graph = { kustomizations: [], files: [], remotes: [] }
  const seen = new Set<string>()
  const visit = (path: string, entry: string): void => {
    if (seen.has(path)) return
    seen.add(path)
    if (isFile(path)) graph.files.push(path)
    else if (isFolder(path)) visitFolder(path)
    else graph.remotes.push(entry)
  }
  const visitFolder = (folder: string): void => {
    const kustomization = readKustomization(folder)
    if (!kustomization) return
    if (!kustomization.isOfFlux) graph.kustomizations.push(kustomization)
    graph.files.push(...patchFiles(kustomization))
    for (const list of LISTS)
      for (const entry of stringsOf(kustomization.fields, list)) visit(resolve(folder, entry), entry)
  }
  for (const path of paths) visit(path, path)
  return graph
}

function patchFiles({ folder, fields }: Kustomization): string[] {
  const patches = Array.isArray(fields.patches) ? fields.patches : []
  const paths = patches.map((patch) => (isFields(patch) ? patch.path : undefined))
  return [...paths, ...stringsOf(fields, 'patchesStrategicMerge')]
    .filter((path) => typeof path === 'string')
    .map((path) => resolve(folder, path))
    .filter(isFile)
}

/** The entries of `transformers`: paths of files and folders, and objects that are written in place. */
export function transformersOf({ folder, fields }: Kustomization): { paths: string[]; inline: string[] } {
  const entries = stringsOf(fields, 'transformers')
  const isInline = (entry: string): boolean => entry.includes('\n')
  return {
    paths: entries.filter((entry) => !isInline(entry)).map((entry) => resolve(folder, entry)),
    inline: entries.filter(isInline),
  }
}

/** Everything that the transformers of a kustomization are made from. */
export const transformerGraph = (kustomization: Kustomization): Graph =>
  resourceGraph(transformersOf(kustomization).paths)

/** The components of a kustomization, each after its own components, as Kustomize applies them. */
export function componentsOf(kustomization: Kustomization, within: ReadonlySet<string> = new Set()): Kustomization[] {
  return stringsOf(kustomization.fields, 'components').flatMap((entry) => {
    const path = resolve(kustomization.folder, entry)
    const component = isFolder(path) && !within.has(path) ? readKustomization(path) : undefined
    return component ? [...componentsOf(component, new Set([...within, path])), component] : []
  })
}
