import { readFileSync } from 'node:fs'
import { type Document, isScalar, parseAllDocuments } from 'yaml'
import type { FluxConventionsSpec } from '../../functions/flux-conventions/config.ts'
import { judge } from '../../functions/flux-conventions/judge.ts'
import type { Entry } from '../../functions/flux-conventions/tree/tree.ts'
import { copyOf } from '../../functions/lib/exact-integer.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { differences } from '../../functions/lib/runner/changes.ts'
import { styleOf } from '../../functions/lib/yaml/round-trip.ts'
import type { Change } from '../files.ts'
import { isFile } from '../tree/kustomization.ts'
import { OF_BOOTSTRAP } from './once.ts'
import { pathOf, type Walk } from './walk.ts'

/** An object of a file and the fields to set in it. */
interface Repair {
  entry: Entry
  fields: ReturnType<typeof differences>
}

/**
 * The files of a walk with every safe repair made. Only the fields of a repair are set in the file that the object is
 * written in, so variables and comments stay. The objects of the walk are repaired too, so it is walked again afterwards.
 */
export function repairsOf(walk: Walk, spec: FluxConventionsSpec): Change[] {
  const before = new Map(walk.tree.entries.map((entry) => [entry, copyOf(entry.object)]))
  judge(walk.tree, { ...spec, fix: true })
  const repairs = walk.tree.entries
    .map((entry): Repair => ({ entry, fields: differences(before.get(entry), entry.object) }))
    .filter(({ fields }) => fields.length > 0)
  return [...groupBy(repairs, ({ entry }) => entry.file ?? '')].flatMap(([file, own]) => {
    const path = pathOf(walk, file)
    if (file === '' || OF_BOOTSTRAP.test(file) || !isFile(path)) return []
    const text = readFileSync(path, 'utf8')
    const after = withRepairs(text, own)
    return after === text ? [] : [{ file: path, before: text, after }]
  })
}

function withRepairs(text: string, repairs: readonly Repair[]): string {
  const documents = parseAllDocuments(text)
  if ('empty' in documents) return text
  for (const { entry, fields } of repairs) {
    const { kind, metadata } = entry.object
    const document = documents.find(
      (one) => one.get('kind') === kind && one.getIn(['metadata', 'name']) === metadata.name,
    )
    for (const { path, after } of fields) if (document) set(document, path, after)
  }
  return documents.map((document) => document.toString(styleOf(text))).join('')
}

/** An existing scalar keeps its node, because the comment behind it belongs to the node. */
function set(document: Document, path: readonly (string | number)[], value: unknown): void {
  const node = document.getIn(path, true)
  if (isScalar(node)) node.value = value
  else document.setIn(path, document.createNode(value))
}
