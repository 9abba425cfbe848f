import { readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { verification } from '../findings.ts'
import { readObjects } from '../read-objects.ts'
import { layoutOf } from '../tree/layout.ts'
import { fenceOf, filesBelow } from './files.ts'
import { renderedTwice } from './twice.ts'

/** What Flux would find of an environment in a tree of renderings. */
export interface ReadTree {
  objects: KubernetesObject[]
  /** Files that are missing, files that no stack makes, and objects in two files. */
  findings: Finding[]
}

/**
 * Reads the files that the stacks of a folder have in a tree. A file in a folder that is called like the environment and
 * is of no stack is a finding. Throws Failure (2) if the tree has no file of the environment.
 */
export function readTree(tree: string, folder: string): ReadTree {
  const { environment, source, stacks } = layoutOf(folder)
  // Next to the stacks of a part of an environment there are files of its other stacks.
  const isWhole = source === environment
  const folders = [...stacks.keys()].map((file) => (file.includes(sep) ? `${dirname(file)}${sep}` : ''))
  const isBelow = (file: string): boolean => folders.some((one) => file.startsWith(one))
  const ofEnvironment = filesBelow(tree).filter(
    (file) => isBelow(file) || (environment !== undefined && file.split(sep).slice(0, -1).includes(environment)),
  )
  const there = ofEnvironment.filter((file) => stacks.has(file))
  const fences = new Set([...stacks.keys()].map((file) => fenceOf(file, stacks.keys())))
  if (there.length === 0)
    throw new Failure(
      `${display(tree)} has neither a kustomization.yaml nor a rendering of ${source}; expected ${[...stacks.keys()][0]}, as render --output writes it`,
    )
  const missing = [...stacks].filter(([file]) => !there.includes(file))
  const more = ofEnvironment.filter((file) => !stacks.has(file) && !fences.has(file) && (isWhole || isBelow(file)))
  const read = there.map((file) => ({ stack: display(stacks.get(file) ?? file), objects: objectsIn(tree, [file]) }))
  const twice = renderedTwice(read, environment === undefined)
  // Policies are asked about each object once.
  const again = new Set(twice.map(({ object }) => object))
  return {
    objects: read.flatMap(({ objects }) => objects).filter((object) => !again.has(object)),
    findings: [
      ...twice,
      ...missing.map(([file, stack]) => verification['file-missing']({}, file, display(stack))),
      ...more.map((file) => verification['file-of-no-stack']({}, file)),
    ],
  }
}

/** What Flux would find in a tree of renderings, of whichever environments. */
export const readWholeTree = (tree: string): KubernetesObject[] =>
  objectsIn(
    tree,
    filesBelow(tree).filter((file) => /\.ya?ml$/.test(file)),
  )

const objectsIn = (tree: string, files: readonly string[]): KubernetesObject[] =>
  files.flatMap((file) => readObjects(readFileSync(join(tree, file), 'utf8'), display(join(tree, file))))
