import { type ChildProcess, spawn } from 'node:child_process'
import { Failure } from './exit-code.ts'

export interface Finished {
  stdout: string
  stderr: string
  /** The exit code, or the name of the signal that ended the program. */
  status: number | NodeJS.Signals
}

const running = new Set<ChildProcess>()

/** Runs a program to its end with no stdin. Throws Failure (2) where it cannot be started. */
export function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    running.add(child)
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (cause) => {
      running.delete(child)
      reject(new Failure(`${program} cannot be started: ${cause.message}`, undefined, { cause }))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve({
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
        status: code ?? signal ?? 'SIGKILL',
      })
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
