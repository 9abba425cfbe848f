import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findOnPath, isExecutable } from '../../../../cli/on-path.ts'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { builtImage } from '../../../support/image.ts'
import { objectsOf, root } from '../../../support/stacks.ts'

/** The kpt that the tests run: KPT in the environment, else the one on PATH. Throws where there is none. */
export function kpt(): string {
  const found = process.env.KPT ?? findOnPath('kpt', process.env.PATH)
  if (found && isExecutable(found)) return found
  throw new Error(
    'The tests need kpt 1.0.0-beta.56 or later: go install github.com/kptdev/kpt@v1.0.0-beta.59, or the package google-cloud-cli-kpt of packages.cloud.google.com/apt; or name one in KPT',
  )
}

/** How a pipeline calls the functions: the image in Podman, or the bundle itself. */
export type Runtime = 'image' | 'exec'

export const BUNDLE = join(root, 'dist/functions.cjs')

/** 1.0.0-beta.56 reads the first, 1.0.0-beta.59 the second. */
export const PODMAN = { KPT_FN_RUNTIME: 'podman', KRM_FN_RUNTIME: 'podman' }

const AUTHOR = { GIT_AUTHOR_NAME: 'test', GIT_AUTHOR_EMAIL: 'test@localhost' }
const COMMITTER = { GIT_COMMITTER_NAME: 'test', GIT_COMMITTER_EMAIL: 'test@localhost' }

/** A folder with a repository of the packages, and packages fetched from it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'kpt-'))
  readonly upstream = join(this.folder, 'upstream.git')
  readonly #env = { ...process.env, ...AUTHOR, ...COMMITTER, KPT_CACHE_DIR: join(this.folder, 'cache') }

  constructor() {
    mkdirSync(this.upstream)
    cpSync(join(root, 'packages'), join(this.upstream, 'packages'), { recursive: true })
    this.git(this.upstream, 'init', '--quiet')
    this.publish('v0.1.0')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  /** Commits and tags what is in the upstream repository. */
  publish(tag: string): void {
    this.commit(this.upstream)
    this.git(this.upstream, 'tag', tag)
  }

  /** `kpt pkg get` of a package, as a repository of its own. */
  get(stack: string, runtime: Runtime = 'exec'): string {
    const folder = join(mkdtempSync(join(this.folder, 'user-')), stack)
    this.kpt('pkg', 'get', `${this.upstream}/packages/${stack}@v0.1.0`, folder)
    if (runtime === 'exec') edit(join(folder, 'Kptfile'), (text) => text.replace(/image: \S+/g, `exec: ${BUNDLE}`))
    this.git(folder, 'init', '--quiet')
    this.commit(folder)
    return folder
  }

  /** Throws with what kpt said where it fails. */
  kpt(...args: string[]): void {
    const { status, stderr } = this.run(args)
    if (status !== 0) throw new Error(`kpt ${args.join(' ')} ended with ${status}: ${stderr}`)
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(kpt(), args, { cwd: this.folder, env: { ...this.#env, ...env }, encoding: 'utf8' })
  }

  render(folder: string, runtime: Runtime = 'exec', ...args: string[]): SpawnSyncReturns<string> {
    return runtime === 'exec'
      ? this.run(['fn', 'render', folder, '--allow-exec', ...args])
      : this.run(['fn', 'render', folder, ...args], { ...builtImage().env, ...PODMAN })
  }

  commit(folder: string): void {
    this.git(folder, 'add', '--all')
    this.git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'state')
  }

  /** What differs from the last commit: ` M file`, `?? file`. */
  changes(folder: string): string[] {
    return this.git(folder, 'status', '--porcelain', '--untracked-files=all').split('\n').slice(0, -1)
  }

  git(cwd: string, ...args: string[]): string {
    return execFileSync('git', args, { cwd, env: this.#env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }
}

export const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

/** The text of every file of a package by its path. */
export function filesOf(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.git/'))
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

/** The objects of a package that reach a cluster, by the file that each is in. */
export function objectsByFile(folder: string): Map<string, KubernetesObject> {
  const objects = [...filesOf(folder)]
    .filter(([path]) => path.endsWith('.yaml'))
    .flatMap(([path, text]) => objectsOf(text).map((object) => [path, object] as const))
  return new Map(objects.filter(([, { metadata }]) => metadata.annotations?.[LOCAL] !== 'true'))
}

const LOCAL = 'config.kubernetes.io/local-config'

/** What `--results-dir` holds of each function that ran. */
export interface FunctionResult {
  exec?: string
  image?: string
  exitCode: number
  stderr?: string
  results?: {
    message: string
    severity: string
    resourceRef?: { kind: string; name: string }
    tags: { function: string }
  }[]
}

export const resultsIn = (folder: string): FunctionResult[] => {
  const [list] = objectsOf(readFileSync(join(folder, 'results.yaml'), 'utf8'))
  return list?.items as FunctionResult[]
}
