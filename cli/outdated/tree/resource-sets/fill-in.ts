import { type FieldPath, formatPath, isFields } from '../../../../functions/lib/kubernetes/objects.ts'
import { decidingPiece, type InFile, type Piece } from '../pieces.ts'
import { type SourceDocument, scalarAt } from '../source-files.ts'
import { partOf, written } from '../written-value.ts'
import type { Input } from './inputs.ts'
import type { Template } from './templates.ts'

/** Is a text filled in by the Flux Operator, and not from an input that the tree shows? */
export const isTemplated = (text: string): boolean => /<<.*>>/s.test(text)

/** A value of a template with what an input says; what else fills it in stays as it is. */
export function filledIn(value: unknown, input: Input | undefined): unknown {
  if (typeof value === 'string')
    return (
      piecesOf(value, input)
        ?.map(({ text }) => text)
        .join('') ?? value
    )
  if (Array.isArray(value)) return value.map((item) => filledIn(item, input))
  return isFields(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, input)]))
    : value
}

/** Where a field of a made object is decided. */
export function valueIn({ document, path }: Template, input: Input | undefined, field: FieldPath): InFile | undefined {
  const own = scalarAt(document, [...path, ...field])
  if (!own) return undefined
  const as = { ...written(own), field: formatPath([...path, ...field]) }
  const pieces = typeof own.value === 'string' ? piecesOf(own.value, input) : undefined
  if (!pieces?.some(({ value }) => value)) return { document, value: as }
  const whole = pieces.map((piece) => {
    if (piece.value) return { ...piece, document: piece.document ?? document }
    return { ...piece, document, value: partOf(as, document.text, piece.from, piece.to) }
  })
  return decidingPiece(whole)
}

/** A piece of a text: from an input, or the template's own, which is at `from` to `to` in it. */
type TemplatePiece = Omit<Piece, 'document'> & { document?: SourceDocument; from: number; to: number }

const OUTPUT = /<<-?\s*inputs\.([A-Za-z_][\w.]*)\s*(?:\|\s*quote\s*)?-?>>/g

/** The pieces of a text; undefined if something else than a value of the input fills it in. */
function piecesOf(text: string, input: Input | undefined): TemplatePiece[] | undefined {
  const pieces: TemplatePiece[] = []
  let from = 0
  const own = (to: number): void => {
    if (to > from) pieces.push({ text: text.slice(from, to), value: undefined, from, to })
  }
  for (const match of text.matchAll(OUTPUT)) {
    const path = [...(input?.path ?? []), ...(match[1] ?? '').split('.')]
    const scalar = input && scalarAt(input.document, path)
    if (!scalar) return undefined
    own(match.index)
    from = match.index + match[0].length
    const value = { ...written(scalar), field: formatPath(path) }
    pieces.push({ text: String(scalar.value), document: input.document, value, from: match.index, to: from })
  }
  own(text.length)
  return isTemplated(text.replaceAll(OUTPUT, '')) ? undefined : pieces
}
