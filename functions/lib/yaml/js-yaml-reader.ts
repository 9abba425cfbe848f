import { FAILSAFE_SCHEMA, load, Type, types } from 'js-yaml'
import { exactInteger } from '../exact-integer.ts'
import { INTEGER, NUMBER } from './block-yaml.ts'
import { unshare } from './unshare.ts'

const integer = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && INTEGER.test(text),
  construct: (text: string) => exactInteger(Number(text), text),
})

/** A number beyond what a double holds is a string too. */
const float = new Type('tag:yaml.org,2002:float', {
  kind: 'scalar',
  resolve: (text: string | null) => text !== null && NUMBER.test(text) && Number.isFinite(Number(text)),
  construct: Number,
})

/**
 * What Kustomize's own writer means: it quotes every string that any YAML version would read as something else, so a
 * plain scalar is a JSON value. No dates, no merge keys, no YAML 1.1 booleans.
 */
const SCHEMA = FAILSAFE_SCHEMA.extend({ implicit: [types.null, types.bool, integer, float] })

/** Reads YAML of any style as Kustomize's writer means it. Throws YAMLException, which says line and column. */
export function readWithJsYaml(text: string): unknown {
  const value = load(/[\u2028\u2029]|!!merge/.test(text) ? asYaml12(text) : text, { schema: SCHEMA })
  if (/(?:^|[\s{,])<<\s*:/.test(text)) refuseMergeKeys(value, text)
  return text.includes('*') && text.includes('&') ? unshare(value) : value
}

/** Kustomize has merged what it prints, and tags or quotes a key of this name: Go would merge what is read as a field here. */
function refuseMergeKeys(value: unknown, text: string): void {
  if (hasMergeKey(value) && !text.includes('!!merge'))
    throw new SyntaxError('found a merge key (<<), which Kustomize never writes')
}

const hasMergeKey = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, child]) => key === '<<' || hasMergeKey(child))

/** The text of a line without the indentation of the lines that Go sees in it. */
const inLiteral = (line: string, { indent }: { indent?: number }): string =>
  line.replace(/([\u2028\u2029])( *)/g, (_, end: string, spaces: string) => end + spaces.slice(indent ?? spaces.length))

const LITERAL = /^( *(?:- )*).*[:-] [|>]\d?[-+]?$/
const MERGE = /^( *(?:- )*(?:[^\s'"#][^'"]*: )?)!!merge <<(?=:|$)/

/**
 * Go writes YAML 1.1: the string `<<` as `!!merge <<`, and after U+2028 and U+2029, which it takes for line breaks, the
 * indentation of the next line. Both are undone here.
 */
function asYaml12(text: string): string {
  let literal: { depth: number; indent?: number } | undefined
  const lines = text.split('\n').map((line) => {
    const depth = line.length - line.trimStart().length
    if (literal && line.trim() !== '' && depth <= literal.depth) literal = undefined
    if (literal) {
      const breaks = /^[\u2028\u2029]+( *)/.exec(line)
      if (breaks) literal.indent ??= breaks[1]?.length ?? 0
      if (breaks) return ' '.repeat(literal.indent ?? 0) + inLiteral(line, literal)
      if (line.trim() !== '') literal.indent ??= depth
      return inLiteral(line, literal)
    }
    const opened = LITERAL.exec(line)
    if (opened) literal = { depth: opened[1]?.replace(/(?:- )+$/, '').length ?? 0 }
    return line.replace(MERGE, '$1"<<"').replace(/([\u2028\u2029]) +/g, '$1')
  })
  return lines.join('\n')
}
