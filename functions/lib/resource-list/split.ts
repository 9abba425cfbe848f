/** The parts of a ResourceList as the bytes they were. */
export interface ResourceListText {
  /** Each item with its `- `, and with the comments that stand above it. */
  items: string[]
  /** The whole `functionConfig:` block, or undefined where there is none. */
  functionConfig: string | undefined
  /** The `apiVersion:` and `kind:` lines. */
  header: string
}

// Not `^` with the flag m: JavaScript ends a line at U+2028 too, which Kustomize leaves within strings.
const BEFORE_COLUMN_0 = /\n(?=\S)/g
const SECTION = /^(apiVersion|kind|metadata|items|functionConfig|results):\s*(.*?)\s*$/
// Anything below the key but items at column 0 is another shape.
const ITEMS_KEY = /^items:[ \t]*(?:\[\])?\s*$/
// kpt writes a dash alone where comments stand above the first key of an item.
const ITEM = /^-(?: |\r?$)/
const ONLY_COMMENTS = /^(?:[ \t]*(?:#.*)?(?:\r?\n|$))*$/

/**
 * Splits a ResourceList by its shape, without parsing it: Kustomize and kpt write top-level keys and each item's `- `
 * at column 0, and nothing else but comments. Undefined where the text has any other shape: the caller then
 * normalises it with a full parser first.
 */
export function split(text: string): ResourceListText | undefined {
  const blocks = blocksOf(text)
  if (!blocks) return undefined
  const textOf = ({ start, end }: Block): string => text.slice(start, end)
  const section = (name: string): string | undefined => blocks.filter((block) => block.section === name).map(textOf)[0]
  if (!ITEMS_KEY.test(section('items:') ?? '') || section('kind') === undefined) return undefined
  return {
    items: blocks.filter((block) => block.section === 'items').map((block) => endWithNewline(textOf(block))),
    functionConfig: section('functionConfig'),
    header: `${section('apiVersion') ?? ''}${section('kind')}`,
  }
}

/** A top-level key with its value, or one item. The key `items:` itself is a block, each of its items another. */
interface Block {
  section: string
  start: number
  end: number
}

function blocksOf(text: string): Block[] | undefined {
  const blocks: Block[] = []
  let comments: number | undefined
  for (const index of linesAtColumn0(text)) {
    const end = text.indexOf('\n', index)
    const line = text.slice(index, end < 0 ? text.length : end)
    if (line.startsWith('#')) {
      comments ??= index
      continue
    }
    const above = comments !== undefined && ONLY_COMMENTS.test(text.slice(comments, index)) ? comments : index
    comments = undefined
    const section = sectionOf(line, blocks)
    if (section === undefined) return undefined
    if (section === 'results-item') continue
    const start = section === 'items' ? above : index
    const last = blocks.at(-1)
    if (last) last.end = start
    blocks.push({ section, start, end: text.length })
  }
  return blocks
}

const linesAtColumn0 = (text: string): number[] => [
  ...(/^\S/.test(text) ? [0] : []),
  ...[...text.matchAll(BEFORE_COLUMN_0)].map(({ index }) => index + 1),
]

/** What a line at column 0 begins, or undefined where it has no place in the shape. */
function sectionOf(line: string, blocks: readonly Block[]): string | undefined {
  const within = blocks.at(-1)?.section
  if (ITEM.test(line)) {
    if (within === 'results') return 'results-item'
    return within === 'items' || within === 'items:' ? 'items' : undefined
  }
  const [, key, value] = SECTION.exec(line) ?? []
  const name = key === 'items' ? 'items:' : key
  if (name === undefined || blocks.some((block) => block.section === name)) return undefined
  return name === 'items:' && value !== '' && value !== '[]' ? undefined : name
}

const endWithNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
