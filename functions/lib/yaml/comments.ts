import { Lexer } from 'yaml'

interface Comment {
  text: string
  /** Index of its `#`. */
  start: number
  /** What is before it on its line. */
  before: string
}

/**
 * Puts comments where they stood. The writer keeps all of them in order, but takes `key: # comment` and `- # comment` to
 * lines of their own, and one at the end of a block to the innermost block that ends there. kpt adds a comment again
 * that it does not find in its place. Text whose comments are not those of `source` comes back as it is.
 */
export function placeComments(source: string, written: string): string {
  const before = commentsIn(source)
  const after = commentsIn(written)
  if (before.length !== after.length || before.some(({ text }, index) => text !== after[index]?.text)) return written
  return edited(
    written,
    before.map((was, index) => ({ was, is: after[index] as Comment })),
  )
}

/** How much of the text behind a comment is looked at to place it: more than any comment behind a dash has. */
const WINDOW = 4096

/** From the last comment to the first, so that the text before a comment is as it was written. */
function edited(written: string, pairs: readonly { was: Comment; is: Comment }[]): string {
  const done: string[] = []
  let right = ''
  let end = written.length
  for (const { was, is } of pairs.toReversed()) {
    if (!isBlank(is.before)) continue
    const placed = place(written, was, is, written.slice(is.start, end) + right)
    end = placed.end
    done.push(placed.right.slice(WINDOW))
    right = placed.right.slice(0, WINDOW)
  }
  return [written.slice(0, end), right, ...done.toReversed()].join('')
}

/** Marks of the lexer that stand for no text; what follows the first of them is a scalar, whatever it begins with. */
const SCALAR = '\x1f'
const MARKS = [SCALAR, '\x02', '\x18']

function commentsIn(text: string): Comment[] {
  return lexemesOf(text)
    .filter(({ isComment }) => isComment)
    .map(({ text: comment, start }) => {
      const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
      return { text: comment, start, before }
    })
}

/**
 * The text up to the last value, with the comments below it that are as deep, and the comments below those: they belong
 * to the end of the object, whatever is added to it.
 */
export function cutEnd(text: string): [string, string] {
  const last = lexemesOf(text).findLast((lexeme) => lexeme.isScalar || !(lexeme.isComment || isBlank(lexeme.text)))
  if (!last) return [text, '']
  const end = last.start + last.text.length
  const below = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1
  if (below === 0) return [text, '']
  const depth = /^[ -]*/.exec(text.slice(text.lastIndexOf('\n', last.start) + 1))?.[0].length ?? 0
  const shallower = new RegExp(`^ {0,${Math.max(depth - 1, 0)}}#`, 'm').exec(text.slice(below))
  return shallower ? [text.slice(0, below + shallower.index), text.slice(below + shallower.index)] : [text, '']
}

interface Lexeme {
  text: string
  start: number
  isScalar: boolean
  isComment: boolean
}

/** The tokens of a YAML text in their order, each with the index of its first character. */
export function lexemesOf(text: string): Lexeme[] {
  const lexemes: Lexeme[] = []
  let start = 0
  let isScalar = false
  for (const lexeme of new Lexer().lex(text)) {
    if (!MARKS.includes(lexeme)) {
      lexemes.push({ text: lexeme, start, isScalar, isComment: !isScalar && lexeme.startsWith('#') })
      start += lexeme.length
    }
    isScalar = lexeme === SCALAR
  }
  return lexemes
}

/** The text from a comment on, `right`, put where the comment was, and where the text before it ends. */
function place(written: string, was: Comment, is: Comment, right: string): { end: number; right: string } {
  const line = is.start - is.before.length
  if (isBlank(was.before)) {
    const indent = was.before.length < is.before.length ? was.before : is.before
    return { end: line, right: indent + right }
  }
  const end = Math.max(line - 1, 0)
  const above = written.slice(written.lastIndexOf('\n', end - 1) + 1, end)
  if (above.trim() === was.before.trim()) return { end, right: ` ${right}` }
  return { end: is.start, right: /^ *- *$/.test(was.before) ? afterDash(right, is.before) : right }
}

/** `- # comment`, from a comment above the item. */
function afterDash(right: string, before: string): string {
  const item = new RegExp(`^(#.*\\n(?: *#.*\\n)*)${before}- `).exec(right)
  if (!item?.[1]) return right
  const comments = item[1]
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
  const indent = `${before}  `
  return `- ${comments.join(`\n${indent}`)}\n${indent}${right.slice(item[0].length)}`
}

const isBlank = (text: string): boolean => text.trim() === ''
