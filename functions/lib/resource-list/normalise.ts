import { Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml'
import { InputError } from '../framework/input-error.ts'
import { keepEscapes, OPTIONS, toPlain } from '../yaml/kubernetes-yaml.ts'
import { input } from './findings.ts'

/**
 * A ResourceList of any YAML or JSON shape, rewritten so that its top-level keys and items stand at column 0.
 * Comments of the items are kept. Slower than the split by shape, and means the same.
 */
export function normalise(text: string): string {
  const document = parseDocument(text, OPTIONS)
  const [first] = document.errors
  if (first) throw first
  keepEscapes(document, text)
  if (!isMap(document.contents)) throw new InputError(input['not-a-resource-list']({}))
  return document.contents.items.map((pair) => section(pair, document)).join('')
}

function section(pair: Pair, document: Document): string {
  if (!isScalar(pair.key)) return ''
  if (pair.key.value === 'items' && isSeq(pair.value) && pair.value.items.length > 0)
    return `items:\n${pair.value.items.map((item) => itemText(item, document)).join('')}`
  return write({ [String(pair.key.value)]: toPlain(pair.value, document) })
}

/** An item with its comments, or its plain meaning where it uses an anchor of another item. */
function itemText(item: unknown, document: Document): string {
  const alone = new Document([], OPTIONS)
  alone.contents = alone.createNode([]) as never
  if (isPair(item)) throw new InputError(input['items-not-a-list']({}))
  try {
    const list = alone.createNode([]) as unknown as { items: unknown[]; flow?: boolean }
    list.items = [(item as Node).clone()]
    alone.contents = list as never
    const text = alone.toString({ lineWidth: 0 })
    return parseDocument(text, OPTIONS).errors.length === 0 ? text : write([toPlain(item, document)])
  } catch (cause) {
    if (!/alias/i.test((cause as Error).message)) throw cause
    return write([toPlain(item, document)])
  }
}

const write = (value: unknown): string => new Document(value, OPTIONS).toString({ lineWidth: 0 })
