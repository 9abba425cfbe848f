import { createRequire } from 'node:module'

const load = createRequire(process.execPath)

/** SHA-256 of a text in hexadecimal. node:crypto takes milliseconds to load, and most small builds hash nothing. */
export function sha256(text: string): string {
  const { createHash } = load('node:crypto') as typeof import('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}
