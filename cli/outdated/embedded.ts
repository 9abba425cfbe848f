import { parseAllDocuments, Scalar } from 'yaml'
import { isFields } from '../../functions/lib/kubernetes/objects.ts'
import { OPTIONS, toPlain } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { type Path, type SourceDocument, scalarAt } from './source-files.ts'

/**
 * The documents in a block of text, such as a patch that is written in place. Their positions are those of the file: what is
 * around the block counts as empty. None for text that is written in another way, or is no YAML.
 */
export function embeddedIn(document: SourceDocument, path: Path): SourceDocument[] {
  const scalar = scalarAt(document, path)
  if (scalar?.type !== Scalar.BLOCK_LITERAL) return []
  const [start, end] = scalar.range ?? [0, 0]
  const { text } = document
  const first = text.indexOf('\n', start) + 1
  const alone = text.slice(0, first).replaceAll(/[^\n]/g, ' ') + text.slice(first, end)
  const documents = parseAllDocuments(alone, { ...OPTIONS, logLevel: 'silent' })
  if ('empty' in documents || documents.some(({ errors }) => errors.length > 0)) return []
  return documents.map((inner) => {
    const data = toPlain(inner.contents, inner)
    return { ...document, document: inner, data, fields: isFields(data) ? data : {} }
  })
}
