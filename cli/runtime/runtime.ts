import { accessSync, chmodSync, constants, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Failure } from '../exit-code.ts'
import { IMAGE } from '../image.ts'
import standIn from './docker-stand-in.sh'

/** `functions` hardens; `pass-through` hands every object back as it came. */
export type RuntimeMode = 'functions' | 'pass-through'

/**
 * Sets up the embedded runtime: the `docker` stand-in in a private folder, removed when the process ends.
 * Gives the environment in which Kustomize uses it. `images` are references that count as ours beside the published one.
 * Throws Failure (2) where the functions are not built or no program can be run from the temporary folder.
 */
export function embeddedRuntime(
  mode: RuntimeMode,
  images: readonly string[],
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const home = privateFolder()
  process.once('exit', () => rmSync(home, { recursive: true, force: true }))
  const bin = join(home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(home, 'images'), [IMAGE, ...images].map((image) => `${image}\n`).join(''))
  writeProgram(join(bin, 'docker'), standIn)
  writeProgram(join(home, 'function'), `#!/bin/sh\nexec ${mode === 'functions' ? functions() : 'cat'}\n`)
  requireRunnable(join(bin, 'docker'))
  return { GOGC: '400', ...env, PATH: [bin, env.PATH].filter(Boolean).join(delimiter) }
}

function privateFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'krm-hardening-'))
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Failure(`${tmpdir()} takes no folder (${code}); set TMPDIR to one that can be written`, undefined, {
      cause,
    })
  }
}

function writeProgram(file: string, text: string): void {
  writeFileSync(file, text)
  chmodSync(file, 0o700)
}

function functions(): string {
  const bundle = join(__dirname, 'functions.cjs')
  if (!existsSync(bundle)) throw new Failure(`${bundle} is missing; build it with: npm run build`)
  return `${quote(process.execPath)} ${quote(bundle)}`
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

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
