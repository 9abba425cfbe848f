import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { Failure } from '../exit-code.ts'
import { reasonOf } from '../files.ts'
import standIn from './docker-stand-in.sh'
import functionProgram from './function.sh'
import { type Respond, serve } from './serve.ts'

/** Where the functions of a build run: in this process, whatever container their annotation names. */
export interface Runtime {
  /** The environment in which Kustomize finds the stand-in. */
  env: NodeJS.ProcessEnv
  /** A private folder, removed when the process ends. */
  home: string
  /** Answers the functions of one Kustomize through the socket that it was given as descriptor 3. */
  serve(socket: Duplex, respond: Respond): void
}

/**
 * Sets up the `docker` stand-in in a private folder. `images` are the references that count as ours. Throws Failure (2) if no folder can be made or no program can be run from the temporary folder.
 */
export function embeddedRuntime(images: readonly string[], env: NodeJS.ProcessEnv): Runtime {
  const home = inTemporaryFolder(() => realpathSync(mkdtempSync(join(tmpdir(), 'krm-hardening-'))))
  // A stand-in that is ending may still write into it.
  process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 }))
  const [bin, calls] = [join(home, 'bin'), join(home, 'calls')]
  inTemporaryFolder(() => {
    mkdirSync(bin)
    mkdirSync(calls)
    writeFileSync(join(home, 'images'), images.map((image) => `${image}\n`).join(''))
    writeProgram(join(bin, 'docker'), standIn)
    writeProgram(join(home, 'function'), functionProgram)
  })
  requireRunnable(join(bin, 'docker'))
  return {
    env: { GOGC: '400', ...env, PATH: [bin, env.PATH].filter(Boolean).join(delimiter) },
    home,
    serve: (socket, respond) => serve(socket, calls, respond),
  }
}

function inTemporaryFolder<T>(write: () => T): T {
  try {
    return write()
  } catch (cause) {
    throw new Failure(`${tmpdir()} cannot be written: ${reasonOf(cause)}; set TMPDIR to a folder that can`, undefined, {
      cause,
    })
  }
}

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text)
  chmodSync(file, 0o700)
}

function requireRunnable(program: string): void {
  try {
    accessSync(program, constants.X_OK)
  } catch (cause) {
    throw new Failure(
      `${tmpdir()} lets no program run (is it mounted noexec?); set TMPDIR to a folder that does`,
      undefined,
      { cause },
    )
  }
}
