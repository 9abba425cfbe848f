import { InputError } from '../framework/input-error.ts'
import { input } from './findings.ts'

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** Text of the bytes of stdin, without a byte order mark. Throws InputError where a lenient decoder would write U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch (cause) {
    throw new InputError(input['not-utf-8']({}), { cause })
  }
}
