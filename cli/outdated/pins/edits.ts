import { isScalar, parseDocument } from 'yaml'
import type { Change } from '../../files.ts'
import type { SourceDocument } from '../tree/source-files.ts'
import type { WrittenValue } from '../tree/written-value.ts'
import type { Edit, Pin } from './pin.ts'

/** Replaces a value by what `write` makes of a version; the quotes that it has stay. */
export function editOf(written: WrittenValue, { text, quote }: SourceDocument, write: Edit['write']): Edit {
  const [start, end] = written.range ?? [0, 0]
  const own = written.isPart ? '' : (quotesOf(quote).exec(text.slice(start, end))?.[0] ?? '')
  const isString = typeof written.value === 'string' && !written.isPart
  const { before, after } = written.around ?? { before: '', after: '' }
  return {
    start,
    end,
    takes: (version) => {
      const whole = write(version, undefined)
      return whole.startsWith(before) && whole.endsWith(after) && whole.length > before.length + after.length
    },
    write: (version, digest) => {
      const whole = write(version, digest)
      const value = whole.slice(before.length, whole.length - after.length)
      if (own !== '') return `${own}${value}${own}`
      return isString && !isPlainString(value) ? `${QUOTE_IN[quote ?? '']}${value}${QUOTE_IN[quote ?? '']}` : value
    },
  }
}

/** How a string begins, in text that is itself in quotes or not. */
const quotesOf = (around: SourceDocument['quote']): RegExp =>
  around === '"' ? /^(?:\\"|')/ : around === "'" ? /^(?:''|")/ : /^["']/

/** The quote that needs no escape there. */
const QUOTE_IN: Readonly<Record<string, string>> = { '': '"', '"': "'", "'": '"' }

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
      // What several pins have in common moves once.
      const news = edits.filter(({ start }) => !file.edits.some((edit) => edit.start === start))
      file.edits.push(...news.map(({ start, end, write }) => ({ start, end, insert: write(to, digest) })))
    }
  return [...files].map(([file, { text, edits }]) => ({
    file,
    before: text,
    after: edits
      .sort((a, b) => b.start - a.start)
      .reduce((result, { start, end, insert }) => result.slice(0, start) + insert + result.slice(end), text),
  }))
}
