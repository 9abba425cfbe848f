import { isDeepStrictEqual } from 'node:util'
import {
  type Alias,
  Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  type Tags,
  visit,
  type YAMLMap,
} from 'yaml'
import { type Fields, isFields } from '../kubernetes/object.ts'
import { ExactInteger, exactInteger } from './exact-integer.ts'
import { MAX_ALIASED_NODES } from './unshare.ts'

type Path = (string | number)[]

// Kubernetes reads YAML 1.1 booleans and octals, but no dates, no base-60 numbers and no ordered maps.
const NOT_OF_KUBERNETES = new Set(['omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`))
const kubernetesTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || !(NOT_OF_KUBERNETES.has(tag.tag) || tag.format === 'TIME'))

/** Reads and writes YAML as Kubernetes does. */
export const OPTIONS = {
  version: '1.1',
  customTags: kubernetesTags,
  intAsBigInt: true,
  aliasDuplicateObjects: false,
} as const

// What some other YAML 1.1 reader would take for a base-60 number or a date.
const AMBIGUOUS = /^(?:[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt\s].*)?)$/

/** One item as people write it: comments, anchors and order are kept through an edit. */
export interface PeopleItem {
  object: unknown
  /** The text of the item with `after` in place of `object`. */
  encode(after: unknown): string
}

/** Reads the text of one `- ` item. Throws YAMLParseError, which says line and column. */
export function readPeopleItem(text: string): PeopleItem {
  const parse = (): Document => {
    const document = parseDocument(text, OPTIONS)
    const [first] = document.errors
    if (first) throw first
    return document
  }
  const document = parse()
  const before = toPlain(document.contents, document)
  return {
    object: Array.isArray(before) ? before[0] : before,
    encode: (object) => {
      const after = [object]
      for (const prepare of [keepAnchors, materialiseAliases]) {
        const edited = parse()
        prepare(edited)
        reconcile(edited, [], toPlain(edited.contents, edited), after)
        if (isDeepStrictEqual(toPlain(edited.contents, edited), after)) return toText(edited, text)
      }
      return toText(new Document(after, OPTIONS), text)
    },
  }
}

/** A new item in block YAML. */
export const writePeopleItem = (object: unknown): string => {
  const document = new Document([] as unknown[], OPTIONS)
  document.contents = createNode(document, [object]) as typeof document.contents
  return toText(document, '')
}

const LIST_UNDER_KEY = /^( *(?:- )*)[^\s#-].*:[ ]*\r?\n( *)- /gm

function toText(document: Document, source: string): string {
  return document.toString({
    lineWidth: 0,
    flowCollectionPadding: /[[{] \S/.test(source),
    indentSeq: [...source.matchAll(LIST_UNDER_KEY)].some(([, key = '', item = '']) => item.length > key.length),
  })
}

/** Plain data that shares nothing: an aliased map becomes one copy per place. */
export function toPlain(root: unknown, document: Document): unknown {
  let aliased = 0
  const walk = (node: unknown, inAlias: boolean): unknown => {
    if (inAlias && ++aliased > MAX_ALIASED_NODES)
      throw new RangeError(`aliases stand for more than ${MAX_ALIASED_NODES} nodes`)
    if (isAlias(node)) return walk(resolve(node, document), true)
    if (isSeq(node)) return node.items.map((item) => walk(item, inAlias))
    if (isMap(node)) return plainMap(node, (value) => walk(value, inAlias))
    if (isPair(node)) return walk(node.value, inAlias)
    return isScalar(node) ? plainScalar(node) : node
  }
  return walk(root, false)
}

function resolve(alias: Alias, document: Document): Node {
  const node = alias.resolve(document)
  if (!node) throw new ReferenceError(`found alias *${alias.source}, expected an anchor &${alias.source} before it`)
  return node
}

const plainScalar = (scalar: Scalar): unknown =>
  typeof scalar.value === 'bigint' ? exactInteger(Number(scalar.value), String(scalar.value)) : scalar.value

function plainMap(map: YAMLMap, walk: (node: unknown) => unknown): Fields {
  const fields: Fields = {}
  const set = (key: string, value: unknown): void => {
    Object.defineProperty(fields, key, { value, writable: true, enumerable: true, configurable: true })
  }
  for (const pair of map.items) {
    if (!isMergeKey(pair.key)) continue
    const sources = walk(pair.value)
    for (const source of Array.isArray(sources) ? sources.toReversed() : [sources])
      for (const [key, value] of Object.entries(isFields(source) ? source : {})) set(key, value)
  }
  for (const pair of map.items) if (!isMergeKey(pair.key)) set(keyOf(pair.key), walk(pair.value))
  return fields
}

const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && (key.value === '<<' || typeof key.value === 'symbol')
const keyOf = (key: unknown): string => String(isScalar(key) ? (key.source ?? key.value) : key)

const keepAnchors = (): void => undefined

function materialiseAliases(document: Document): void {
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
function reconcile(document: Document, path: Path, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return
  const node = document.getIn(path, true)
  if (isAlias(node)) document.setIn(path, copyOf(node, document))
  const target = document.getIn(path, true)
  if (isMap(target) && isFields(before) && isFields(after)) reconcileMap(document, path, before, after)
  else if (isSeq(target) && Array.isArray(before) && Array.isArray(after)) reconcileList(document, path, before, after)
  else replace(document, path, target, after)
}

function replace(document: Document, path: Path, target: unknown, after: unknown): void {
  const replacement = createNode(document, after)
  if (isScalar(target) && isScalar(replacement)) {
    const { comment, commentBefore, spaceBefore } = target
    Object.assign(replacement, { comment, commentBefore, spaceBefore })
  }
  document.setIn(path, replacement)
}

function reconcileMap(document: Document, path: Path, before: Fields, after: Fields): void {
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) document.deleteIn([...path, key])
  for (const [key, value] of Object.entries(after)) {
    const own = document.hasIn([...path, key])
    if (Object.hasOwn(before, key) && own) reconcile(document, [...path, key], before[key], value)
    else if (!Object.hasOwn(before, key) || !isDeepStrictEqual(before[key], value))
      document.setIn([...path, key], createNode(document, value))
  }
}

/** Items that stayed keep their nodes: equal ones at both ends, and between them those of the same name. */
function reconcileList(document: Document, path: Path, before: unknown[], after: unknown[]): void {
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

/** Nodes for plain data; strings that another reader could take for something else are quoted. */
function createNode(document: Document, value: unknown): Node {
  const exact = (_: unknown, v: unknown): unknown => (v instanceof ExactInteger ? BigInt(v.digits) : v)
  const node = document.createNode(value, exact) as Node
  visit(node, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string' && AMBIGUOUS.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE
    },
  })
  return node
}
