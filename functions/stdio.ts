import { InputError } from './lib/framework/input-error.ts'
import { input } from './lib/resource-list/findings.ts'

/** What reads from descriptors and writes to them: node:fs. */
export interface Descriptors {
  readSync(fd: number, chunk: Uint8Array): number
  writeSync(fd: number, rest: Uint8Array): number
}

const CHUNK = 1 << 20
/** How long to wait, in milliseconds, for a pipe that says that it is empty or full instead of waiting. */
const PAUSE = 5

/**
 * All of stdin, read synchronously: a stream takes time to load and would hold the text twice. Throws InputError if stdin
 * cannot be read, because it is a folder or closed.
 */
export function readStdin(fs: Descriptors): Buffer {
  const chunks: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const length = readSome(fs, chunk)
    if (length === 0) return Buffer.concat(chunks)
    chunks.push(chunk.subarray(0, length))
  }
}

function readSome(fs: Descriptors, chunk: Buffer): number {
  try {
    return patiently(() => fs.readSync(0, chunk))
  } catch (cause) {
    throw new InputError(input.unreadable({}, (cause as Error).message), { cause })
  }
}

/** Writes all of a text to stdout (1) or stderr (2). `process.stdout` would be loaded first, with all of node:net. */
export function write(fs: Descriptors, fd: 1 | 2, text: string): void {
  let rest = Buffer.from(text)
  while (rest.length > 0) rest = rest.subarray(patiently(() => fs.writeSync(fd, rest)))
}

function patiently(transfer: () => number): number {
  for (;;)
    try {
      return transfer()
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw cause
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
}
