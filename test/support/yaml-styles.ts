import { isDeepStrictEqual } from 'node:util'
import {
  Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type ToStringOptions,
  visit,
} from 'yaml'
import { ESCAPED, OPTIONS, parseYaml } from '../../functions/lib/yaml/kubernetes-yaml.ts'
import { asLinesOfGo, requireOneReading } from '../../functions/lib/yaml/line-breaks.ts'
import { needsEscapes } from '../../functions/lib/yaml/write-json.ts'

/**
 * Ways to write one value in YAML: every style means the same to Kubernetes. Each gives the lines of an item of a
 * ResourceList, with its `- ` at column 0 and a line break at the end.
 */
export const STYLES: Readonly<Record<string, (value: unknown) => string>> = {
  block: (value) => canonical(value),
  'indented sequences': (value) => item(write(value, {})),
  'indented by four': (value) => item(write(value, { indent: 4 })),
  flow: (value) => item(write(value, { collectionStyle: 'flow' })),
  'JSON on one line': (value) => json(value),
  'JSON over lines': (value) => item(`${JSON.stringify(value, null, 2)}\n`),
  'single quotes': (value) => item(write(value, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' })),
  'double quotes': (value) => item(write(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })),
  'quoted keys': (value) => item(write(value, { defaultKeyType: 'QUOTE_DOUBLE' })),
  'literal blocks': (value) => item(write(value, { defaultStringType: 'BLOCK_LITERAL', defaultKeyType: 'PLAIN' })),
  'folded blocks': (value) => item(write(value, { defaultStringType: 'BLOCK_FOLDED', defaultKeyType: 'PLAIN' })),
  'short lines': (value) => item(write(value, { lineWidth: 20 })),
  anchors: (value) => item(write(shared(value), { indentSeq: false }, { aliasDuplicateObjects: true })),
  comments: (value) => `# above: the item\n${item(write(value, {}, {}, comment))}`,
  // None above the item: it would be the end of a block scalar that keeps its line breaks in the item before.
  'blank lines': (value) => item(write(value, {}, {}, space).trimStart()),
  'explicit keys': (value) => item(write(value, {}, {}, explain)),
  tags: (value) => item(write(value, {}, {}, tag)),
  'escaped letters': (value) => item(escaped(JSON.stringify(value))),
  'a dash alone': (value) => `-\n${indented(write(value, { indentSeq: false }))}`,
  CRLF: (value) => item(write(value, { indentSeq: false })).replaceAll('\n', '\r\n'),
}

/**
 * An item in a style of the table, or as JSON where the library that writes it loses a part of a string in that style: lines
 * of spaces in block scalars, and line breaks where it folds. Throws for any other style.
 */
export function inStyle(style: string, value: unknown): string {
  const writer = STYLES[style]
  if (!writer) throw new Error(`expected a style of ${Object.keys(STYLES).join(', ')}, found ${style}`)
  const text = writer(value)
  const document = parseDocument(text, { ...OPTIONS, intAsBigInt: false })
  const isWhole = isDeepStrictEqual(document.toJS({ maxAliasCount: -1 }), [value])
  return isWhole && isOneReading(text) ? text : json(value)
}

/** Does the library split the text into the same lines as Go? */
function isOneReading(text: string): boolean {
  try {
    requireOneReading(parseYaml(text), parseYaml(asLinesOfGo(text)))
    return true
  } catch {
    return false
  }
}

type Edit = (node: Node | Pair) => void

function write(value: unknown, style: ToStringOptions, options: object = {}, edit?: Edit): string {
  const document = new Document(value, { ...OPTIONS, ...options })
  if (edit)
    visit(document, (_, node) => {
      if (isPair(node) || isScalar(node) || isMap(node) || isSeq(node)) edit(node)
    })
  return document.toString({ lineWidth: 0, ...style })
}

const json = (value: unknown): string => item(`${JSON.stringify(value)}\n`)

/** As Kustomize prints an item. */
export const canonical = (value: unknown): string => item(write(value, { indentSeq: false }, {}, escapeBreaks))

// Not `^` with the flag m, which is after U+2028 too.
const indented = (text: string): string => text.replaceAll(/(^|\n)(?=[^\n])/g, '$1  ')

const item = (text: string): string => indented(text).replace('  ', '- ')

const keyOf = (node: Node | Pair): Scalar | undefined => (isPair(node) && isScalar(node.key) ? node.key : undefined)

/** Comments above keys, which look like keys themselves, and next to numbers and strings of one line. */
const comment: Edit = (node) => {
  const key = keyOf(node)
  if (key) key.commentBefore = ` kind: ${key.value}`
  if (isPair(node) && isScalar(node.value) && !String(node.value.value).includes('\n')) node.value.comment = ' - why'
}
const space: Edit = (node) => {
  const key = keyOf(node)
  if (key) key.spaceBefore = true
}
/** A comment next to a key makes it one of `? key`. */
const explain: Edit = (node) => {
  const key = keyOf(node)
  if (key) key.comment = ' key'
}
/** Go breaks such strings into lines of their own; escapes mean the same to every reader. */
const escapeBreaks: Edit = (node) => {
  for (const scalar of [node, ...(isPair(node) ? [node.key, node.value] : [])])
    if (isScalar(scalar) && typeof scalar.value === 'string' && needsEscapes(scalar.value)) scalar.format = ESCAPED
}
const tag: Edit = (node) => {
  if (isScalar(node) && typeof node.value === 'string') node.tag = '!!str'
}

/** JSON in which the first letter of every string is an escape. */
const escaped = (json: string): string =>
  `${json.replaceAll(/"([a-z])((?:[^"\\]|\\.)*)"/g, (_, first: string, rest: string) => `"\\x${first.charCodeAt(0).toString(16)}${rest}"`)}\n`

/** Plain data in which maps that are equal are one. */
function shared(value: unknown, known = new Map<string, unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value
  const text = JSON.stringify(value)
  const before = known.get(text)
  if (before !== undefined) return before
  const copy = Array.isArray(value)
    ? value.map((each) => shared(each, known))
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shared(each, known)]))
  known.set(text, copy)
  return copy
}
