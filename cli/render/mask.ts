import { isMap, isScalar, isSeq, parseDocument, type Scalar } from 'yaml'
import { isConfidentialKey } from '../../functions/lib/framework/confidential.ts'
import { nameOfType } from '../../functions/lib/kubernetes/type-check.ts'
import type { BuiltObject } from './documents.ts'

/** A value that may be secret, and where it is: names of list items in place of their indices, which insertions shift. */
interface Confidential {
  scalar: Scalar
  path: string
}

/**
 * The YAML of an object before and after hardening, with the types of values in place of those that may be secret. A
 * value of `after` that `before` does not have at the same place is `<another string>`, so that the change shows.
 */
export function maskPair(before?: BuiltObject, after?: BuiltObject): { before: string; after: string } {
  const old = before && confidentialIn(before)
  const known = new Set(old?.map(keyOf))
  const isOther = (one: Confidential): boolean => old !== undefined && !known.has(keyOf(one))
  return {
    before: before && old ? mask(before.text, old, () => false) : '',
    after: after ? mask(after.text, confidentialIn(after), isOther) : '',
  }
}

const keyOf = ({ path, scalar }: Confidential): string => JSON.stringify([path, String(scalar.value)])

function mask(text: string, found: readonly Confidential[], isOther: (one: Confidential) => boolean): string {
  const parts: string[] = []
  let copied = 0
  for (const one of found) {
    const [start, end] = one.scalar.range ?? [0, 0]
    const newline = text.slice(start, end).endsWith('\n') ? '\n' : ''
    parts.push(text.slice(copied, start), `<${nameIn(one, isOther(one))}>${newline}`)
    copied = end
  }
  return parts.join('') + text.slice(copied)
}

const nameIn = ({ scalar }: Confidential, isOther: boolean): string =>
  isOther ? nameOfType(scalar.value).replace(/^an? /, 'another ') : nameOfType(scalar.value)

/** In the order of the text. */
function confidentialIn({ text, kind }: BuiltObject): Confidential[] {
  const { contents } = parseDocument(text)
  return contents ? within(contents, '', (path) => isConfidentialKey(keyAt(path)) && !isShown(kind, path)) : []
}

type IsSecret = (path: string) => boolean

function within(node: unknown, path: string, isSecret: IsSecret): Confidential[] {
  if (isScalar(node)) return isSecret(path) ? [{ scalar: node, path }] : []
  if (isSeq(node))
    return node.items.flatMap((item) => within(item, `${path}[${nameOfItem(item)}]`, below(path, isSecret)))
  if (!isMap(node)) return []
  return node.items.flatMap(({ key, value }) => {
    const inner = `${path}.${isScalar(key) ? key.value : key}`
    return isNameOfVariable(inner, value) ? [] : within(value, inner, below(path, isSecret))
  })
}

/** All that is below what may be secret may be secret. */
const below = (path: string, isSecret: IsSecret): IsSecret => (isSecret(path) ? () => true : isSecret)

const keyAt = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** What a ConfigMap holds is no secret by its kind, and is what a reviewer wants to see. */
const isShown = (kind: string, path: string): boolean => kind === 'ConfigMap' && /^\.(?:data|binaryData)$/.test(path)

const isNameOfVariable = (path: string, value: unknown): boolean =>
  /\.env\[[^\]]*\]\.name$/.test(path) && isScalar(value)

const nameOfItem = (item: unknown): string => (isMap(item) ? String(item.get('name') ?? '') : '')
