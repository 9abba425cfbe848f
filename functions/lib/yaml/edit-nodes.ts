import { isDeepStrictEqual } from 'node:util'
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Scalar,
  visit,
} from 'yaml'
import { ExactInteger } from '../exact-integer.ts'
import { type Fields, isFields } from '../kubernetes/objects.ts'
import { ESCAPED, keyOf, resolve } from './kubernetes-yaml.ts'
import { needsEscapes } from './write-json.ts'

/** Keys as the document holds them, and indices. */
type NodePath = unknown[]

// What some other reader would take for a number or a date: those of YAML 1.1, and Go, which reads 0o17 and 0X1F as numbers.
const AMBIGUOUS =
  /^(?:\.|[-+]?0[bBoOxX][\da-fA-F_]+|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)$/

/** Writes a copy of its own in place of every alias, for edits that must not show in two places. */
export function materialiseAliases(document: Document): void {
  for (let left = true; left; ) {
    left = false
    visit(document, {
      Alias: (_, alias) => {
        left = true
        return copyOf(alias, document)
      },
    })
  }
}

function copyOf(alias: Alias, document: Document): Node {
  const copy = resolve(alias, document).clone() as Node
  if ('anchor' in copy) delete copy.anchor
  return copy
}

/** Edits the node at `path` until it means `after`, touching only what differs. */
export function reconcile(document: Document, path: NodePath, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return
  const node = document.getIn(path, true)
  if (isAlias(node)) document.setIn(path, copyOf(node, document))
  const target = document.getIn(path, true)
  if (isMap(target) && isFields(before) && isFields(after)) reconcileMap(document, path, before, after)
  else if (isSeq(target) && Array.isArray(before) && Array.isArray(after)) reconcileList(document, path, before, after)
  else replace(document, path, target, after)
}

function replace(document: Document, path: NodePath, target: unknown, after: unknown): void {
  const replacement = createNode(document, after)
  // An alias may stand further down, for the same edit or for one that wants it written out.
  if ((isScalar(target) || isCollection(target)) && !isAlias(replacement)) replacement.anchor = target.anchor
  if (isScalar(target) && isScalar(replacement)) {
    const { comment, commentBefore, spaceBefore } = target
    Object.assign(replacement, { comment, commentBefore, spaceBefore })
  }
  document.setIn(path, replacement)
}

function reconcileMap(document: Document, path: NodePath, before: Fields, after: Fields): void {
  const map = document.getIn(path, true)
  const keys = new Map(isMap(map) ? map.items.map(({ key }) => [keyOf(key), isScalar(key) ? key.value : key]) : [])
  const at = (key: string): NodePath => [...path, keys.has(key) ? keys.get(key) : key]
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) document.deleteIn(at(key))
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key) && keys.has(key)) reconcile(document, at(key), before[key], value)
    else if (!Object.hasOwn(before, key) || !isDeepStrictEqual(before[key], value))
      document.setIn(at(key), createNode(document, value))
  }
}

/** Items that stayed keep their nodes: equal ones at both ends, and between them those of the same name. */
function reconcileList(document: Document, path: NodePath, before: unknown[], after: unknown[]): void {
  const target = document.getIn(path, true)
  if (!isCollection(target)) return
  const nodes = [...target.items]
  const last = after.length - 1
  target.items = after.map((value, index) => {
    const from = partner(before, after, index, value, last)
    return from === undefined ? createNode(document, value) : nodes[from]
  })
  after.forEach((value, index) => {
    const from = partner(before, after, index, value, last)
    if (from !== undefined) reconcile(document, [...path, index], before[from], value)
  })
}

function partner(before: unknown[], after: unknown[], index: number, value: unknown, last: number): number | undefined {
  const name = nameOf(value)
  if (name !== undefined) {
    const found = before.findIndex((other) => nameOf(other) === name)
    return found < 0 ? undefined : found
  }
  if (before.length === after.length) return index
  if (isDeepStrictEqual(before[index], value)) return index
  const fromEnd = before.length - 1 - (last - index)
  return fromEnd >= 0 && isDeepStrictEqual(before[fromEnd], value) ? fromEnd : undefined
}

const nameOf = (value: unknown): unknown => (isFields(value) ? value.name : undefined)

/** Nodes for plain data; strings that another reader could take for something else are quoted, with escapes where they need some. */
export function createNode(document: Document, value: unknown): Node {
  const exact = (_: unknown, v: unknown): unknown => (v instanceof ExactInteger ? BigInt(v.digits) : v)
  const node = document.createNode(value, exact) as Node
  visit(node, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value !== 'string') return
      if (AMBIGUOUS.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
      if (needsEscapes(scalar.value)) scalar.format = ESCAPED
    },
  })
  return node
}
