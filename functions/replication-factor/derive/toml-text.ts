import { type FieldPath, formatPath } from '../../lib/kubernetes/objects.ts'
import type { TextValue } from '../../lib/yaml/text-values.ts'
import { TextError } from './text-error.ts'

const HEADER = /^\s*(\[{1,2})([^[\]]+)\]{1,2}\s*(?:#.*)?\s*$/
const ENTRY = /^(\s*)([\w."'-]+)(\s*=\s*)("[^"]*"|'[^']*'|[^#\s]+)/
const LONG_STRING = /"""|'''/

/** Is the first line that says something a TOML table or entry? */
export function isToml(text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^#\s]/.test(line)) ?? ''
  return HEADER.test(first) || /^\s*[\w."'-]+\s*=/.test(first)
}

/** The scalar at a path, as it is written; undefined where the text has none. */
export const readToml = (text: string, path: FieldPath): string | undefined => find(text, path)?.value

/**
 * The text with another number at a path that it has; nothing else changes. Tables by header and dotted keys are
 * understood, inline tables are not. Throws TextError where the path is not in the text.
 */
export function setInToml(text: string, path: FieldPath, value: TextValue): string {
  if (typeof value !== 'number')
    throw new TextError(`${formatPath(path)}: only a number can be written into TOML, found ${JSON.stringify(value)}`)
  const place = find(text, path)
  if (!place)
    throw new TextError(
      `${formatPath(path)}: not in the text; write the line \`${path.at(-1)} = ${value}\` in its table`,
    )
  if (!/^[-+]?\d[\d_]*$/.test(place.value))
    throw new TextError(`${formatPath(path)}: found ${place.value}, expected a whole number to replace`)
  return text.slice(0, place.start) + value + text.slice(place.start + place.value.length)
}

interface TomlValue {
  start: number
  value: string
}

function find(text: string, path: FieldPath): TomlValue | undefined {
  const wanted = path.join('.')
  let table = ''
  let offset = 0
  let quotes: string | undefined
  for (const line of text.split('\n')) {
    const isText = quotes !== undefined
    quotes = quotesAfter(line, quotes)
    const [, bracket, header] = (!isText && HEADER.exec(line)) || []
    // No path leads into one of a list of tables.
    if (header !== undefined) table = `${plainKey(header)}.${bracket === '[[' ? '[].' : ''}`
    const [, indent = '', key, equals = '', value = ''] = (!isText && ENTRY.exec(line)) || []
    if (key !== undefined && `${table}${plainKey(key)}` === wanted)
      return { start: offset + indent.length + key.length + equals.length, value }
    offset += line.length + 1
  }
  return undefined
}

/** The quotes of a string of several lines that is open behind a line. */
function quotesAfter(line: string, open: string | undefined): string | undefined {
  const quotes = open ?? LONG_STRING.exec(line)?.[0]
  if (quotes === undefined) return undefined
  const count = line.split(quotes).length - 1
  return (open === undefined) === (count % 2 === 1) ? quotes : undefined
}

const plainKey = (key: string): string =>
  key
    .split('.')
    .map((part) => part.trim().replaceAll(/^["']|["']$/g, ''))
    .join('.')
