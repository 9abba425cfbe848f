import { readSync } from 'node:fs'
import { InputError } from './lib/framework/input-error.ts'
import { input } from './lib/resource-list/findings.ts'

const CHUNK = 1 << 20
/** How long to wait, in milliseconds, where stdin has nothing yet and says so instead of waiting. */
const PAUSE = 5

/**
 * All of stdin. A stream would be loaded first, and would hold everything twice in the end. Throws InputError where stdin
 * cannot be read, because it is a folder or closed.
 */
export function readStdin(): Buffer {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const length = readSome(chunk)
    if (length === 0) return Buffer.concat(chunks)
    chunks.push(chunk.subarray(0, length))
  }
}

function readSome(chunk: Buffer): number {
  for (;;)
    try {
      return readSync(0, chunk)
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      if (code !== 'EAGAIN') throw new InputError(input.unreadable({}, message), { cause })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
}
