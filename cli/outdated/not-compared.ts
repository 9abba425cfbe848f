import type { NotCompared } from './pin.ts'
import type { SourceDocument } from './source-files.ts'
import type { WrittenValue } from './written-value.ts'

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
