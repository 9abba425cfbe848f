import { familiarName, spellingsOf } from '../../lib/kubernetes/image-reference.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'

/** What the policy says about a name. */
export type NameStatus =
  /** Already under a mirror; `sources` are the names that it can mirror: one, unless prefixes share a target. */
  | { as: 'mirrored'; sources: readonly string[] }
  /** To be pulled from `target`. */
  | { as: 'source'; target: string }
  | { as: 'internal' }
  /** No prefix of the policy matches. */
  | { as: 'unknown' }

/** Stands for every name that no longer prefix matches. Not '': Kustomize cannot merge an empty key. */
const ANY = '*'

interface MirrorRule {
  prefix: string
  /** undefined for an internal prefix. */
  target: string | undefined
}

/** Tells for every name whether it is mirrored, internal, or to be mirrored, and under which name. */
export class Mirrors {
  readonly #rules: readonly MirrorRule[]
  readonly #statuses = new Map<string, NameStatus>()

  constructor({ mirrors, internal }: Pick<ImageMirrorDigestSpec, 'mirrors' | 'internal'>) {
    this.#rules = [
      ...Object.keys(internal).map((prefix) => ({ prefix, target: undefined })),
      ...Object.entries(mirrors).map(([prefix, target]) => ({ prefix, target })),
    ]
  }

  /** Does the policy mirror no name at all? */
  get isEmpty(): boolean {
    return this.#rules.every(({ target }) => target === undefined)
  }

  statusOf(name: string): NameStatus {
    const known = this.#statuses.get(name)
    if (known) return known
    const status = this.#mirrored(name) ?? this.#unmirrored(name)
    this.#statuses.set(name, status)
    return status
  }

  /** A name under a target, and its possible sources: those that the rules send there, if there are any. */
  #mirrored(name: string): NameStatus | undefined {
    const candidates = this.#rules
      .flatMap(({ prefix, target }) => {
        const rest = target === undefined ? undefined : restAfter(target, name)
        return target === undefined || rest === undefined || (prefix === ANY && rest === '')
          ? []
          : { target, source: join(prefix === ANY ? '' : prefix, rest) }
      })
      .filter(({ target }) => !this.#isInternalWithin(target, name))
      .sort((a, b) => b.target.length - a.target.length)
      .map(({ source }) => source)
    if (candidates.length === 0) return undefined
    const sources = candidates.filter((candidate) => this.#goesTo(candidate, name))
    return { as: 'mirrored', sources: sources.length > 0 ? sources : candidates }
  }

  /** Is the name under an internal prefix that is longer than the target, as an image of one's own next to the mirrored ones? */
  #isInternalWithin(mirror: string, name: string): boolean {
    return this.#rules.some(
      ({ prefix, target }) =>
        target === undefined && prefix !== mirror && isUnder(prefix, mirror) && isUnder(name, prefix),
    )
  }

  #goesTo(source: string, name: string): boolean {
    const status = this.#unmirrored(source)
    return status.as === 'source' && status.target === name
  }

  #unmirrored(name: string): NameStatus {
    const [best] = this.#rules
      .flatMap((rule) => ({ ...rule, rest: restAfter(rule.prefix, name) }))
      .filter(({ rest }) => rest !== undefined)
      .sort(
        (a, b) =>
          Number(a.prefix === ANY) - Number(b.prefix === ANY) ||
          (a.rest ?? '').length - (b.rest ?? '').length ||
          b.prefix.length - a.prefix.length,
      )
    if (best === undefined) return { as: 'unknown' }
    return best.target === undefined ? { as: 'internal' } : { as: 'source', target: join(best.target, best.rest ?? '') }
  }
}

/**
 * What follows a prefix in a name; undefined if the prefix does not match. It depends on the image alone, not on how
 * its name is spelled: `nginx` and `index.docker.io/library/nginx` both leave `library/nginx` after `docker.io`, and
 * `nginx` after `*`.
 */
function restAfter(prefix: string, name: string): string | undefined {
  if (prefix === ANY) return familiarName(name)
  const spelling = spellingsOf(name).find((candidate) => isUnder(candidate, prefix))
  return spelling?.slice(prefix.length + 1)
}

const isUnder = (name: string, prefix: string): boolean =>
  name === prefix || name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)

const join = (prefix: string, rest: string): string => [prefix, rest].filter((part) => part !== '').join('/')
