import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import {
  canonicalName,
  formatReference,
  hasPlaceholder,
  type ImageReference,
  InvalidReference,
  nameProblem,
  parseReference,
} from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { type Decision, refused } from './decision.ts'
import { Lock } from './lock.ts'
import { Mirrors } from './mirrors.ts'
import { type Entry, ReferenceIndex } from './reference-index.ts'

type Spec = Pick<ImageMirrorDigestSpec, 'mirrors' | 'internal' | 'digests' | 'allowTag' | 'keepTag'>

/** Decides of images by the policy, and keeps account of which of its entries were used. */
export class Policy {
  readonly mirrors: Mirrors
  readonly lock: Lock
  readonly #spec: Spec
  readonly #allowed: ReferenceIndex<{ reason: string }>
  readonly #usedExceptions = new Set<string>()
  readonly #decisions = new Map<string, Decision>()

  constructor(spec: Spec) {
    this.#spec = spec
    this.mirrors = new Mirrors(spec)
    const firstSource = (name: string) => this.#sources(name)[0] ?? name
    this.lock = new Lock(spec.digests, firstSource)
    this.#allowed = new ReferenceIndex(spec.allowTag, firstSource)
  }

  /** What becomes of the image that a text names: the same Decision for the same text. */
  decide(text: string): Decision {
    const known = this.#decisions.get(text)
    if (known) return known
    const decision = this.#decide(text)
    this.#decisions.set(text, decision)
    return decision
  }

  #decide(text: string): Decision {
    if (hasPlaceholder(text)) return { outcome: 'placeholder', reason: this.#exceptionFor(text)?.reason }
    const reference = parseReference(text)
    if (reference instanceof InvalidReference)
      return refused(
        `found ${JSON.stringify(text)}: ${reference.problem}; expected an image such as quay.io/coreos/etcd:v3.5.21`,
      )
    return this.#settle(reference)
  }

  /** Every text that was decided, and what became of it. */
  get decisions(): ReadonlyMap<string, Decision> {
    return this.#decisions
  }

  /** Keys of allowTag that no image of the build needed. */
  get unusedExceptions(): string[] {
    return Object.keys(this.#spec.allowTag).filter((key) => !this.#usedExceptions.has(key))
  }

  #settle(written: ImageReference): Decision {
    const standing = this.mirrors.standing(written.name)
    const source = { ...written, name: this.#sourceName(written.name) }
    const locked = this.lock.lookUp(source)
    if ('problem' in locked) return refused(locked.problem)
    const name = standing.as === 'source' ? standing.target : written.name
    const problem = this.#unmirrorable(source.name, name)
    if (problem !== undefined) return refused(problem)
    const digest = locked.entry?.value ?? written.digest
    const exception = digest === undefined ? this.#allowedEntry(source) : undefined
    if (digest === undefined && exception === undefined) return refused(this.#unpinned(source))
    const isMirrored = standing.as === 'source' || standing.as === 'mirrored'
    return {
      outcome: 'settled',
      image: name === written.name && written.digest !== undefined ? written : this.#image(name, written.tag, digest),
      source: isMirrored ? withTag(source, locked.entry) : undefined,
      reason: exception?.value.reason,
      isPlaced: standing.as !== 'unknown' || this.mirrors.isEmpty,
    }
  }

  #image(name: string, tag: string | undefined, digest: string | undefined): ImageReference {
    return { name, digest, tag: digest === undefined || this.#spec.keepTag ? tag : undefined }
  }

  #allowedEntry(source: ImageReference): Entry<{ reason: string }> | undefined {
    const entry = this.#allowed.find(source)
    if (entry) this.#usedExceptions.add(entry.key)
    return entry
  }

  #exceptionFor(text: string): { reason: string } | undefined {
    if (!Object.hasOwn(this.#spec.allowTag, text)) return undefined
    this.#usedExceptions.add(text)
    return this.#spec.allowTag[text]
  }

  /** The name that a mirrored name mirrors; where it could be several, one that the lock or an exception knows. */
  #sourceName(name: string): string {
    const sources = this.#sources(name)
    const isKnown = (source: string) => this.lock.knows(source) || this.#allowed.of(source).length > 0
    return sources.find(isKnown) ?? sources[0] ?? name
  }

  #sources(name: string): readonly string[] {
    const standing = this.mirrors.standing(name)
    return standing.as === 'mirrored' ? standing.sources : []
  }

  #unmirrorable(source: string, target: string): string | undefined {
    const found = `found ${source}, which would be mirrored as ${target}`
    const problem = nameProblem(target)
    if (problem !== undefined)
      return `${found}: ${problem}; add the prefix ${source.split('/')[0]} to mirrors, with a target that can carry it`
    const other = this.#sourceName(target)
    if (canonicalName(other) === canonicalName(source) || target === source) return undefined
    return `${found}, where ${other} goes too; give one of their prefixes in mirrors a target of its own`
  }

  #unpinned(source: ImageReference): string {
    const text = formatReference(source)
    return `found ${text} without a digest; expected an entry for it in digests${didYouMean(text, this.lock.keys)}, or one in allowTag with a reason`
  }
}

/** The source with the tag of its lock entry, where a mirrored name has only a digest left. */
const withTag = (source: ImageReference, entry: Entry<string> | undefined): ImageReference => ({
  ...source,
  digest: entry?.value ?? source.digest,
  tag: source.tag ?? entry?.tag,
})
