import { toJson } from '../exact-integer.ts'

// Line breaks and control characters of YAML that JSON leaves as they are.
const NOT_PRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Plain data as JSON on one line, which is YAML too, and the cheapest form that Kustomize reads. */
export const writeJson = (value: unknown): string =>
  toJson(value).replace(NOT_PRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Does YAML have to write some character of the text as an escape, or some reader gets another text? */
export const needsEscapes = (text: string): boolean => text.search(NOT_PRINTABLE) >= 0
