import {
  canonicalName,
  type ImageReference,
  InvalidReference,
  parseReference,
} from '../../lib/kubernetes/image-reference.ts'

/** An entry of a configuration map that is keyed by image reference. */
export interface Entry<T> {
  /** As it is written. */
  key: string
  tag: string | undefined
  value: T
}

/**
 * A configuration map keyed by image reference, with or without a tag, in which any spelling of the name finds the entry.
 * A key that is not a reference is never found.
 */
export class ReferenceIndex<T> {
  readonly entries: readonly Entry<T>[]
  readonly #byName = new Map<string, Entry<T>[]>()

  /** `sourceName` gives the name that a mirrored name mirrors, or the name itself. */
  constructor(map: Readonly<Record<string, T>>, sourceName: (name: string) => string) {
    this.entries = Object.entries(map).map(([key, value]) => {
      const reference = parseReference(key)
      if (reference instanceof InvalidReference) return { key, tag: undefined, value }
      const entry = { key, tag: reference.tag, value }
      const name = canonicalName(sourceName(reference.name))
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), entry])
      return entry
    })
  }

  /** Every entry of a repository. */
  of(name: string): Entry<T>[] {
    return this.#byName.get(canonicalName(name)) ?? []
  }

  /** The entry of that tag, or the one without a tag. No tag means `latest`, as it does to a registry client. */
  find({ name, tag }: ImageReference): Entry<T> | undefined {
    const entries = this.of(name)
    const withTag = (wanted: string | undefined) => entries.find((entry) => entry.tag === wanted)
    return tag === undefined ? (withTag(undefined) ?? withTag('latest')) : (withTag(tag) ?? withTag(undefined))
  }

  /** Pairs of entries that name the same image and differ. */
  clashes(): [Entry<T>, Entry<T>][] {
    return [...this.#byName.values()].flatMap((entries) =>
      entries.flatMap((one, index) =>
        entries
          .slice(index + 1)
          .filter((other) => other.tag === one.tag && other.value !== one.value)
          .map((other): [Entry<T>, Entry<T>] => [one, other]),
      ),
    )
  }
}
