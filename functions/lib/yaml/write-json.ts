import { toJson } from '../exact-integer.ts'

// Line breaks and control characters of YAML that JSON leaves as they are.
const NOT_PRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** JSON with what every reader of YAML takes for the same text. */
export const asYaml = (json: string): string =>
  json.replace(NOT_PRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** Plain data as JSON on one line, which is YAML too, and the cheapest form that Kustomize reads. */
export const writeJson = (value: unknown): string => asYaml(toJson(value))

/** Does YAML have to write some character of the text as an escape, or some reader gets another text? */
export const needsEscapes = (text: string): boolean => text.search(NOT_PRINTABLE) >= 0
