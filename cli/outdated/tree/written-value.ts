import type { Range } from 'yaml'

/** Where a value is written in a file: a scalar, or a part of the text of one. */
export interface WrittenValue {
  value: unknown
  range?: Range | null | undefined
  /** What is written behind it on the line. */
  comment?: string | null | undefined
  /** The text around it is its context: it is never quoted by itself. */
  isPart?: true
  /** The value begins and ends with what is written elsewhere. */
  around?: { before: string; after: string }
  /** Path of the field that it is written in, if that is another than the one that it sets. */
  field?: string
}

/** A part of the text of a value; undefined where escapes or line breaks move its characters in the file. */
export function partOf(written: WrittenValue, fileText: string, from: number, to: number): WrittenValue | undefined {
  const { value, range, comment } = written
  if (typeof value !== 'string' || !range) return undefined
  const source = fileText.slice(range[0], range[1])
  const inset = source === value ? 0 : source.slice(1, -1) === value ? 1 : undefined
  if (inset === undefined) return undefined
  const [start, end] = [range[0] + inset + from, range[0] + inset + to]
  return { value: value.slice(from, to), range: [start, end, end], comment, isPart: true }
}

/** A scalar of a document, without what the parser knows of it. */
export const written = ({ value, range, comment }: WrittenValue): WrittenValue => ({ value, range, comment })
