import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import type { BuiltObject } from './documents.ts'
import { withoutHash } from './former-names.ts'
import { maskPair } from './mask.ts'

/** What hardening did to one object. */
export interface ObjectChange {
  change: 'added' | 'changed' | 'removed'
  /** As messages call it: `Deployment mimir/mimir-querier`. */
  object: string
  /** Unified diff of its YAML, with types in place of values that may be secret. */
  diff: string
}

/** What differs between two renderings, object by object, in the order of the hardened one. */
export function diffObjects(
  plain: readonly BuiltObject[],
  hardened: readonly BuiltObject[],
  labels: Labels = { before: 'plain', after: 'hardened' },
): ObjectChange[] {
  const pairs = pair(plain, hardened)
  const kept = new Set(pairs.values())
  const change = changeWith(labels)
  const removed = plain.filter((object) => !kept.has(object)).map((object) => change('removed', object, undefined))
  const others = hardened.flatMap((object) => {
    const before = pairs.get(object)
    if (before?.text === object.text) return []
    return [before ? change('changed', before, object) : change('added', undefined, object)]
  })
  return [...others, ...removed]
}

/** What the two renderings are called. */
interface Labels {
  before: string
  after: string
}

/** The plain object of each hardened one. A generated ConfigMap whose content changed has another hash in its name. */
function pair(plain: readonly BuiltObject[], hardened: readonly BuiltObject[]): Map<BuiltObject, BuiltObject> {
  const pairs = new Map<BuiltObject, BuiltObject>()
  for (const keyOf of [identityOf, identityWithoutHash]) {
    const taken = new Set(pairs.values())
    const free = new Map(plain.filter((object) => !taken.has(object)).map((object) => [keyOf(object), object]))
    for (const object of hardened) {
      const before = free.get(keyOf(object))
      if (pairs.has(object) || !before) continue
      pairs.set(object, before)
      free.delete(keyOf(object))
    }
  }
  return pairs
}

const identityOf = ({ apiVersion, kind, namespace, name }: BuiltObject): string =>
  [apiVersion, kind, namespace, name].join('|')

const identityWithoutHash = (object: BuiltObject): string => identityOf({ ...object, name: withoutHash(object.name) })

const nameOf = ({ kind, namespace, name }: BuiltObject): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`

const changeWith =
  (labels: Labels) =>
  (kind: ObjectChange['change'], before?: BuiltObject, after?: BuiltObject): ObjectChange => {
    const object = after ?? before
    if (!object) throw new Error('a change needs an object')
    const masked = maskPair(before, after)
    const diff = createTwoFilesPatch(
      before ? `${labels.before}/${nameOf(before)}` : '/dev/null',
      after ? `${labels.after}/${nameOf(after)}` : '/dev/null',
      masked.before,
      masked.after,
      undefined,
      undefined,
      { context: 3, headerOptions: FILE_HEADERS_ONLY },
    )
    return { change: kind, object: nameOf(object), diff }
  }
