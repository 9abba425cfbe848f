import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { toLine } from '../../functions/lib/framework/finding.ts'
import { display } from '../display.ts'
import { Failure, FINDINGS } from '../exit-code.ts'
import { type Change, type Removal, writeAllOrNone } from '../files.ts'
import { leftoversOf } from '../policy/leftovers.ts'
import { type BuiltObject, joinBuild, objectsOf } from '../render/documents.ts'
import { isFile } from '../tree/kustomization.ts'
import { FILE, type Layout } from '../tree/layout.ts'
import { fenceOf, filesBelow } from './files.ts'
import { renderedTwice } from './twice.ts'

/** What a run did to the files of a tree. */
export interface Written {
  written: string[]
  unchanged: string[]
  removed: string[]
}

/**
 * Writes the rendering of each stack that has one to its file below a folder, and removes what earlier runs for the same
 * source left there. All of it, or nothing: throws Failure (1) if something of functions is left in a rendering or two stacks render one
 * object, Failure (2) where a file is in the way that no run made.
 */
export function writeTree(
  target: string,
  { environment, source, stacks }: Layout,
  renderings: ReadonlyMap<string, readonly BuiltObject[]>,
): Written {
  const files = [...stacks].flatMap(([file, stack]) => {
    const objects = renderings.get(stack)
    return objects ? [{ file, stack: display(stack), objects }] : []
  })
  refuse(problemsIn(files, environment === undefined))
  const mark = markOf(source)
  const own = (file: string, text: string): Change => {
    const path = join(target, file)
    return { file: path, before: ownText(path, source), after: `${mark}\n${text}` }
  }
  const fences = new Set([...stacks.keys()].flatMap((file) => fenceOf(file, stacks.keys()) ?? []))
  const rendered = [
    ...files.map(({ file, objects }) => own(file, joinBuild(objects))),
    ...[...fences].map((file) => own(file, FENCE)),
  ]
  const stale = filesBelow(target)
    .filter((file) => OF_THE_TREE.has(basename(file)) && !stacks.has(file) && !fences.has(file))
    .filter((file) => isFile(join(target, file)))
    .map(
      (file): Removal => ({
        file: join(target, file),
        before: readFileSync(join(target, file), 'utf8'),
        after: undefined,
      }),
    )
    .filter(({ before }) => before.startsWith(`${mark}\n`))
  const changed = rendered.filter(({ before, after }) => before !== after)
  writeAllOrNone([...changed, ...stale])
  for (const { file } of stale) removeEmptyFolders(dirname(file), target)
  const paths = (changes: readonly { file: string }[]): string[] => changes.map(({ file }) => file)
  return {
    written: paths(changed),
    unchanged: paths(rendered.filter((change) => !changed.includes(change))),
    removed: paths(stale),
  }
}

function removeEmptyFolders(folder: string, target: string): void {
  if (folder === target || readdirSync(folder).length > 0) return
  rmdirSync(folder)
  removeEmptyFolders(dirname(folder), target)
}

/** The names of the files that a run writes. */
const OF_THE_TREE = new Set([FILE, 'kustomization.yaml'])

const FENCE = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- ${FILE}
`

const MADE_BY = '# Made by krm-hardening render --output'

/** The first line of a file says what made it, so that a later run knows its own files. */
const markOf = (source: string): string => `${MADE_BY} of ${source}. Do not edit it.`

/** What a file has, if it is of the same environment; undefined for none. */
function ownText(file: string, source: string): string | undefined {
  if (!existsSync(file)) return undefined
  const text = readFileSync(file, 'utf8')
  const [environment = ''] = source.split(sep)
  if (text.startsWith(markOf(environment)) || text.startsWith(`${MADE_BY} of ${environment}${sep}`)) return text
  throw new Failure(
    `${display(file)} is in the way: it is no rendering of ${source}; expected another --output folder, or the file gone`,
  )
}

/** Why a tree may not be written: what functions left behind, and objects that two stacks render. */
function problemsIn(
  files: readonly { file: string; stack: string; objects: readonly BuiltObject[] }[],
  hasTargetNamespaces: boolean,
): string[] {
  const read = files.map(({ file, stack, objects }) => ({ file, stack, objects: objectsOf(objects) }))
  const leftovers = read.flatMap(({ file, objects }) =>
    objects.flatMap(leftoversOf).map((finding) => `${file}: ${toLine(finding, 'render')}`),
  )
  return [...leftovers, ...renderedTwice(read, hasTargetNamespaces).map((finding) => toLine(finding, 'render'))]
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Failure(`nothing was written:\n${problems.join('\n')}`, FINDINGS)
}
