import type { TypeMeta } from '../kubernetes/objects.ts'

// What is read of an item without a parser. Each is a bet on how Kustomize and kpt print, and holds only for text that
// provably has that shape; for any other the answer is undefined or false, and a parser reads the item.

/**
 * A line that tells what the item is: one of the keys that decide it, or a line that could begin a key and is no plain one:
 * quoted, escaped, tagged, merged, in a flow, or indented otherwise. Lines within strings and flows can look like keys, so an
 * item with such a line is for the parser to read.
 */
const TELLING_LINE =
  /^(?: (?![ \r\n#])| {2}(?:(?! |\r?$|#|-(?: |\r?$)|[A-Za-z]\w*:(?:[ \r\n]|$))|(apiVersion|kind|items):([^\n]*)))/gm
const FIRST_KEY_IS_PLAIN = /^(?:[ \t]*(?:#.*)?\r?\n)*- (?:[ \t]*#.*\r?\n(?:[ \t]*(?:#.*)?\r?\n)* {2})?[A-Za-z]\w*:/
const DASH_ALONE = /^(?:[ \t]*(?:#.*)?\r?\n)*-\r?\n(?:[ \t]*(?:#.*)?\r?\n)* {2}[A-Za-z]\w*:/
const ON_THE_DASH = /- (apiVersion|kind|items):([^\n]*)/y
const VALUE = {
  apiVersion: /^ *(["']?)([\w./-]+)\1 *\r?$/,
  kind: /^ *(["']?)([\w.-]+)\1 *\r?$/,
}

/**
 * apiVersion and kind of an item: undefined where that needs a parser, and for a list, whose members are what matters. A
 * key that is there twice needs one too: the parser says so, where the first of them would hold.
 */
export function typeInText(item: string): TypeMeta | undefined {
  if (!FIRST_KEY_IS_PLAIN.test(item) && !DASH_ALONE.test(item)) return undefined
  const type: Partial<TypeMeta> = {}
  // Comments may be above the dash, and what they say is no key.
  ON_THE_DASH.lastIndex = item.startsWith('- ') ? 0 : item.indexOf('\n- ') + 1
  TELLING_LINE.lastIndex = 0
  for (let line = ON_THE_DASH.exec(item) ?? TELLING_LINE.exec(item); line; line = TELLING_LINE.exec(item)) {
    const [, key, value = ''] = line
    if ((key !== 'apiVersion' && key !== 'kind') || type[key] !== undefined) return undefined
    type[key] = VALUE[key].exec(value)?.[2]
    if (type[key] === undefined) return undefined
  }
  return type.apiVersion !== undefined && type.kind !== undefined ? (type as TypeMeta) : undefined
}

/**
 * The two annotations by which Kustomize's function runner finds the item that it sent, to copy comments and field order
 * back onto the answer. A Kustomize build comes from JSON and has neither, so an answer without these two is the
 * same build for less. Every other `config.kubernetes.io` annotation must come back.
 */
const COPY_BACK_IDS = ['internal.config.kubernetes.io/id', 'config.k8s.io/id']

/** What `kustomize build` writes on every item. One of them alone may have been left on a manifest. */
const OF_KUSTOMIZE = ['kustomize.config.k8s.io/id', ...COPY_BACK_IDS]

/**
 * An item that `kustomize build` sent, without the copy-back annotations; the rest is the bytes it was. Undefined for any
 * other item.
 */
export function fromKustomize(item: string): string | undefined {
  const block = annotationsOf(item)
  if (!block) return undefined
  const annotations = item.slice(block.start, block.end)
  if (!OF_KUSTOMIZE.every((key) => annotations.includes(`\n      ${key}: `))) return undefined
  return item.slice(0, block.start) + COPY_BACK_IDS.reduce(withoutLine, annotations) + item.slice(block.end)
}

function withoutLine(text: string, key: string): string {
  const start = text.indexOf(`\n      ${key}: `)
  return start < 0 ? text : text.slice(0, start) + text.slice(text.indexOf('\n', start + 1))
}

interface Block {
  start: number
  end: number
}

/** The annotations of an item as Kustomize indents them, from the line break before the first to that after the last. */
function annotationsOf(item: string): Block | undefined {
  const metadata = blockBelow(item, '\n  metadata:\n', { start: 0, end: item.length })
  return metadata && blockBelow(item, '\n    annotations:\n', metadata)
}

const BREAK = /[\u2028\u2029]/

function blockBelow(item: string, header: string, { start, end }: Block): Block | undefined {
  const found = item.indexOf(header, start)
  if (found < 0 || found >= end) return undefined
  const first = found + header.length - 1
  const indent = ' '.repeat(header.lastIndexOf(' ') + 2)
  let last = first
  // Go breaks a literal at U+2028 and U+2029, so a line of one may begin with them.
  while (item.startsWith(indent, last + 1) || BREAK.test(item[last + 1] ?? '')) {
    const next = item.indexOf('\n', last + 1)
    if (next < 0) break
    last = next
  }
  return { start: first, end: last + 1 }
}

const PATH_LINE = /^ +internal\.config\.kubernetes\.io\/path: *["']?([^"'\n]+?)["']? *$/m

/** The file of a package that kpt read the item from. */
export const packagePath = (item: string): string | undefined => PATH_LINE.exec(item)?.[1]
