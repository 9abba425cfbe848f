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
import { findings, type Problem } from '../findings.ts'
import { AllowedTags } from './allowed-tags.ts'
import { type Decision, type Placeholder, type Refused, type Resolved, refused } from './decision.ts'
import { Lock } from './lock.ts'
import { Mirrors } from './mirrors.ts'
import { placeholderWithDefault } from './placeholder.ts'
import type { Entry } from './reference-index.ts'

type Spec = Pick<ImageMirrorDigestSpec, 'mirrors' | 'internal' | 'digests' | 'allowTag' | 'keepTag'>

/** Decides about images by the policy, and records which of its entries were used. */
export class Decisions {
  readonly mirrors: Mirrors
  readonly lock: Lock
  readonly allowedTags: AllowedTags
  readonly #keepTag: boolean
  readonly #decisions = new Map<string, Decision>()

  constructor(spec: Spec) {
    this.#keepTag = spec.keepTag
    this.mirrors = new Mirrors(spec)
    const firstSource = (name: string) => this.#sources(name)[0] ?? name
    this.lock = new Lock(spec.digests, firstSource)
    this.allowedTags = new AllowedTags(spec.allowTag, firstSource)
  }

  /** What is to become of the image that a text names: the same Decision for the same text. */
  decide(text: string): Decision {
    const known = this.#decisions.get(text)
    if (known) return known
    const decision = hasPlaceholder(text) ? this.#decidePlaceholder(text) : this.#decideWritten(text, false)
    this.#decisions.set(text, decision)
    return decision
  }

  /** Every text that was decided, and the decision. */
  get all(): ReadonlyMap<string, Decision> {
    return this.#decisions
  }

  /** A default is what runs if nobody fills in the placeholder, so it must pass as if it were written. */
  #decidePlaceholder(text: string): Placeholder | Refused {
    const reason = this.allowedTags.reasonForText(text)
    if (reason === undefined) return refused((details) => findings.placeholder(details, text))
    const placeholder = placeholderWithDefault(text)
    if (placeholder === undefined) return { outcome: 'placeholder', reason, default: undefined }
    const image = this.#decideWritten(placeholder.default, true)
    return image.outcome === 'refused'
      ? image
      : {
          outcome: 'placeholder',
          reason,
          default: { image, text: placeholder.with(formatReference(image.image)) },
        }
  }

  #decideWritten(text: string, isDefault: boolean): Resolved | Refused {
    const reference = parseReference(text)
    if (reference instanceof InvalidReference)
      return refused((details) =>
        findings['invalid-reference'](
          details,
          details.field?.currentValue === undefined ? undefined : text,
          reference.problem,
        ),
      )
    return this.#resolve(reference, isDefault)
  }

  #resolve(written: ImageReference, isDefault: boolean): Resolved | Refused {
    const status = this.mirrors.statusOf(written.name)
    const source = { ...written, name: this.#sourceName(written.name) }
    const locked = this.lock.lookUp(source)
    if ('problem' in locked) return refused(locked.problem)
    const name = status.as === 'source' ? status.target : written.name
    const problem = this.#unmirrorable(source.name, name)
    if (problem !== undefined) return refused(problem)
    const digest = locked.entry?.value ?? written.digest
    const reason = digest === undefined ? this.allowedTags.reasonFor(source, isDefault) : undefined
    if (digest === undefined && reason === undefined) return refused(this.#unpinned(source))
    const isMirrored = status.as === 'source' || status.as === 'mirrored'
    return {
      outcome: 'resolved',
      image: name === written.name && written.digest !== undefined ? written : this.#image(name, written.tag, digest),
      source: isMirrored ? withTag(source, locked.entry) : undefined,
      reason,
      isCovered: status.as !== 'unknown' || this.mirrors.isEmpty,
    }
  }

  #image(name: string, tag: string | undefined, digest: string | undefined): ImageReference {
    return { name, digest, tag: digest === undefined || this.#keepTag ? tag : undefined }
  }

  /** The name that a mirrored name mirrors; if there are several, one that the lock or an exception knows. */
  #sourceName(name: string): string {
    const sources = this.#sources(name)
    const isKnown = (source: string) => this.lock.knows(source) || this.allowedTags.knows(source)
    return sources.find(isKnown) ?? sources[0] ?? name
  }

  #sources(name: string): readonly string[] {
    const status = this.mirrors.statusOf(name)
    return status.as === 'mirrored' ? status.sources : []
  }

  #unmirrorable(source: string, target: string): Problem | undefined {
    const problem = nameProblem(target)
    if (problem !== undefined) return (details) => findings['invalid-mirror-name'](details, source, target, problem)
    const other = this.#sourceName(target)
    if (canonicalName(other) === canonicalName(source) || target === source) return undefined
    return (details) => findings['shared-mirror-name'](details, source, target, other)
  }

  #unpinned(source: ImageReference): Problem {
    const text = formatReference(source)
    return (details) => findings['missing-digest'](details, text, didYouMean(text, this.lock.keys))
  }
}

/** The source with the tag of its lock entry, if a mirrored name has only a digest left. */
const withTag = (source: ImageReference, entry: Entry<string> | undefined): ImageReference => ({
  ...source,
  digest: entry?.value ?? source.digest,
  tag: source.tag ?? entry?.tag,
})
