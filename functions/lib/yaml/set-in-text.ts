import { isDeepStrictEqual } from 'node:util'
import type { Document, Node, Pair, YAMLMap } from 'yaml'
import { didYouMean } from '../framework/did-you-mean.ts'
import { type FieldPath, type Fields, formatPath, isFields } from '../kubernetes/objects.ts'
import { parserReason } from './parser-reason.ts'
import { applyEdits, editsFor, type NodeInText } from './text-edits.ts'
import { load, type TextValue, type Yaml, YamlTextError } from './text-values.ts'

/**
 * The value at a path of a YAML (or JSON) text, merge keys and aliases resolved; undefined where the text has no such
 * path. Throws YamlTextError where the text is not one YAML document.
 */
export async function readYamlText(text: string, path: FieldPath): Promise<unknown> {
  return plainAt(toPlain(parse(await load(), text)), path)
}

/**
 * The text with another value at a path: a scalar, or a list of scalars. Every other byte stays as it was, and of a
 * list the items that stay, with their quotes and comments.
 * Throws YamlTextError where the path does not exist, where it leads through an alias, or where the edit would change
 * another place too, because an anchor shares the value.
 */
export async function setInYamlText(text: string, path: FieldPath, value: TextValue): Promise<string> {
  const yaml = await load()
  const document = parse(yaml, text)
  const place = locate(yaml, document, path)
  const before = toPlain(document)
  if (isDeepStrictEqual(plainAt(before, path), value)) return text
  const after = applyEdits(text, editsFor(yaml, text, place, value))
  if (!means(yaml, after, withValue(before, path, value)))
    throw new YamlTextError(
      `${formatPath(path)}: cannot be set alone, because an anchor shares it with another place or a tag fixes its type; write the value out where it is`,
    )
  return after
}

function means(yaml: Yaml, text: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(toPlain(parse(yaml, text)), value)
  } catch (cause) {
    if (cause instanceof YamlTextError) return false
    throw cause
  }
}

function parse(yaml: Yaml, text: string): Document.Parsed {
  // Its warnings would go to stderr, of which every line is a finding.
  const document = parsed(() => yaml.parseDocument(text, { merge: true, keepSourceTokens: true, logLevel: 'error' }))
  const [first] = document.errors
  if (first) throw new YamlTextError(`expected one YAML document, found ${parserReason(first)}`)
  return document as Document.Parsed
}

/** The parser calls itself for each level, so a text with thousands of levels exhausts the stack. */
function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    if (cause instanceof RangeError) throw new YamlTextError('the text cannot be read: it is nested too deeply')
    throw cause
  }
}

/** Plain data without shared nodes, so that an edit of one place shows in no other. */
function toPlain(document: Document.Parsed): unknown {
  try {
    return JSON.parse(JSON.stringify(document.toJS() ?? null))
  } catch (cause) {
    throw new YamlTextError(`the text cannot be read: ${parserReason(cause)}`)
  }
}

const plainAt = (root: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      (isFields(node) || Array.isArray(node)) && Object.hasOwn(node, key) ? (node as Fields)[key] : undefined,
    root,
  )

function withValue(root: unknown, path: FieldPath, value: TextValue): unknown {
  const last = path.at(-1)
  if (last === undefined) return value
  Object.defineProperty(plainAt(root, path.slice(0, -1)), last, { value })
  return root
}

function locate(yaml: Yaml, document: Document.Parsed, path: FieldPath): NodeInText {
  let node: Node | null = document.contents
  let inFlow = false
  path.forEach((key, depth) => {
    const here = formatPath(path.slice(0, depth + 1))
    if (yaml.isAlias(node))
      throw new YamlTextError(`${here}: is under the alias *${node.source}; write the map out there`)
    if (yaml.isCollection(node)) inFlow ||= node.flow === true
    const child: Node | null = childOf(yaml, node, key)
    if (!child) throw new YamlTextError(`${here}: not in the text${hint(yaml, node, String(key))}`)
    node = child
  })
  if (!node) throw new YamlTextError('the text is empty')
  return { node, inFlow }
}

function childOf(yaml: Yaml, node: Node | null, key: string | number): Node | null {
  if (yaml.isSeq(node)) return (node.items[Number(key)] as Node | undefined) ?? null
  const pair: Pair | undefined = yaml.isMap(node)
    ? node.items.find((item) => keyOf(yaml, item) === String(key))
    : undefined
  return (pair?.value as Node | null | undefined) ?? null
}

const keyOf = (yaml: Yaml, pair: Pair): string | undefined =>
  yaml.isScalar(pair.key) ? String(typeof pair.key.value === 'symbol' ? pair.key.source : pair.key.value) : undefined

function hint(yaml: Yaml, parent: Node | null, key: string): string {
  if (!yaml.isMap(parent)) return ''
  const keys = (parent as YAMLMap).items.flatMap((pair) => keyOf(yaml, pair) ?? [])
  return `${didYouMean(key, keys)}; found ${keys.slice(0, 12).join(', ')} there`
}
