import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { formatReference, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { type Entry, ReferenceIndex } from './reference-index.ts'

/** What the lock says of an image: its entry; that it has none; or that it contradicts the digest in the manifest. */
export type Locked = { entry: Entry<string> | undefined } | { problem: string }

/** The lock, and what of it was used. */
export class Lock {
  readonly #index: ReferenceIndex<string>
  readonly #used = new Set<Entry<string>>()
  /** Of entries without a tag: the tags that they decided. */
  readonly #tags = new Map<Entry<string>, Set<string>>()

  constructor(digests: ImageMirrorDigestSpec['digests'], sourceName: (name: string) => string) {
    this.#index = new ReferenceIndex(digests, sourceName)
  }

  get keys(): string[] {
    return this.#index.entries.map(({ key }) => key)
  }

  /** Is there an entry for the repository, of whichever tag? */
  knows(name: string): boolean {
    return this.#index.of(name).length > 0
  }

  /**
   * The entry for a source reference: that of its tag, or else that of its digest. Once the lock knows a repository,
   * it knows every digest of it that may run, or an image pinned by an older lock would pass for one of another tag.
   */
  lookUp(source: ImageReference): Locked {
    const byTag = source.digest === undefined || source.tag !== undefined ? this.#index.find(source) : undefined
    const candidates = byTag ? [byTag] : this.#byDigest(source)
    for (const entry of candidates) this.#use(entry, source.tag ?? (source.digest === undefined ? 'latest' : undefined))
    const differing = candidates.filter(({ value }) => source.digest !== undefined && value !== source.digest)
    return differing.length > 0 ? { problem: contradiction(source, differing) } : { entry: candidates[0] }
  }

  /** Every entry with the digest, or where none has it, every entry of the repository, which then contradict it. */
  #byDigest({ name, digest }: ImageReference): Entry<string>[] {
    if (digest === undefined) return []
    const entries = this.#index.of(name)
    const same = entries.filter(({ value }) => value === digest)
    return same.length > 0 ? same : entries
  }

  #use(entry: Entry<string>, tag: string | undefined): void {
    this.#used.add(entry)
    if (entry.tag !== undefined || tag === undefined) return
    this.#tags.set(entry, (this.#tags.get(entry) ?? new Set()).add(tag))
  }

  /** What is wrong with the lock itself, once every image of the build has been looked up. */
  findings({ strictLock, unusedLock }: Pick<ImageMirrorDigestSpec, 'strictLock' | 'unusedLock'>): Finding[] {
    const unused = this.#index.entries.filter((entry) => !this.#used.has(entry)).map(({ key }) => key)
    const severity = strictLock ? 'error' : unusedLock
    const message = `digests: nothing in the build uses ${unused.sort().join(', ')}; take unused entries out, or set unusedLock: ignore where several stacks share one lock`
    return [
      ...this.#index
        .clashes()
        .map(([one, other]) =>
          error(`digests: ${one.key} and ${other.key} are one image with two digests; keep the entry that is right`),
        ),
      ...[...this.#tags].filter(([, tags]) => tags.size > 1).map(([entry, tags]) => error(ambiguity(entry, tags))),
      ...(unused.length === 0 || severity === 'ignore'
        ? []
        : [severity === 'error' ? error(message) : warning(message)]),
    ]
  }
}

const contradiction = (source: ImageReference, entries: readonly Entry<string>[]): string =>
  `found the digest ${source.digest} for ${formatReference({ ...source, digest: undefined })}, but digests has ${entries
    .map(({ key, value }) => `${key}: ${value}`)
    .join(', ')}; bring the lock up to date, or take the digest out of the manifest`

const ambiguity = ({ key }: Entry<string>, tags: ReadonlySet<string>): string =>
  `digests: ${key} has no tag, so the tags ${[...tags].sort().join(' and ')} of the build would run the same image; write an entry for each tag`
