import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { runInThisContext, Script } from 'node:vm'
import pLimit from 'p-limit'
import { kustomize } from '../../support/programs.ts'
import { CLI, type Ended, type How } from './command-line.ts'

type Program = (require: (id: string) => unknown, module: object, process: object) => void

/** Kept for all test files of a worker, so that the program is compiled once. */
const global = runInThisContext('globalThis') as { krmHardening?: Program }

function program(): Program {
  global.krmHardening ??= new Script(
    `(function (require, module, process) {${readFileSync(CLI, 'utf8').replace(/^#!.*/, '')}\n})`,
    { filename: CLI },
  ).runInThisContext() as Program
  return global.krmHardening
}

/** The whole process has one working folder. */
const oneAtATime = pLimit(1)

/**
 * Runs the built command line inside this process, each time from its beginning, with a `process` of its own. That takes a
 * fraction of the time of starting it. Tests about the process itself (signals, closed pipes, programs that are missing)
 * start it by `command-line.ts`. Programs that it starts without an environment get the one of the tests.
 */
export const krmHardening = (args: readonly string[], how: How = {}): Promise<Ended> =>
  oneAtATime(async () => {
    const before = process.cwd()
    process.chdir(how.cwd ?? before)
    try {
      return await ended(args, {
        ...how,
        env: { ...process.env, NO_COLOR: undefined, KUSTOMIZE: kustomize(), ...how.env },
      })
    } finally {
      process.chdir(before)
    }
  })

function ended(args: readonly string[], { env = {}, stdin = '' }: How): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said): object => ({
    write: (text: string) => {
      said[name] += text
      return true
    },
    on: () => {},
  })
  const atExit: (() => void)[] = []
  return new Promise((resolve) => {
    const own = Object.create(process, {
      argv: { value: [process.execPath, CLI, ...args] },
      env: { value: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) },
      stdin: { value: Readable.from([stdin]) },
      stdout: { value: stream('stdout') },
      stderr: { value: stream('stderr') },
      // Keeps the program from setting flags of V8, which would stay set.
      versions: { value: { ...process.versions, v8: '' } },
      once: { value: (event: string, listener: () => void) => event === 'exit' && atExit.push(listener) },
      exitCode: {
        set: (exitCode: number) => {
          for (const clean of atExit) clean()
          resolve({ ...said, exitCode })
        },
      },
    })
    const require = createRequire(CLI)
    program()((id) => (id === 'node:process' ? own : require(id)), { exports: {} }, own)
  })
}
