import type { SourceDocument } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** A part of a text, and where it is written; nowhere in one piece if `value` is undefined. */
export interface Piece {
  text: string
  document: SourceDocument
  value: WrittenValue | undefined
}

/** A value and its file. */
export interface InFile {
  document: SourceDocument
  value: WrittenValue
}

/**
 * A text whose pieces are written in several places, as the value of the one that decides its version: what follows the name
 * of an image, or the beginning of any other text. Undefined where that is not written in one piece.
 */
export function decidingPiece(pieces: readonly Piece[]): InFile | undefined {
  const text = pieces.map((piece) => piece.text).join('')
  const start = startOfVersion(text)
  let from = 0
  for (const { text: own, document, value } of pieces) {
    const to = from + own.length
    if (own !== '' && start < to)
      return (
        value && {
          document,
          value: { ...value, value: text, around: { before: text.slice(0, from), after: text.slice(to) } },
        }
      )
    from = to
  }
  return undefined
}

/** Of its first number, which a prefix may precede, if it has one. */
function startOfVersion(text: string): number {
  const start = text.indexOf(':', text.lastIndexOf('/') + 1) + 1
  const number = text.slice(start).search(/\d/)
  return start + Math.max(number, 0)
}
