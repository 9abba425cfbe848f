import { isConfidential } from '../../lib/framework/confidential.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { matchesPattern } from '../../lib/framework/match.ts'
import { InvalidReference, parseReference, splitName } from '../../lib/kubernetes/image-reference.ts'
import { type FieldPath, formatPath, isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import type { Mirrors } from '../decide/mirrors.ts'
import { findings } from '../findings.ts'
import { imageByField, mayHaveImageField } from './image-fields.ts'
import { References } from './references.ts'
import { eachString } from './strings.ts'

type Spec = Pick<ImageMirrorDigestSpec, 'mirrors' | 'digests' | 'auditExceptions'>

/**
 * Looks for images outside of the known places: strings that name a known source registry or a repository of the lock, and
 * strings in a field that is named like one for images.
 */
export class Audit {
  readonly #exceptions: Spec['auditExceptions']
  readonly #references: References

  constructor(spec: Spec) {
    this.#exceptions = spec.auditExceptions
    const names = [...Object.entries(spec.mirrors).flat(), ...Object.keys(spec.digests).map(nameOf)]
    this.#references = new References(
      names.flatMap((name) => splitName(`${name}/`).host ?? []),
      Object.keys(spec.digests).flatMap(clueOf),
    )
  }

  mayHold(text: string): boolean {
    return this.#references.mayBeIn(text) || mayHaveImageField(text)
  }

  /** A finding for each suspicious string of an object. `decided` are the references that the function has dealt with. */
  findingsOf(object: KubernetesObject, mirrors: Mirrors, decided: ReadonlySet<string>): Finding[] {
    if (object.kind === 'CustomResourceDefinition') return []
    const found: Finding[] = []
    eachString(object, (value, path) => {
      if (decided.has(value)) return
      const image = imageByField(object, path, value)
      for (const text of image === undefined ? this.#references.in(value) : [image])
        if (!decided.has(text) && isFromSource(text, mirrors)) found.push(this.#report(object, path, text))
    })
    return found
  }

  #report(object: KubernetesObject, path: FieldPath, text: string): Finding {
    const isSecret = isKind(object, '', 'Secret')
    const at = formatPath(path)
    const details = { object, field: { path: at, ...(!isSecret && { currentValue: text }) } }
    const shown = isSecret ? 'a value' : isConfidential(at, text) ? withoutName(text) : text
    const exception = Object.entries(this.#exceptions).find(([pattern]) => matchesPattern(pattern, text))
    return exception
      ? findings['unknown-image-allowed'](details, shown, exception[1].reason)
      : findings['unknown-image'](details, shown)
  }
}

/** What an image in a field that may hold secrets is called: its registry, which is one that is known. */
function withoutName(text: string): string {
  const host = splitName(nameOf(text)).host
  return host === undefined ? 'a value' : `a value that names ${host}`
}

/** Repository and host of a lock key, without its tag. */
function nameOf(key: string): string {
  const reference = parseReference(key)
  return reference instanceof InvalidReference ? key : reference.name
}

/**
 * What reveals an image of the lock that names no registry: its repository; or the whole key if the repository is one word,
 * because `redis` is also part of `redis:6379`.
 */
function clueOf(key: string): string[] {
  const name = nameOf(key)
  if (splitName(name).host !== undefined) return []
  if (name.includes('/')) return [name]
  return name === key ? [] : [key]
}

/** A name to be mirrored, a name that no prefix matches, or a mirrored one without a digest; without mirrors, one without a digest. */
function isFromSource(text: string, mirrors: Mirrors): boolean {
  const reference = parseReference(text)
  if (reference instanceof InvalidReference) return false
  const { as } = mirrors.statusOf(reference.name)
  if (as === 'source' || as === 'internal') return as === 'source'
  return reference.digest === undefined || (as === 'unknown' && !mirrors.isEmpty)
}
