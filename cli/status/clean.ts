import { stripVTControlCharacters } from 'node:util'

const MAX_LENGTH = 300

/** Credentials as they get into messages: in a URL, as a parameter or a field, in a header. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/:\/\/[^/\s@]+@/g, '://***@'],
  [/\b((?:password|passwd|token|secret|(?:api|access|secret)[-_]?key)(?:=|"\s*:\s*"))[^\s"&,;]+/gi, '$1***'],
  [/\b(Bearer|Basic)\s+[\w+/.=-]{8,}/g, '$1 ***'],
]

/**
 * Text that the cluster wrote, safe to print: on one line, without sequences that a terminal obeys or characters that
 * nobody sees, without credentials, and no longer than 300 characters.
 */
export function clean(text: string): string {
  const line = stripVTControlCharacters(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const masked = CREDENTIALS.reduce((rest, [pattern, by]) => rest.replace(pattern, by), line)
  const characters = [...masked]
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : masked
}
