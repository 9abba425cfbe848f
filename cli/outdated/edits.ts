import { isScalar, parseDocument, type Scalar } from 'yaml'
import type { Change } from '../files.ts'
import type { Edit, Pin } from './pin.ts'

/** Replaces a scalar by what `write` makes of a version; the quotes that it has stay. */
export function editOf(scalar: Scalar, text: string, write: Edit['write']): Edit {
  const [start, end] = scalar.range ?? [0, 0]
  const quote = /^["']/.exec(text.slice(start, end))?.[0] ?? ''
  const isString = typeof scalar.value === 'string'
  return {
    start,
    end,
    write: (version, digest) => {
      const value = write(version, digest)
      if (quote !== '') return `${quote}${value}${quote}`
      return isString && !isPlainString(value) ? JSON.stringify(value) : value
    },
  }
}

/** Would YAML read it as this string without quotes? `1.10` is a number. */
function isPlainString(value: string): boolean {
  const { contents, errors } = parseDocument(value, { version: '1.1' })
  return errors.length === 0 && isScalar(contents) && contents.value === value
}

/** A pin, the version that it moves to, and its digest if one is written. */
export interface Move {
  pin: Pin
  to: string
  digest: string | undefined
}

/** The files with pins moved, every other byte as it was. */
export function changesOf(moves: readonly Move[]): Change[] {
  const files = new Map<string, { text: string; edits: { start: number; end: number; insert: string }[] }>()
  for (const { pin, to, digest } of moves)
    for (const { document, edits } of pin.places) {
      const file = files.get(document.file) ?? { text: document.text, edits: [] }
      files.set(document.file, file)
      file.edits.push(...edits.map(({ start, end, write }) => ({ start, end, insert: write(to, digest) })))
    }
  return [...files].map(([file, { text, edits }]) => ({
    file,
    before: text,
    after: edits
      .sort((a, b) => b.start - a.start)
      .reduce((result, { start, end, insert }) => result.slice(0, start) + insert + result.slice(end), text),
  }))
}
