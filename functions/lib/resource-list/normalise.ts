import { Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLSeq } from 'yaml'
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

function section({ key, value }: Pair, document: Document): string {
  if (!isScalar(key)) return ''
  const name = String(key.value)
  if (name === 'items' && isSeq(value) && value.items.length > 0) return itemsText(value, document)
  const plain = toPlain(value, document)
  if (name === 'items' && plain !== null && !Array.isArray(plain) && document.get('kind') === 'ResourceList')
    throw new InputError(input['items-not-a-list']({}))
  return write({ [name]: plain })
}

/** The parser gives the list what is above its first item and below its last. */
const itemsText = ({ commentBefore, items, comment }: YAMLSeq, document: Document): string =>
  `items:\n${commentText(commentBefore)}${items.map((item) => itemText(item, document)).join('')}${commentText(comment)}`

const commentText = (comment: string | null | undefined): string =>
  comment ? `${comment.replaceAll(/^(?!$)(?: $)?/gm, '#')}\n` : ''

/** An item with its comments, or its plain meaning where it uses an anchor of another item. */
function itemText(item: unknown, document: Document): string {
  const alone = new Document([], OPTIONS)
  alone.contents = alone.createNode([]) as never
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

const write = (value: unknown): string => new Document(value, OPTIONS).toString({ lineWidth: 0, indentSeq: false })
