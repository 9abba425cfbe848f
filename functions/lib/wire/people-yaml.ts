import { isDeepStrictEqual } from 'node:util'
import { Document, parseDocument } from 'yaml'
import { OPTIONS, toPlain } from './kubernetes-yaml.ts'
import { createNode, materialiseAliases, reconcile } from './reconcile.ts'

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
      return write(object, text)
    },
  }
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

function toText(document: Document, source: string): string {
  return document.toString({
    lineWidth: 0,
    flowCollectionPadding: /[[{] \S/.test(source),
    indentSeq: [...source.matchAll(LIST_UNDER_KEY)].some(([, key = '', item = '']) => item.length > key.length),
  })
}
