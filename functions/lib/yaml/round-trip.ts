import { isDeepStrictEqual } from 'node:util'
import { Document, parseDocument, type ToStringOptions } from 'yaml'
import { cutEnd, placeComments } from './comments.ts'
import { createNode, materialiseAliases, reconcile } from './edit-nodes.ts'
import { keepEscapes, OPTIONS, toPlain } from './kubernetes-yaml.ts'

/** One item as people write it: comments, anchors and order are kept through an edit. */
export interface PeopleItem {
  object: unknown
  /** The text of the item with `after` in place of `object`. */
  encode(after: unknown): string
}

/** Every comment is put back in its place. A manifest has dozens; a million would take minutes. */
const MAX_COMMENTS = 50_000
const COMMENT_LINE = /^[ \t]*#/gm

/** Cheap for a text that is too short to have so many. */
const hasTooManyComments = (text: string): boolean =>
  text.length > MAX_COMMENTS && (text.match(COMMENT_LINE)?.length ?? 0) > MAX_COMMENTS

/** Reads the text of one `- ` item. Throws YAMLParseError, which says line and column. */
export function readPeopleItem(text: string): PeopleItem {
  if (hasTooManyComments(text)) throw new RangeError(`it has more than ${MAX_COMMENTS} lines of comments`)
  const document = parse(text)
  const [error] = document.errors
  if (error) throw error
  const before = toPlain(document.contents, document)
  return {
    object: Array.isArray(before) ? before[0] : before,
    encode: (object) => edit(text, [object]) ?? write(object, text),
  }
}

const parse = (text: string): Document => parseDocument(text, OPTIONS)

/** Is this what a reader of the text gets? */
function means(text: string, value: unknown): boolean {
  const document = parse(text)
  return document.errors.length === 0 && isDeepStrictEqual(toPlain(document.contents, document), value)
}

/** The text edited until it means `after`; undefined where that fails. */
function edit(text: string, after: unknown): string | undefined {
  const [item, end] = cutEnd(text)
  for (const prepare of [keepAnchors, materialiseAliases]) {
    const edited = parse(item)
    prepare(edited)
    keepEscapes(edited, item)
    reconcile(edited, [], toPlain(edited.contents, edited), after)
    const written = toText(edited, text)
    // A comment that keeps its old indent may have got into a block scalar.
    const candidates = [placeComments(item, written) + end, written + end.replace(/^ +/gm, '  ')]
    const found = candidates.find((candidate) => means(candidate, after))
    if (found !== undefined) return found
  }
  return undefined
}

/** A new item in block YAML. */
export const writePeopleItem = (object: unknown): string => write(object, '')

function write(object: unknown, style: string): string {
  const document = new Document([] as unknown[], OPTIONS)
  document.contents = createNode(document, [object]) as typeof document.contents
  return toText(document, style)
}

const keepAnchors = (): void => undefined

const LIST_UNDER_KEY = /^( *(?:- )*)[^\s#-].*:[ ]*\r?\n( *)- /gm

const toText = (document: Document, source: string): string => document.toString(styleOf(source))

/** How to write YAML as a text is written. */
export const styleOf = (source: string): ToStringOptions => ({
  lineWidth: 0,
  flowCollectionPadding: /[[{] \S/.test(source),
  indentSeq: [...source.matchAll(LIST_UNDER_KEY)].some(([, key = '', item = '']) => item.length > key.length),
})
