import { readSync } from 'node:fs'
import { InputError } from './lib/framework/input-error.ts'
import { input } from './lib/resource-list/findings.ts'

const CHUNK = 1 << 20
/** Milliseconds to wait before stdin is read again, if it is empty and does not block. */
const PAUSE = 5

/**
 * All of stdin, read synchronously: a stream takes time to load and would hold the text twice. Throws InputError if stdin
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
