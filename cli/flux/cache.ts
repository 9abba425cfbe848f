import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'
import { version } from '../../package.json'
import { writeWhole } from '../files.ts'
import type { Item } from './build.ts'

/** What is kept of the build of one Kustomization. It depends only on the files that its key is made from. */
export interface Kept {
  /** Files are relative to the top of the repository. */
  items: Item[]
  /** What the policies among its transformers still ask for; undefined where it has none. */
  verified?: unknown[]
}

/**
 * Builds of one repository, by a hash of everything that they read. Only what a run used is kept, so the file grows no
 * larger than the tree. A file that cannot be read, or is of another version, is ignored.
 */
export class Cache {
  readonly #file: string | undefined
  readonly #top: string
  readonly #known: ReadonlyMap<string, Kept>
  readonly #used = new Map<string, Kept>()
  #isChanged = false
  readonly #hashes = new Map<string, string>()

  /** `name` tells repositories apart. */
  constructor(top: string, name: string, env: NodeJS.ProcessEnv) {
    this.#top = top
    const folder = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'))
    this.#file =
      folder && isAbsolute(folder)
        ? join(folder, 'krm-hardening', 'flux', `${hash(name).slice(0, 32)}.json`)
        : undefined
    this.#known = new Map(Object.entries(read(this.#file)))
  }

  keyOf(files: Iterable<string>, ...others: unknown[]): string {
    const contents = [...files].sort().map((file) => [relative(this.#top, file), this.#hashOf(file)])
    return hash(JSON.stringify([version, contents, ...others]))
  }

  get(key: string): Kept | undefined {
    const kept = this.#known.get(key)
    if (kept) this.#used.set(key, kept)
    return kept
  }

  set(key: string, kept: Kept): void {
    this.#used.set(key, kept)
    this.#isChanged = true
  }

  /** Writes what this run used. */
  save(): void {
    if (this.#file === undefined || (!this.#isChanged && this.#used.size === this.#known.size)) return
    mkdirSync(dirname(this.#file), { recursive: true })
    writeWhole(this.#file, JSON.stringify(Object.fromEntries(this.#used)))
  }

  #hashOf(file: string): string {
    const known = this.#hashes.get(file) ?? hash(readFileSync(file))
    this.#hashes.set(file, known)
    return known
  }
}

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

function read(file: string | undefined): Record<string, Kept> {
  if (file === undefined) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Kept>
  } catch {
    // There is none yet, or an earlier run was interrupted: everything is built again.
    return {}
  }
}
