import { isDeepStrictEqual } from 'node:util'
import type { CST, Node, Scalar, YAMLSeq } from 'yaml'
import type { TextScalar, TextValue, Yaml } from './text-values.ts'

/** A node, and whether it is within `[…]` or `{…}`. */
export interface NodeInText {
  node: Node
  inFlow: boolean
}

/** Replaces the characters from `start` to `end`; inserts where they are equal. */
interface Edit {
  start: number
  end: number
  insert: string
}

interface SourceText {
  yaml: Yaml
  text: string
  /** JSON knows double quotes only. */
  isJson: boolean
}

export const applyEdits = (text: string, edits: readonly Edit[]): string =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, { start, end, insert }) => result.slice(0, start) + insert + result.slice(end), text)

/** What to change in the text so that the node becomes the value, as little as it takes. */
export function editsFor(yaml: Yaml, text: string, place: NodeInText, value: TextValue): Edit[] {
  const source = { yaml, text, isJson: parsesAsJson(text) }
  const { node } = place
  const isListEdit = isList(value) && value.length > 0 && yaml.isSeq(node) && node.items.length > 0
  return isListEdit ? editList(source, place, node as YAMLSeq<Node>, value) : [replaceNode(source, place, value)]
}

const isList = (value: TextValue): value is readonly TextScalar[] => Array.isArray(value)

function parsesAsJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function replaceNode(source: SourceText, { node, inFlow }: NodeInText, value: TextValue): Edit {
  const [start, end] = rangeOf(node)
  const old = source.text.slice(start, end)
  const written = isList(value)
    ? `[${value.map((item) => write(source, item, undefined, true)).join(', ')}]`
    : write(source, value, node, inFlow)
  const newline = /\r?\n$/.exec(old)?.[0] ?? ''
  return { start, end, insert: lead(source, node, old, start) + written + (newline || trail(source, old, start)) }
}

/** A block list may stand no deeper than its key; what replaces it must. A value that was empty has no space before it. */
function lead({ yaml, text }: SourceText, node: Node, old: string, start: number): string {
  if (yaml.isCollection(node) && !node.flow) return '  '
  return old === '' && /\S/.test(text[start - 1] ?? ' ') ? ' ' : ''
}

const trail = ({ text }: SourceText, old: string, start: number): string =>
  old === '' && text[start] === '#' ? ' ' : ''

function editList(source: SourceText, place: NodeInText, list: YAMLSeq<Node>, value: readonly TextScalar[]): Edit[] {
  const inFlow = place.inFlow || list.flow === true
  const replaced = list.items.slice(0, value.length).flatMap((node, index) => {
    const item = value[index] ?? null
    const stays = source.yaml.isScalar(node) && isDeepStrictEqual(node.value, item)
    return stays ? [] : [replaceNode(source, { node, inFlow }, item)]
  })
  if (value.length < list.items.length) return [...replaced, cutItems(source, list, value.length)]
  if (value.length > list.items.length)
    return [...replaced, addItems(source, list, value.slice(list.items.length), inFlow)]
  return replaced
}

function cutItems({ text }: SourceText, list: YAMLSeq<Node>, from: number): Edit {
  const [, lastEnd, lineEnd] = rangeOf(list.items.at(-1))
  if (list.flow) return { start: rangeOf(list.items[from - 1])[1], end: lastEnd, insert: '' }
  return { start: text.lastIndexOf('\n', dashOf(list, from)) + 1, end: lineEnd, insert: '' }
}

function addItems(source: SourceText, list: YAMLSeq<Node>, added: readonly TextScalar[], inFlow: boolean): Edit {
  const [, valueEnd, lineEnd] = rangeOf(list.items.at(-1))
  const items = added.map((item) => write(source, item, undefined, inFlow))
  if (list.flow) return { start: valueEnd, end: valueEnd, insert: items.map((item) => `, ${item}`).join('') }
  const newline = source.text.includes('\r\n') ? '\r\n' : '\n'
  const dash = dashOf(list, list.items.length - 1)
  const indent = ' '.repeat(dash - source.text.lastIndexOf('\n', dash) - 1)
  const lines = items.map((item) => `${indent}- ${item}`).join(newline)
  const atLineStart = source.text[lineEnd - 1] === '\n'
  return { start: lineEnd, end: lineEnd, insert: atLineStart ? `${lines}${newline}` : `${newline}${lines}` }
}

/** Where the `-` of a block list's item is. */
function dashOf(list: YAMLSeq<Node>, index: number): number {
  const token = list.srcToken as CST.BlockSequence | undefined
  const dash = token?.items[index]?.start.find(({ type }) => type === 'seq-item-ind')
  if (!dash) throw new Error(`item ${index} of a block list has no dash in its source`)
  return dash.offset
}

function rangeOf(node: Node | undefined): readonly [start: number, valueEnd: number, nodeEnd: number] {
  if (!node?.range) throw new Error('a parsed node has no range in its source')
  return node.range
}

/** A scalar in the quotes of the one that it replaces, and quoted where some version of YAML would misread it. */
function write({ yaml, isJson }: SourceText, value: TextScalar, replaced: Node | undefined, inFlow: boolean): string {
  const scalar: Scalar = new yaml.Scalar(value)
  const type = (replaced as Partial<Scalar> | undefined)?.type
  const isQuoted = type === yaml.Scalar.QUOTE_DOUBLE || type === yaml.Scalar.QUOTE_SINGLE
  if (typeof value === 'string') {
    if (isQuoted) scalar.type = type as Scalar.Type
    if (isJson || /[\r\n]/.test(value)) scalar.type = yaml.Scalar.QUOTE_DOUBLE
  }
  const document = new yaml.Document(inFlow ? [scalar] : scalar, { version: '1.1' })
  const options = { lineWidth: 0, flowCollectionPadding: false, doubleQuotedAsJSON: true } as const
  if (!inFlow) return document.toString(options).trimEnd()
  return document
    .toString({ ...options, collectionStyle: 'flow' })
    .trimEnd()
    .slice(1, -1)
}
