import { isDeepStrictEqual } from 'node:util'
import { isFields } from '../kubernetes/objects.ts'
import { BREAKS_OF_GO } from './breaks-of-go.ts'
import { lexemesOf } from './comments.ts'

/** The text with the lines that Go sees. In quotes a line may begin anywhere, and is as good as a space. */
export const asLinesOfGo = (text: string): string =>
  lexemesOf(text)
    .map(({ text: lexeme, isScalar }) => lexeme.replace(BREAKS_OF_GO, !isScalar && /^["']/.test(lexeme) ? ' ' : '\n'))
    .join('')
    .replaceAll('!!merge <<', '"<<"')

/**
 * Refuses text that Go divides into other lines than the parsers here, if it then means something else: behind a comment or an
 * unquoted value, the rest of the line is a field, or an object, that no function saw. Strings may differ in white space.
 * Throws SyntaxError.
 */
export function requireOneReading(here: unknown, toGo: unknown): void {
  if (!isOneReading(here, toGo)) throw new SyntaxError(SEVERAL_READINGS)
}

export const isOneReading = (here: unknown, toGo: unknown): boolean =>
  isDeepStrictEqual(withoutSpace(here), withoutSpace(toGo))

export const SEVERAL_READINGS =
  'a carriage return, U+0085, U+2028 or U+2029 ends a line for Kubernetes, so what follows it is read as another field; write it as an escape in double quotes, or leave it out where a text of several lines ends with it'

function withoutSpace(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\s\u0085]/g, '')
  if (Array.isArray(value)) return value.map(withoutSpace)
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [withoutSpace(key), withoutSpace(child)]))
}
