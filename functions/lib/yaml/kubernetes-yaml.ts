import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  type ScalarTag,
  type Tags,
  visit,
  type YAMLMap,
} from 'yaml'
import { exactInteger } from '../exact-integer.ts'
import { type Fields, isFields } from '../kubernetes/objects.ts'
import { MAX_ALIASED_NODES } from './unshare.ts'
import { needsEscapes, writeJson } from './write-json.ts'

// Kubernetes reads YAML 1.1 booleans and octals, but no dates, no base-60 numbers and no ordered maps.
const NOT_OF_KUBERNETES = new Set(['omap', 'pairs', 'set', 'timestamp'].map((name) => `tag:yaml.org,2002:${name}`))
// YAML 1.1 reads a lone dot as a number, but Istio's `exportTo: [.]` is a string, as is the name `e-0`: Kubernetes needs a
// digit too.
const FLOAT = /^[-+]?(?:\.\d[\d_]*|\d[\d_]*\.[\d_]*)$/
const EXPONENT = /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)[eE][-+]?\d+$/
/** The format of a string that is written as JSON, every character that some reader takes for a line break as an escape. */
export const ESCAPED = 'ESCAPED'
const escapedString: ScalarTag = {
  tag: 'tag:yaml.org,2002:str',
  format: ESCAPED,
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (text) => text,
  stringify: ({ value }) => writeJson(value),
}

const kubernetesTags = (tags: Tags): Tags => [
  ...tags
    .filter((tag) => typeof tag === 'string' || !(NOT_OF_KUBERNETES.has(tag.tag) || tag.format === 'TIME'))
    .map((tag) => {
      if (typeof tag === 'string') return tag
      if (tag.test?.test('.')) return { ...tag, test: FLOAT }
      return tag.test?.test('e0') ? { ...tag, test: EXPONENT } : tag
    }),
  escapedString,
]

/** Reads and writes YAML as Kubernetes does. */
export const OPTIONS = {
  version: '1.1',
  customTags: kubernetesTags,
  intAsBigInt: true,
  // The library compares every key of a map with every other; `toPlain` sees a key that is there twice at once.
  uniqueKeys: false,
  aliasDuplicateObjects: false,
} as const

/** Keeps the escapes of double-quoted strings, which the library would write as the characters themselves. `text` is what was parsed. */
export function keepEscapes(document: Document, text: string): void {
  if (!/\\[NLPxuU]/.test(text)) return
  visit(document, {
    Scalar: (_, scalar) => {
      const [start = 0, end = 0] = scalar.range ?? []
      if (scalar.type !== Scalar.QUOTE_DOUBLE || !needsEscapes(String(scalar.value))) return
      if (!needsEscapes(text.slice(start, end))) scalar.format = ESCAPED
    },
  })
}

/** Plain data that shares nothing: an aliased map becomes one copy per place. Throws where a map has a key twice. */
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

/** Reads one YAML text as plain data. Throws YAMLParseError, which says line and column. */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, OPTIONS)
  const [first] = document.errors
  if (first) throw first
  return toPlain(document.contents, document)
}

/** The node that an alias stands for. Throws ReferenceError where there is none. */
export function resolve(alias: Alias, document: Document): Node {
  const node = alias.resolve(document)
  if (!node)
    throw new ReferenceError('found an alias that no anchor is before; write text that begins with * in quotes')
  return node
}

const DECIMAL = /^[-+]?\d+$/
const MAX_UINT64 = 2n ** 64n - 1n
const MIN_INT64 = -(2n ** 63n)

/** What Go's YAML cannot hold as a number is a string: digits of another base beyond 64 bits, and what no double holds. */
function plainScalar({ value, source }: Scalar): unknown {
  if (typeof value === 'number' && !Number.isFinite(value) && /\d/.test(source ?? '')) return source
  if (typeof value !== 'bigint') return value
  const isString = source !== undefined && !DECIMAL.test(source) && (value > MAX_UINT64 || value < MIN_INT64)
  return isString ? source : exactInteger(Number(value), String(value))
}

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
  const written = new Set<string>()
  for (const pair of map.items) {
    if (isMergeKey(pair.key)) continue
    const key = keyOf(pair.key)
    if (written.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} is twice in one map`)
    written.add(key)
    set(key, walk(pair.value))
  }
  return fields
}

const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.type === Scalar.PLAIN && (key.value === '<<' || typeof key.value === 'symbol')
/** A key as it is written: `n` and `8080` are keys, not a boolean and a number. */
export const keyOf = (key: unknown): string => String(isScalar(key) ? (key.source ?? key.value) : key)
