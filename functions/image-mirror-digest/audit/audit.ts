import { type Finding, info, warning } from '../../lib/framework/finding.ts'
import { matchesPattern } from '../../lib/framework/match.ts'
import { InvalidReference, parseReference, splitName } from '../../lib/kubernetes/image-reference.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { ImageMirrorDigestSpec } from '../config.ts'
import type { Mirrors } from '../decide/mirrors.ts'
import type { FieldPath } from '../places/field-pattern.ts'
import { imageSaid, maySayImage } from './image-fields.ts'
import { eachString } from './strings.ts'

/** Registries that public images come from. */
const KNOWN_HOSTS = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'index.docker.io',
  'mcr.microsoft.com',
  'nvcr.io',
  'public.ecr.aws',
  'quay.io',
  'registry-1.docker.io',
  'registry.k8s.io',
]

const TAG_OR_DIGEST = '(?::\\w(?:[\\w.-]{0,126}\\w)?)?(?:@[a-z0-9]+:[a-f0-9]{32,})?'
const PATH = '(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)'
const END = '(?=$|[\\s"\'`,;)}\\]<|&\\\\]|\\.(?:\\s|$))'

type Spec = Pick<ImageMirrorDigestSpec, 'mirrors' | 'digests' | 'auditExceptions'>

/**
 * Looks for images that no place holds: strings that name a known source registry or a repository of the lock, and those
 * that their field says to be one.
 */
export class Audit {
  readonly #spec: Spec
  /** What an item must hold to be worth reading; cheap, since it meets every byte of the input. */
  readonly #clue: RegExp
  readonly #reference: RegExp

  constructor(spec: Spec) {
    this.#spec = spec
    const names = [...Object.entries(spec.mirrors).flat(), ...Object.keys(spec.digests)].map(nameOf)
    const hosts = [...new Set([...KNOWN_HOSTS, ...names.flatMap((name) => splitName(`${name}/`).host ?? [])])]
    const locked = [...new Set(Object.keys(spec.digests).flatMap(clueOf))]
    const starts = [hosts.map((host) => `${literally(host)}${PATH}+`), locked.map(literally)].flat()
    this.#clue = new RegExp([...hosts.map((host) => `${host}/`), ...locked].map(literally).join('|'))
    this.#reference = new RegExp(`(?<![\\w./@:-])(?:${starts.join('|')})${TAG_OR_DIGEST}${END}`, 'g')
  }

  mayHold(text: string): boolean {
    return this.#clue.test(text) || maySayImage(text)
  }

  /** A finding for each suspicious string of an object. `settled` are the references that the function has dealt with. */
  findingsOf(object: KubernetesObject, mirrors: Mirrors, settled: ReadonlySet<string>): Finding[] {
    if (object.kind === 'CustomResourceDefinition') return []
    const findings: Finding[] = []
    eachString(object, (value, path) => {
      if (settled.has(value)) return
      const said = imageSaid(object, path, value)
      const others = /[/:]/.test(value) && this.#clue.test(value) ? this.#referencesIn(value) : []
      for (const text of said === undefined ? others : [said])
        if (!settled.has(text) && isFromSource(text, mirrors)) findings.push(this.#report(object, path, text))
    })
    return findings
  }

  /** In a longer text only what has a tag or digest: prose and paths name repositories too. */
  #referencesIn(value: string): string[] {
    const text = value.includes('\n') ? value.replace(/(^|\s)#.*$/gm, '$1') : value
    return [...text.matchAll(this.#reference)]
      .filter(({ 0: found, index }) => /[:@][^/]*$/.test(found) || isAlone(text, found, index))
      .map(({ 0: found }) => found)
  }

  #report(object: KubernetesObject, path: FieldPath, text: string): Finding {
    const details = { object, field: { path: formatPath(path), currentValue: text } }
    const exception = Object.entries(this.#spec.auditExceptions).find(([pattern]) => matchesPattern(pattern, text))
    if (exception) return info(`found ${text}, which no pod runs: ${exception[1].reason}`, details)
    return warning(
      `found ${text}, which looks like an image that nothing has mirrored and pinned; name its place under places, or except it in auditExceptions with a reason`,
      details,
    )
  }
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const nameOf = (key: string): string => {
  const reference = parseReference(key)
  return reference instanceof InvalidReference ? key : reference.name
}

/**
 * What gives away an image of the lock that names no registry: its repository, or where that is one word, as `redis` of
 * `redis:6379` is too, the whole of the key.
 */
function clueOf(key: string): string[] {
  const name = nameOf(key)
  if (splitName(name).host !== undefined) return []
  if (name.includes('/')) return [name]
  return name === key ? [] : [key]
}

/** The whole of a value, or of what stands behind `--flag=` or `KEY=`. */
const isAlone = (text: string, found: string, index: number): boolean =>
  index + found.length === text.length && (index === 0 || /^[\w.-]+=$/.test(text.slice(0, index)))

/** A name to be mirrored, one that no prefix knows, or a mirrored one that only its tag tells; without mirrors, an unpinned one. */
function isFromSource(text: string, mirrors: Mirrors): boolean {
  const reference = parseReference(text)
  if (reference instanceof InvalidReference) return false
  const { as } = mirrors.standing(reference.name)
  if (as === 'source' || as === 'internal') return as === 'source'
  return reference.digest === undefined || (as === 'unknown' && !mirrors.isEmpty)
}
