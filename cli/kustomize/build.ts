import { availableParallelism } from 'node:os'
import { display } from '../display.ts'
import { BUG, type ExitCode, Failure, FINDINGS, UNUSABLE } from '../exit-code.ts'
import { run } from '../process.ts'
import type { Kustomize } from './find.ts'

export interface Build {
  folder: string
  /** What Kustomize and the functions said. */
  stderr: string
  /** The manifests, or undefined where the build failed. */
  output: string | undefined
  /** 0, or why it failed in the terms of this program. */
  exitCode: ExitCode
  milliseconds: number
}

/** What builds: Kustomize, and the environment of the embedded runtime that it runs functions in. */
export interface Toolchain {
  kustomize: Kustomize
  env: NodeJS.ProcessEnv
}

/** Builds kustomizations, each once, as many at a time as there are processors. */
export class Builder {
  readonly #prepare: () => Promise<Toolchain>
  readonly #onBuilt: (build: Build) => void
  readonly #builds = new Map<string, Promise<Build>>()
  readonly #free: (() => void)[] = []
  #slots = availableParallelism()

  /** `prepare` is called once, at the first build; `onBuilt` hears of every build that ends. */
  constructor(prepare: () => Promise<Toolchain>, onBuilt: (build: Build) => void) {
    this.#prepare = once(prepare)
    this.#onBuilt = onBuilt
  }

  /** Builds a folder. Resolves for builds that fail too; rejects only where Kustomize cannot be started. */
  attempt(folder: string): Promise<Build> {
    const known = this.#builds.get(folder) ?? this.#inTurn(() => this.#build(folder))
    this.#builds.set(folder, known)
    return known
  }

  /** The manifests of a folder. Throws BuildFailure. */
  async build(folder: string): Promise<string> {
    const build = await this.attempt(folder)
    if (build.output === undefined) throw new BuildFailure([build])
    return build.output
  }

  async #build(folder: string): Promise<Build> {
    const { kustomize, env } = await this.#prepare()
    const start = performance.now()
    const [program, ...args] = kustomize.build
    // Kustomize refuses to run functions from the root folder, where containers often start.
    const cwd = process.cwd() === '/' ? folder : process.cwd()
    const { stdout, stderr, status } = await run(program, [...args, folder], { env, cwd })
    const build: Build = {
      folder,
      stderr,
      output: status === 0 ? stdout : undefined,
      exitCode: status === 0 ? 0 : causeOf(stderr),
      milliseconds: performance.now() - start,
    }
    this.#onBuilt(build)
    return build
  }

  async #inTurn<T>(task: () => Promise<T>): Promise<T> {
    if (this.#slots === 0) await new Promise<void>((resolve) => this.#free.push(resolve))
    else this.#slots--
    try {
      return await task()
    } finally {
      const next = this.#free.shift()
      if (next) next()
      else this.#slots++
    }
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Some folders did not build; which, and what Kustomize said. */
export class BuildFailure extends Failure {
  constructor(failed: readonly Build[]) {
    const reports = failed.map(({ folder, stderr }) => `${display(folder)} does not build:\n${stderr.trimEnd()}`)
    super(reports.join('\n'), Math.max(...failed.map(({ exitCode }) => exitCode)) as ExitCode)
  }
}

/** Kustomize ends with 1 whatever happened; how a function ended stands only in what it says. */
function causeOf(stderr: string): ExitCode {
  const status = /couldn't execute function: exit status (\d+)/.exec(stderr)?.[1]
  return status === '2' ? UNUSABLE : status === '3' ? BUG : FINDINGS
}
