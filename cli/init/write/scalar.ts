import { stringify } from 'yaml'

const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/g

/** A value on one line of YAML 1.1, quoted if it needs to be: a name from the build can never become a line of policy. */
export function scalar(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0, version: '1.1' })
  const written = text.trim()
  if (written.search(LINE_BREAK) < 0) return written
  // JSON is YAML with every line break escaped, except those that only YAML knows.
  return JSON.stringify(value).replaceAll(
    LINE_BREAK,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Text for a comment, on one line. */
export const oneLine = (text: string): string => text.replaceAll(/[\s\u0085\u2028\u2029]+/g, ' ')
