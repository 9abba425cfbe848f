import type { SourceDocument } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

/** A place whose version cannot be compared with others. */
export interface NotCompared {
  file: string
  line: number
  found: string
  why: string
}

export const A_VARIABLE = 'a variable decides it'
export const A_TEMPLATE = 'a template decides it'
export const A_DIGEST = 'a digest without a tag, so that no version is known'

/** A value that cannot be compared, where it is written. */
export const namedAt = (document: SourceDocument, { value, range }: WrittenValue, why: string): NotCompared => ({
  file: document.file,
  line: document.lineOf(range?.[0] ?? 0),
  found: String(value),
  why,
})
