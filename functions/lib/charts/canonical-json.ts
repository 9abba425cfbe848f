import { createHash } from 'node:crypto'
import { isFields } from '../kubernetes/objects.ts'

/** JSON with sorted keys: the same data gives the same text, however it was written. */
export const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isFields(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  ) ?? 'null'

/** `sha256:` and the digest of the data's canonical JSON. */
export const digestOf = (value: unknown): string => `sha256:${sha256(canonicalJson(value))}`

/** The hash of a text, in hexadecimal digits. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
