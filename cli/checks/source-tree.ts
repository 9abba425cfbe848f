import { readFileSync } from 'node:fs'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { resourceGraph } from '../tree/graph.ts'
import { repositoryOf } from '../tree/layout.ts'

/** An environment as its authors see it. */
export interface SourceTree {
  /** Folder of the environment. */
  folder: string
  /** What it renders. */
  objects: readonly KubernetesObject[]
  /** The files that it is made from, kustomizations too, with their comments. */
  files: readonly SourceFile[]
  /** Folder of the repository; undefined outside of one. */
  repository: string | undefined
}

export interface SourceFile {
  /** As messages call it. */
  path: string
  text: string
}

/** One thing that is looked at. */
export type Check = (tree: SourceTree) => Finding[]

export function sourceTreeOf(folder: string, objects: readonly KubernetesObject[]): SourceTree {
  const { files, kustomizations } = resourceGraph([folder])
  const paths = new Set([...kustomizations.map(({ file }) => file), ...files])
  return { folder, objects, files: [...paths].map(sourceFile), repository: repositoryOf(folder) }
}

export const sourceFile = (path: string): SourceFile => ({ path: display(path), text: readFileSync(path, 'utf8') })
