import { stripVTControlCharacters } from 'node:util'
import { withoutCredentials } from '../without-credentials.ts'

const MAX_LENGTH = 300
/** Names of objects, which most of what is read is, hold nothing of that. */
const NAME = /^[a-z0-9.-]{1,253}$/i

/**
 * Text that the cluster wrote, safe to print: on one line, without sequences that a terminal obeys or characters that
 * nobody sees, without credentials, and no longer than 300 characters.
 */
export function clean(text: string): string {
  if (NAME.test(text)) return text
  const line = stripVTControlCharacters(text)
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  const masked = withoutCredentials(line)
  const characters = [...masked]
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join('')}…` : masked
}
