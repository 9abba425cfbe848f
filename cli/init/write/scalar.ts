import { stringify } from 'yaml'

/** What breaks a line, and what no YAML holds raw: see https://yaml.org/spec/1.1/#c-printable. */
const LINE_BREAK = /[\n\r\u0085\u2028\u2029]/
const UNPRINTABLE = /(?!\t)\p{Cc}|[\ufeff\ufffe\uffff]/u
const ESCAPED = new RegExp(`${LINE_BREAK.source}|${UNPRINTABLE.source}`, 'gu')

/** A value on one line of YAML 1.1, quoted if it needs to be: a name from the build can never become a line of policy. */
export function scalar(value: unknown): string {
  const text = stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0, version: '1.1' })
  // Not `trim`, which also takes a byte order mark away.
  const written = text.replace(/\n$/, '')
  if (written.search(ESCAPED) < 0) return written
  // JSON is YAML with every line break escaped, except those that only YAML knows.
  return JSON.stringify(value).replaceAll(
    ESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Text for a comment, on one line. */
export const oneLine = (text: string): string => text.replaceAll(/[\s\u0085]+/g, ' ').replaceAll(ESCAPED, '\ufffd')
