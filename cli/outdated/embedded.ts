import { type Document, parseAllDocuments, Scalar, visit } from 'yaml'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { OPTIONS, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { type Path, type SourceDocument, scalarAt } from './source-files.ts'

/**
 * The documents in text within a file, such as a patch that is written in place: in a block, or in quotes on one line. Their
 * positions are those of the file. None for text that is written in another way, or is no YAML.
 */
export function embeddedIn(document: SourceDocument, path: Path): SourceDocument[] {
  const scalar = scalarAt(document, path)
  if (scalar?.type === Scalar.BLOCK_LITERAL) return documentsOf(document, inBlock(scalar, document.text))
  const quoted = scalar && inQuotes(scalar, document.text)
  if (!quoted) return []
  const documents = documentsOf(document, quoted.text, quoted.quote)
  for (const inner of documents) move(inner.document, quoted.offsets)
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

/** The block alone: what is around it counts as empty. */
function inBlock({ range }: Scalar, text: string): string {
  const [start, end] = range ?? [0, 0]
  const first = text.indexOf('\n', start) + 1
  return text.slice(0, first).replaceAll(/[^\n]/g, ' ') + text.slice(first, end)
}

/** Text in quotes, and the offset in the file of each of its characters and of its end. */
function inQuotes({ range, value }: Scalar, file: string) {
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
  return text === value ? { text, offsets, quote: quote as '"' | "'" } : undefined
}

function move(document: Document, offsets: readonly number[]): void {
  const offsetOf = (at: number): number => offsets[at] ?? 0
  visit(document, {
    Scalar(_, scalar) {
      if (scalar.range) scalar.range = [offsetOf(scalar.range[0]), offsetOf(scalar.range[1]), offsetOf(scalar.range[2])]
    },
  })
}
