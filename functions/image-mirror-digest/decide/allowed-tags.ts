import { hasPlaceholder, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import { placeholderWithDefault } from './placeholder.ts'
import { ReferenceIndex } from './reference-index.ts'

type Exceptions = ImageMirrorDigestSpec['allowTag']

/** The images that may run without a digest, and the placeholders that may stay, each with its reason. */
export class AllowedTags {
  readonly #exceptions: Exceptions
  readonly #written: ReferenceIndex<{ key: string; reason: string }>
  /** Defaults of placeholders, which their keys contain in full. */
  readonly #defaults: ReferenceIndex<{ key: string; reason: string }>
  readonly #placeholders = new Map<string, string>()
  readonly #used = new Set<string>()

  /** `sourceName` gives the name that a mirrored name mirrors, or the name itself. */
  constructor(exceptions: Exceptions, sourceName: (name: string) => string) {
    this.#exceptions = exceptions
    const entries = Object.entries(exceptions).map(([key, { reason }]) => [key, { key, reason }] as const)
    this.#written = new ReferenceIndex(Object.fromEntries(entries), sourceName)
    const defaults = entries.flatMap(([key, entry]) => {
      const placeholder = placeholderWithDefault(key)
      return placeholder ? [[placeholder.default, entry] as const] : []
    })
    this.#defaults = new ReferenceIndex(Object.fromEntries(defaults), sourceName)
    for (const key of Object.keys(exceptions)) this.#placeholders.set(identityOf(key), key)
  }

  /** Keys that no image of the build needed. */
  get unused(): string[] {
    return Object.keys(this.#exceptions).filter((key) => !this.#used.has(key))
  }

  /** Is there an exception for the repository, of whichever tag? */
  knows(name: string): boolean {
    return this.#written.of(name).length > 0 || this.#defaults.of(name).length > 0
  }

  /** Why this image may run by its tag; undefined if it may not. */
  reasonFor(source: ImageReference, isDefault: boolean): string | undefined {
    const entry = this.#written.find(source) ?? (isDefault ? this.#defaults.find(source) : undefined)
    if (entry) this.#used.add(entry.value.key)
    return entry?.value.reason
  }

  /** Why a text may stay as it is, such as a placeholder or the URL of a repository; undefined if it may not. */
  reasonForText(text: string): string | undefined {
    const key = this.#placeholders.get(identityOf(text))
    if (key === undefined) return undefined
    this.#used.add(key)
    return this.#exceptions[key]?.reason
  }
}

/** A placeholder stays the same one when its default is mirrored and pinned. */
function identityOf(text: string): string {
  const placeholder = hasPlaceholder(text) ? placeholderWithDefault(text) : undefined
  return placeholder ? `\${${placeholder.variable}}` : text
}
