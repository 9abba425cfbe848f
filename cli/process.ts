import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { Failure } from './exit-code.ts'

export interface Finished {
  stdout: string
  stderr: string
  /** The exit code, or the name of the signal that ended the program. */
  status: number | NodeJS.Signals
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Gives the program a socket as descriptor 3, and gets the other end. */
  onSocket?: (socket: Duplex) => void
}

const running = new Set<ChildProcess>()

/** Runs a program to its end with no stdin. Throws Failure (2) if it cannot be started. */
export function run(
  program: string,
  args: readonly string[],
  { onSocket, ...options }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe', onSocket ? 'pipe' : 'ignore'] })
    const collected = [child.stdout, child.stderr].map((stream) => {
      const chunks: Buffer[] = []
      stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
      return chunks
    })
    running.add(child)
    onSocket?.(child.stdio[3] as Duplex)
    child.on('error', (cause) => {
      running.delete(child)
      reject(new Failure(`${program} cannot be started: ${cause.message}`, undefined, { cause }))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      const [stdout, stderr] = collected.map((chunks) => Buffer.concat(chunks).toString())
      resolve({ stdout: stdout ?? '', stderr: stderr ?? '', status: code ?? signal ?? 'SIGKILL' })
    })
  })
}

const STOPPING: readonly [NodeJS.Signals, number][] = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
]

/** On a signal: ends the programs that are running and exits as a shell reports it, so that `exit` handlers clean up. */
export function stopOnSignals(): void {
  for (const [signal, number] of STOPPING)
    process.once(signal, () => {
      for (const child of running) child.kill(signal)
      process.exit(128 + number)
    })
}
