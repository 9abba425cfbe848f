import { BREAKS_OF_GO } from '../yaml/breaks-of-go.ts'

const BLOCK = /^( *)(?:- )*(?:["']?([\w./-]+)["']?: +)?[|>]\d?[-+]?\d?$/
const KEY = /^ *(?:- )*["']?([\w./-]+)["']?:(?: |$)/

/**
 * The object and the field of the first text that holds a line break which Go alone sees, as far as its lines tell, for an
 * error about a text that no parser can read.
 */
export function placeOfBreak(text: string): string {
  const index = text.search(BREAKS_OF_GO)
  const start = text.lastIndexOf('\n- ', index) + 1
  const length = text.slice(index).search(/\n[-\w]/)
  const item = text.slice(start, length < 0 ? text.length : index + length)
  const kind = /(?:^|[\n\u2028\u2029])(?:- | {2})kind: *(\S+)/.exec(item)?.[1] ?? 'an object'
  const name = /(?:\n {4}|metadata: *\{)name: *([^\s,}]+)/.exec(item)?.[1]
  const key = keyAbove(text.slice(start, index).split('\n'))
  return `${[kind, name].filter(Boolean).join(' ')}${key === undefined ? '' : `, field ${key}`}`
}

/** The key of the value that the last of the lines belongs to. */
function keyAbove(lines: readonly string[]): string | undefined {
  const depth = depthOf(lines.at(-1) || lines.at(-2) || '')
  const block = lines.findLastIndex((line) => BLOCK.test(line) && (line.trim() === '' || depthOf(line) <= depth))
  const own = KEY.exec(lines.at(-1) ?? '')?.[1]
  if (block < 0) return own ?? nearest(lines)
  return BLOCK.exec(lines[block] ?? '')?.[2] ?? nearest(lines.slice(0, block))
}

const nearest = (lines: readonly string[]): string | undefined =>
  KEY.exec(lines.findLast((line) => KEY.test(line)) ?? '')?.[1]

const depthOf = (line: string): number => line.length - line.trimStart().length
