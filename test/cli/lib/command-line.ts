import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { version } from '../../../package.json'
import { kustomize } from '../../support/programs.ts'

const ROOT = join(__dirname, '../../..')
export const CLI = join(ROOT, 'dist/cli.cjs')
export const STAND_IN = join(ROOT, 'cli/runtime/docker-stand-in.sh')
export const IMAGE = `ghcr.io/hippocampus-dev/krm-hardening:v${version}`

export interface Ended {
  stdout: string
  stderr: string
  exitCode: number | null
}

export interface How {
  cwd?: string
  /** Added to the environment; undefined takes a variable out. */
  env?: Record<string, string | undefined>
  stdin?: string
}

/** Runs a program to its end. */
export function run(program: string, args: readonly string[], { cwd, env, stdin = '' }: How = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: undefined, ...env } })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ stdout, stderr, exitCode }))
    // A program may end without having read its stdin; how it ended says what matters.
    child.stdin.on('error', (cause: NodeJS.ErrnoException) => cause.code === 'EPIPE' || reject(cause))
    child.stdin.end(stdin)
  })
}

/** Runs the built command line, as a user would. */
export const krmHardening = (args: readonly string[], { env, ...how }: How = {}): Promise<Ended> =>
  run(process.execPath, [CLI, ...args], { ...how, env: { KUSTOMIZE: kustomize(), ...env } })

const folders: string[] = []

/** A folder of its own, removed by `removeFolders`. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'test-cli-'))
  folders.push(path)
  return path
}

/** For `afterAll`. */
export function removeFolders(): void {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true })
}

/** Writes files, by their paths, into a folder of their own. */
export function tree(files: Readonly<Record<string, string>>): string {
  const root = folder()
  for (const [path, text] of Object.entries(files)) write(join(root, path), text)
  return root
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

export const program = (path: string, text: string): string => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o755 })
  return path
}

/** A PATH with the programs that shell scripts need, and no kustomize, go, kubectl or docker, whatever this machine has. */
export function systemTools(): string {
  const bin = folder()
  for (const name of ['sh', 'cat', 'chmod', 'dirname', 'gzip', 'tar', 'tr'])
    program(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`)
  return bin
}

/** A copy of the fixtures that a test may change, with the published image in their policy. */
export function fixtures(): string {
  const root = folder()
  cpSync(join(ROOT, 'test/cli/fixtures'), root, { recursive: true })
  const policy = join(root, 'policy/policy.yaml')
  writeFileSync(policy, readFileSync(policy, 'utf8').replace('PUBLISHED_IMAGE', IMAGE))
  return root
}

/** The fixtures, for tests that only read them. */
export const FIXTURES = fixtures()

export const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

/** Installs the stand-in for good, as a sidecar's image has it. Gives the folder to put first in PATH. */
export function installStandIn(functionProgram: string, images: readonly string[] = [IMAGE]): string {
  const home = folder()
  program(join(home, 'bin/docker'), readFileSync(STAND_IN, 'utf8'))
  program(join(home, 'function'), functionProgram)
  writeFileSync(join(home, 'images'), images.map((image) => `${image}\n`).join(''))
  return join(home, 'bin')
}

/** What Kustomize itself builds in one piece, its functions run by an installed stand-in. */
export async function kustomizeBuild(path: string): Promise<Ended> {
  const bin = installStandIn(`#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, 'dist/functions.cjs')}'\n`)
  return run(kustomize(), ['build', '--enable-alpha-plugins', path], { env: { PATH: `${bin}:${process.env.PATH}` } })
}
