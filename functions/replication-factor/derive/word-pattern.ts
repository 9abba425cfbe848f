import { TextError } from './text-error.ts'

// Limit: a pattern is followed character by character, all its readings at once, so the time is the length of the text
// times that of the pattern. A regular expression with several wildcards takes hours for a long line.

/** A word of a text, by where it begins. */
export interface Word {
  start: number
  text: string
}

/** One character of a pattern; `many` fits one or more characters. */
interface Token {
  fits(character: string): boolean
  many?: true
}

const isBlank = (character: string): boolean => character === ' ' || character === '\t'
const isOfWord = (character: string): boolean => /\S/.test(character)
const IS_OF_VALUE = { line: isOfWord, part: (character: string): boolean => /[^\s,;&"']/.test(character) } as const

/**
 * The word `{value}` of the one place that fits a pattern, in which `*` is a word and blanks are any blanks. With `line` a
 * whole line must fit, with `part` any part of the text. Throws TextError where no place fits, or several do.
 */
export function findWord(text: string, pattern: string, scope: 'line' | 'part'): Word {
  const [before = '', after = ''] = pattern.split('{value}')
  const [starts, ends] = scope === 'line' ? [lineStarts(text), lineEnds(text)] : [undefined, undefined]
  const from = reached(text, tokensOf(before), starts)
  const backwards = [...reached(reverse(text), tokensOf(after).reverse(), ends?.toReversed())]
  const found = wordsBetween(text, from, backwards.reverse(), IS_OF_VALUE[scope])
  const [only] = found
  if (!only || found.length > 1)
    throw new TextError(`found ${found.length || 'no'} ${scope}s like ${JSON.stringify(pattern)}, expected one`)
  return only
}

const reverse = (text: string): string => text.split('').reverse().join('')

const tokensOf = (pattern: string): Token[] =>
  (pattern.match(/[ \t]+|[^ \t]/g) ?? []).map((part) => {
    if (part === '*') return { fits: isOfWord, many: true }
    return isBlank(part[0] ?? '') ? { fits: isBlank, many: true } : { fits: (character) => character === part }
  })

/** Before which characters of the text all tokens are read, where they may begin at `starts`; undefined for anywhere. */
function reached(text: string, tokens: readonly Token[], starts: readonly boolean[] | undefined): boolean[] {
  const states = new Uint8Array(tokens.length + 1)
  const isReached: boolean[] = []
  for (let index = 0; index <= text.length; index++) {
    if (starts?.[index] ?? true) states[0] = 1
    isReached.push(states[tokens.length] === 1)
    advance(states, tokens, text[index] ?? '')
  }
  return isReached
}

/** Reads one character, from the last state to the first, so that none is moved twice. */
function advance(states: Uint8Array, tokens: readonly Token[], character: string): void {
  for (let state = tokens.length; state >= 0; state--) {
    const token = tokens[state]
    const isRead = states[state] === 1 && token?.fits(character) === true
    if (isRead) states[state + 1] = 1
    states[state] = isRead && token?.many ? 1 : 0
  }
}

/** The longest words between two readings, from the left; no two share a character. */
function wordsBetween(
  text: string,
  from: readonly boolean[],
  to: readonly boolean[],
  isOfValue: (character: string) => boolean,
): Word[] {
  const words: Word[] = []
  let start: number | undefined
  let end: number | undefined
  for (let index = 0; index <= text.length; index++) {
    const goesOn = isOfValue(text[index] ?? ' ')
    if (start !== undefined && start < index && to[index]) end = index
    if (!goesOn) {
      if (start !== undefined && end !== undefined) words.push({ start, text: text.slice(start, end) })
      start = end = undefined
    } else if (start === undefined && from[index]) start = index
  }
  return words
}

/** Are there only blanks between the beginning of the line and this place? */
function lineStarts(text: string): boolean[] {
  let isStart = true
  return Array.from({ length: text.length + 1 }, (_, index) => {
    const previous = text[index - 1]
    isStart = previous === undefined || previous === '\n' || (isStart && isBlank(previous))
    return isStart
  })
}

/** Are there only blanks, and perhaps a carriage return, between this place and the end of the line? */
function lineEnds(text: string): boolean[] {
  const ends: boolean[] = []
  for (let index = text.length; index >= 0; index--) {
    const next = text[index]
    const isReturn = next === '\r' && (text[index + 1] ?? '\n') === '\n'
    ends[index] = next === undefined || next === '\n' || isReturn || (isBlank(next) && ends[index + 1] === true)
  }
  return ends
}
