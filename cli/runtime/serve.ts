import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { UNUSABLE } from '../exit-code.ts'

/** Runs a function on the bytes of a ResourceList. Gives what it prints and its exit code. */
export type Respond = (request: Uint8Array) => Promise<{ stdout: string; exitCode: number }>

/**
 * Answers the calls of function.sh that come through the socket of one Kustomize; their files are in `folder`. Kustomize
 * calls one function at a time, so an answer has been read when the next call comes, and its files can go.
 */
export function serve(socket: Duplex, folder: string, respond: Respond): void {
  let received = ''
  let answered = ''
  socket.setEncoding('utf8')
  socket.on('data', async (text: string) => {
    received += text
    if (!received.endsWith('\n')) return
    const id = received.trim()
    received = ''
    rmSync(answered, { force: true })
    answered = join(folder, `${id}.stdout`)
    const reply = await answer(join(folder, `${id}.request`), answered, respond)
    if (!socket.destroyed) socket.write(`${id} ${reply}\n`)
  })
  // Kustomize or the stand-in was killed in the middle of a call. How Kustomize ended says so.
  socket.on('error', () => socket.destroy())
  socket.on('close', () => rmSync(answered, { force: true }))
}

/** Writes an answer. Gives what follows the ID on the line that announces it. */
async function answer(request: string, target: string, respond: Respond): Promise<string> {
  try {
    const bytes = readFileSync(request)
    rmSync(request)
    const { stdout, exitCode } = await respond(bytes)
    if (exitCode === 0) writeFileSync(target, stdout)
    return String(exitCode)
  } catch (cause) {
    return `${UNUSABLE} ${(cause as Error).message.replaceAll('\n', ' ')}`
  }
}
