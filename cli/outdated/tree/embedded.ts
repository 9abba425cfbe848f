import { type Document, parseAllDocuments, Scalar, visit } from 'yaml'
import { type FieldPath, isFields } from '../../../functions/lib/kubernetes/objects.ts'
import { OPTIONS, toPlain } from '../../../functions/lib/yaml/kubernetes-yaml.ts'
import { type SourceDocument, scalarAt } from './source-files.ts'

/**
 * The documents in text within a file, such as a patch that is written in place: in a block, or in quotes on one line. Their
 * positions are those of the file. None for text that is written in another way, or is no YAML.
 */
export function embeddedIn(document: SourceDocument, path: FieldPath): SourceDocument[] {
  const scalar = scalarAt(document, path)
  if (!scalar) return []
  const found = (scalar.type === Scalar.BLOCK_LITERAL ? inBlock : inQuotes)(scalar, document.text)
  if (!found) return []
  const documents = documentsOf(document, found.text, found.quote)
  for (const inner of documents) move(inner.document, found.offsets)
  return documents
}

function documentsOf(around: SourceDocument, text: string, quote?: SourceDocument['quote']): SourceDocument[] {
  const documents = parseAllDocuments(text, { ...OPTIONS, logLevel: 'silent' })
  if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return []
  return documents.map((inner) => {
    const data = toPlain(inner.contents, inner)
    return { ...around, document: inner, data, fields: isFields(data) ? data : {}, ...(quote && { quote }) }
  })
}

/** Text within a file, and the offset there of each of its characters and of its end. */
interface Found {
  text: string
  offsets: readonly number[]
  quote?: '"' | "'"
}

/** A block, without its indentation. */
function inBlock({ range }: Scalar, file: string): Found {
  const [start, end] = range ?? [0, 0]
  const first = file.indexOf('\n', start) + 1
  const lines = file.slice(first, end).split('\n')
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/[^ ]/))
  const indent = Math.min(...indents)
  const offsets: number[] = []
  let at = first
  for (const line of lines) {
    for (let column = Math.min(indent, line.length); column <= line.length; column++) offsets.push(at + column)
    at += line.length + 1
  }
  return { text: lines.map((line) => line.slice(indent)).join('\n'), offsets }
}

function inQuotes({ range, value }: Scalar, file: string): Found | undefined {
  const [start, end] = range ?? [0, 0]
  const quote = file[start]
  if (quote !== '"' && quote !== "'") return undefined
  const escapes = quote === "'" ? /'(')/y : /\\(["\\/nt])/y
  const offsets: number[] = []
  let text = ''
  for (let at = start + 1; at < end - 1; ) {
    offsets.push(at)
    escapes.lastIndex = at
    const escaped = escapes.exec(file)?.[1]
    const character = escaped ?? file.charAt(at)
    text += escaped === 'n' ? '\n' : escaped === 't' ? '\t' : character
    at += escaped === undefined ? 1 : 2
  }
  offsets.push(end - 1)
  // Other escapes, and lines that YAML folds, have characters of their own.
  return text === value ? { text, offsets, quote } : undefined
}

function move(document: Document, offsets: readonly number[]): void {
  const offsetOf = (at: number): number => offsets[at] ?? 0
  visit(document, {
    Scalar(_, scalar) {
      if (scalar.range) scalar.range = [offsetOf(scalar.range[0]), offsetOf(scalar.range[1]), offsetOf(scalar.range[2])]
    },
  })
}
