import { InputError } from '../input-error.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Text of the bytes of stdin, without a byte order mark. Throws InputError where a lenient decoder would write U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw new InputError('stdin is not UTF-8; save the manifests as UTF-8, or encode binary data as base64', { cause })
  }
}
