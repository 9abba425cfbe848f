import { canonicalName, splitName } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'

/** Where a name stands in the policy. */
export type Standing =
  /** Already under a mirror; `sources` is what it can be the mirror of: one name, unless prefixes share a target. */
  | { as: 'mirrored'; sources: readonly string[] }
  /** To be pulled from `target`. */
  | { as: 'source'; target: string }
  | { as: 'internal' }
  /** No prefix of the policy matches. */
  | { as: 'unknown' }

/** Every name that no longer prefix matches. Not '': Kustomize cannot merge an empty key. */
const ANY = '*'

interface Rule {
  prefix: string
  /** undefined for an internal prefix. */
  target: string | undefined
}

/** Says of every name whether it is mirrored, internal, or to be mirrored, and where to. */
export class Mirrors {
  readonly #rules: readonly Rule[]
  readonly #standings = new Map<string, Standing>()

  constructor({ mirrors, internal }: Pick<ImageMirrorDigestSpec, 'mirrors' | 'internal'>) {
    this.#rules = [
      ...Object.keys(internal).map((prefix) => ({ prefix, target: undefined })),
      ...Object.entries(mirrors).map(([prefix, target]) => ({ prefix, target })),
    ]
  }

  /** Does the policy send no name anywhere? */
  get isEmpty(): boolean {
    return this.#rules.every(({ target }) => target === undefined)
  }

  standing(name: string): Standing {
    const known = this.#standings.get(name)
    if (known) return known
    const standing = this.#mirrored(name) ?? this.#unmirrored(name)
    this.#standings.set(name, standing)
    return standing
  }

  /** A name under a target, and of the sources that it could have those that the rules send there. */
  #mirrored(name: string): Standing | undefined {
    const candidates = this.#rules
      .filter(({ prefix, target }) => target !== undefined && isUnder(name, prefix === ANY ? `${target}/` : target))
      .filter(({ target = '' }) => !this.#isInternalWithin(target, name))
      .sort((a, b) => (b.target ?? '').length - (a.target ?? '').length)
      .map(({ prefix, target = '' }) => join(prefix === ANY ? '' : prefix, name.slice(target.length + 1)))
    if (candidates.length === 0) return undefined
    const sources = candidates.filter((candidate) => this.#goesTo(candidate, name))
    return { as: 'mirrored', sources: sources.length > 0 ? sources : candidates }
  }

  /** Is the name under an internal prefix that is longer than the target, as an own image beside the mirrored ones? */
  #isInternalWithin(mirror: string, name: string): boolean {
    return this.#rules.some(
      ({ prefix, target }) =>
        target === undefined && prefix !== mirror && isUnder(prefix, mirror) && isUnder(name, prefix),
    )
  }

  #goesTo(source: string, name: string): boolean {
    const standing = this.#unmirrored(source)
    return standing.as === 'source' && standing.target === name
  }

  #unmirrored(name: string): Standing {
    const [best] = this.#rules
      .flatMap((rule) => ({ ...rule, rest: restAfter(rule.prefix, name) }))
      .filter(({ rest }) => rest !== undefined)
      .sort((a, b) => (a.rest ?? '').length - (b.rest ?? '').length || b.prefix.length - a.prefix.length)
    if (best === undefined) return { as: 'unknown' }
    return best.target === undefined ? { as: 'internal' } : { as: 'source', target: join(best.target, best.rest ?? '') }
  }
}

/** What follows a prefix in a name, in the spelling nearest to the one written; undefined where the prefix is another. */
function restAfter(prefix: string, name: string): string | undefined {
  if (prefix === ANY) return name
  const spelling = spellings(name).find((candidate) => isUnder(candidate, prefix))
  return spelling?.slice(prefix.length + 1)
}

/** The ways in which people write a name, as it is written first: Docker Hub and its `library` are often left out. */
function spellings(name: string): string[] {
  const { host, path } = splitName(canonicalName(name))
  if (host !== 'docker.io') return [name]
  const short = path.replace(/^library\//, '')
  return [name, `${host}/${short}`, `${host}/${path}`, short, path]
}

const isUnder = (name: string, prefix: string): boolean =>
  name === prefix || name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)

const join = (prefix: string, rest: string): string => [prefix, rest].filter((part) => part !== '').join('/')
