import type { Finding } from '../../lib/framework/finding.ts'
import { formatReference, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { findings, type Problem } from '../findings.ts'
import { type Entry, ReferenceIndex } from './reference-index.ts'

/** What the lock says about an image: its entry, if it has one, or that it contradicts the digest in the manifest. */
export type Locked = { entry: Entry<string> | undefined } | { problem: Problem }

/** The lock, and which of its entries were used. */
export class Lock {
  readonly #index: ReferenceIndex<string>
  readonly #used = new Set<Entry<string>>()
  /** The tags that entries without a tag decided. */
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
   * The entry for a source reference: that of its tag, otherwise that of its digest. Once the lock knows a repository,
   * it must know every digest of it that may run: an image pinned by an older lock would pass for another tag otherwise.
   */
  lookUp(source: ImageReference): Locked {
    const byTag = source.digest === undefined || source.tag !== undefined ? this.#index.find(source) : undefined
    const candidates = byTag ? [byTag] : this.#byDigest(source)
    for (const entry of candidates) this.#use(entry, source.tag ?? (source.digest === undefined ? 'latest' : undefined))
    const differing = candidates.filter(({ value }) => source.digest !== undefined && value !== source.digest)
    return differing.length > 0 ? { problem: contradiction(source, differing) } : { entry: candidates[0] }
  }

  /** Every entry with the digest; if none has it, every entry of the repository, because all of them contradict it. */
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
  findings({ unusedLock }: Pick<ImageMirrorDigestSpec, 'unusedLock'>): Finding[] {
    const unused = this.#index.entries.filter((entry) => !this.#used.has(entry)).map(({ key }) => key)
    return [
      ...this.#index.clashes().map(([one, other]) => findings['lock-clash'](DIGESTS, one.key, other.key)),
      ...[...this.#tags]
        .filter(([, tags]) => tags.size > 1)
        .map(([{ key }, tags]) => findings['lock-ambiguous'](DIGESTS, key, [...tags].sort())),
      ...(unused.length === 0 || unusedLock === 'ignore'
        ? []
        : [findings['lock-unused']({ ...DIGESTS, severity: SEVERITIES[unusedLock] }, unused.sort())]),
    ]
  }
}

const DIGESTS = { field: { path: 'digests' } }
const SEVERITIES = { warn: 'warning', error: 'error' } as const

const contradiction =
  (source: ImageReference, entries: readonly Entry<string>[]): Problem =>
  (details) =>
    findings['digest-mismatch'](
      details,
      `${source.digest}`,
      formatReference({ ...source, digest: undefined }),
      entries.map(({ key, value }) => `${key}: ${value}`),
    )
