import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import pLimit from 'p-limit'
import { display } from '../display.ts'
import { BUG, type ExitCode, Failure, FINDINGS, UNUSABLE } from '../exit-code.ts'
import { once } from '../lines.ts'
import { run } from '../process.ts'
import type { FunctionCall, Functions } from '../runtime/functions.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { callersInTwoForms } from '../tree/callers-of-layers.ts'
import { declaredList } from '../tree/kustomization.ts'
import { registeredByTwoBuilds } from './already-registered.ts'
import type { Kustomize } from './find.ts'

export interface Rendered {
  /** Absolute paths: the folder that was built, or the folders of a group. */
  folders: readonly string[]
  /** What the functions and then Kustomize said. */
  stderr: string
  /** The manifests, or undefined if the build failed. */
  output: string | undefined
  /** 0, or why it failed in the terms of this program. */
  exitCode: ExitCode
  milliseconds: number
  /** The functions that ran, in their order. */
  calls: readonly FunctionCall[]
}

/** What builds: Kustomize, the runtime that it finds its functions in, and those functions. */
export interface Toolchain {
  kustomize: Kustomize
  runtime: Runtime
  functions: Functions
}

/** Builds kustomizations, each once, as many at a time as there are processors. */
export class Builder {
  readonly #prepare: () => Promise<Toolchain>
  readonly #onBuilt: (build: Rendered) => void
  readonly #builds = new Map<string, Promise<Rendered>>()
  readonly #inTurn = pLimit(availableParallelism())

  /** `prepare` is called once, at the first build; `onBuilt` hears of every build that ends. */
  constructor(prepare: () => Promise<Toolchain>, onBuilt: (build: Rendered) => void) {
    let toolchain: Promise<Toolchain> | undefined
    this.#prepare = () => {
      toolchain ??= prepare()
      return toolchain
    }
    this.#onBuilt = onBuilt
  }

  /** Builds a folder. Resolves for builds that fail too; rejects only if Kustomize cannot be started. */
  attempt(folder: string): Promise<Rendered> {
    const known = this.#builds.get(folder) ?? this.#inTurn(() => this.#build([folder]))
    this.#builds.set(folder, known)
    return known
  }

  /**
   * Builds several folders in one Kustomize, as an environment that lists them. That is cheaper than one by one, because
   * Kustomize loads its schemas once.
   */
  attemptGroup(folders: readonly string[]): Promise<Rendered> {
    return folders.length === 1 ? this.attempt(folders[0] as string) : this.#inTurn(() => this.#build(folders))
  }

  /** The manifests of a folder. Throws BuildFailure. */
  async build(folder: string): Promise<string> {
    const build = await this.attempt(folder)
    if (build.output === undefined) throw new BuildFailure([build])
    return build.output
  }

  /** Builds a folder with an annotation on each object that names its file, relative to `root`. */
  attemptWithOrigins(folder: string): Promise<Rendered & { root: string }> {
    return this.#inTurn(async () => {
      const { runtime } = await this.#prepare()
      const root = writeGroup(runtime.home, declaredList(folder) ?? [folder], { buildMetadata: ['originAnnotations'] })
      return { ...(await this.#build([folder], root)), root }
    })
  }

  /** `root` is what Kustomize is told to build. */
  async #build(folders: readonly string[], root?: string): Promise<Rendered> {
    const { kustomize, runtime, functions } = await this.#prepare()
    const start = performance.now()
    const [program, ...args] = kustomize.build
    const [first = ''] = folders
    const listed = declaredList(first) ?? folders
    const folder = root ?? (folders.length === 1 && listed === folders ? first : writeGroup(runtime.home, listed))
    // Kustomize refuses to run functions from the root folder, where containers often start.
    const cwd = process.cwd() === '/' ? folder : process.cwd()
    const calls: FunctionCall[] = []
    const { stdout, stderr, status } = await run(program, [...args, folder], {
      env: runtime.env,
      cwd,
      onSocket: (socket) => runtime.serve(socket, (request) => functions(request, (call) => calls.push(call))),
    })
    const build: Rendered = {
      folders,
      stderr: [
        ...calls.map((call) => call.stderr),
        stderr,
        typeof status === 'string' ? `${program} was ended by ${status}\n` : '',
      ].join(''),
      output: status === 0 ? stdout : undefined,
      exitCode: status === 0 ? 0 : causeOf(stderr),
      milliseconds: performance.now() - start,
      calls,
    }
    this.#onBuilt(build)
    return build
  }
}

/** A kustomization that lists the folders, in a folder of its own. Kustomize takes relative paths only, and follows links first. */
function writeGroup(home: string, folders: readonly string[], fields: object = {}): string {
  const groups = join(home, 'groups')
  mkdirSync(groups, { recursive: true })
  const group = mkdtempSync(join(groups, 'group-'))
  const resources = folders.map((folder) => relative(group, realpathSync(folder)))
  writeFileSync(join(group, 'kustomization.yaml'), JSON.stringify({ resources, ...fields }))
  return group
}

/** Some folders did not build; which, and what Kustomize said. */
export class BuildFailure extends Failure {
  readonly failed: readonly Rendered[]

  constructor(failed: readonly Rendered[]) {
    const reports = failed.flatMap(({ folders, stderr }) => [
      `${nameOf(folders)} does not build:\n${once(stderr).trimEnd()}`,
      ...callersInTwoForms(folders, stderr),
      ...registeredByTwoBuilds(stderr),
    ])
    super(reports.join('\n'), Math.max(...failed.map(({ exitCode }) => exitCode)) as ExitCode)
    this.failed = failed
  }
}

/** What a build is called: its folder, or the first and the last of a group. */
export const nameOf = (folders: readonly string[]): string =>
  folders.length === 1
    ? display(folders[0] as string)
    : `${folders.length} stacks, ${display(folders[0] as string)} to ${display(folders.at(-1) as string)}`

/** Kustomize ends with 1 whatever happened; only what it says tells how a function ended. */
function causeOf(stderr: string): ExitCode {
  const status = /couldn't execute function: exit status (\d+)/.exec(stderr)?.[1]
  return status === '2' ? UNUSABLE : status === '3' ? BUG : FINDINGS
}
