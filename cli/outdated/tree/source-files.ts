import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from 'yaml'
import { mentionsChartLock } from '../../../functions/lib/charts/chart-lock.ts'
import {
  type FieldPath,
  type Fields,
  isFields,
  type KubernetesObject,
} from '../../../functions/lib/kubernetes/objects.ts'
import { OPTIONS, toPlain } from '../../../functions/lib/yaml/kubernetes-yaml.ts'
import { yamlFiles } from '../../flux/manifests.ts'
import { resourceGraph } from '../../tree/graph.ts'
import { isFile, readKustomization } from '../../tree/kustomization.ts'

/** One document of a file, as text and as data. */
export interface SourceDocument {
  file: string
  text: string
  document: Document
  /** What it means: fields, or a list of operations of a patch. */
  data: unknown
  /** The same, if it is a map; otherwise none. */
  fields: Fields
  /** The quotes around it, if it is text in quotes within the file. */
  quote?: '"' | "'"
  lineOf(offset: number): number
}

/** Does a text name anything that has a version? Locks of charts are generated, and have thousands of lines. */
const isOfInterest = (text: string): boolean =>
  (/^[ \t-]*"?(?:image|newTag|tag|version|chartVersion|digests|allowTag|url|kind|patches\w*)"?\s*:/m.test(text) ||
    text.includes('$imagepolicy')) &&
  !mentionsChartLock(text)

export const isKustomization = ({ file }: { file: string }): boolean =>
  /^(?:kustomization\.ya?ml|Kustomization)$/.test(basename(file))

export const isFluxKustomization = ({ fields }: { fields: Fields }): boolean =>
  fields.kind === 'Kustomization' && String(fields.apiVersion).startsWith('kustomize.toolkit.fluxcd.io/')

/** What a tree is made from. */
export interface SourceFiles {
  documents: SourceDocument[]
  /** Files with locks of charts. */
  locks: string[]
}

/** The files below a folder, and those outside that its kustomizations build from. */
export function sourceFilesOf(folder: string): SourceFiles {
  const own = yamlFiles(folder).map((file) => resolve(file))
  const folders = new Set([folder, ...own.map((file) => resolve(file, '..'))])
  const { files, kustomizations } = resourceGraph([...folders].filter((path) => readKustomization(path) !== undefined))
  const all = new Set([
    ...own,
    ...kustomizations.map(({ file }) => file),
    ...files.filter((file) => /\.(?:ya?ml|json)$/.test(file)),
  ])
  const texts = [...all].sort().map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  return {
    documents: texts.filter((one) => isKustomization(one) || isOfInterest(one.text)).flatMap(documentsIn),
    locks: texts.filter(({ text }) => mentionsChartLock(text)).map(({ file }) => file),
  }
}

/** The documents of any file; none for one that is not there or cannot be read. */
export const documentsOfFile = (file: string): SourceDocument[] =>
  isFile(file) ? allDocumentsIn({ file, text: readFileSync(file, 'utf8') }) : []

const documentsIn = (source: { file: string; text: string }): SourceDocument[] =>
  allDocumentsIn(source).filter(({ data }) => isFields(data))

function allDocumentsIn({ file, text }: { file: string; text: string }): SourceDocument[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { ...OPTIONS, lineCounter: lines, logLevel: 'silent' })
  // A template, or a file that SOPS encrypted as a whole. For any other file, the build of its folder reports what is
  // wrong.
  if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return []
  return documents.map((document) => {
    const data = plainOf(document)
    const fields = isFields(data) ? data : {}
    return { file, text, document, data, fields, lineOf: (offset) => lines.linePos(offset).line }
  })
}

function plainOf(document: Document): unknown {
  try {
    return toPlain(document.contents, document)
  } catch {
    // A key that is there twice: its version is unknown, and the build of its folder refuses it.
    return undefined
  }
}

/** The document as an object, if it is one. A patch need not have a name. */
export const objectOf = ({ fields }: SourceDocument): KubernetesObject | undefined =>
  typeof fields.apiVersion === 'string' && typeof fields.kind === 'string' && isFields(fields.metadata)
    ? (fields as unknown as KubernetesObject)
    : undefined

/** A scalar that is written in the file, not through an alias. */
export function scalarAt({ document }: SourceDocument, path: FieldPath): Scalar | undefined {
  let node: unknown = document.contents
  for (const key of path) {
    if (isAlias(node)) return undefined
    if (isMap(node)) node = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)?.value
    else if (isSeq(node)) node = node.items[Number(key)]
    else return undefined
  }
  return isScalar(node) && node.range ? node : undefined
}

/** The scalar of a key of a map. */
export function keyAt({ document }: SourceDocument, path: readonly string[], key: string): Scalar | undefined {
  const map: unknown = document.getIn(path, true)
  const found = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)?.key
    : undefined
  return isScalar(found) && (found as Node).range ? (found as Scalar) : undefined
}
