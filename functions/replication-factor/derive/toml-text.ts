import { formatPath } from '../../lib/kubernetes/object.ts'
import type { TextPath, TextValue } from '../../lib/yaml-text.ts'
import { TextError } from './text-error.ts'

const HEADER = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/
const ENTRY = /^(\s*)([\w."'-]+)(\s*=\s*)([^#\s]+|"[^"]*"|'[^']*')(.*)$/

/** Is the first line that says something a TOML table or entry? */
export function isToml(text: string): boolean {
  const first = text.split('\n').find((line) => /^\s*[^#\s]/.test(line)) ?? ''
  return HEADER.test(first) || /^\s*[\w."'-]+\s*=/.test(first)
}

/** The scalar at a path, as it is written; undefined where the text has none. */
export const readToml = (text: string, path: TextPath): string | undefined => find(text, path)?.value

/**
 * The text with another number at a path that it has; nothing else changes. Tables by header and dotted keys are
 * understood, inline tables are not. Throws TextError where the path is not in the text.
 */
export function setInToml(text: string, path: TextPath, value: TextValue): string {
  if (typeof value !== 'number')
    throw new TextError(`${formatPath(path)}: only a number can be written into TOML, found ${JSON.stringify(value)}`)
  const place = find(text, path)
  if (!place)
    throw new TextError(
      `${formatPath(path)}: not in the text; write the line \`${path.at(-1)} = ${value}\` in its table`,
    )
  return text.slice(0, place.start) + value + text.slice(place.start + place.value.length)
}

interface Place {
  start: number
  value: string
}

function find(text: string, path: TextPath): Place | undefined {
  const wanted = path.join('.')
  let table = ''
  let offset = 0
  for (const line of text.split('\n')) {
    const [, header] = HEADER.exec(line) ?? []
    if (header !== undefined) table = `${plainKey(header)}.`
    const [, indent = '', key, equals = '', value = ''] = ENTRY.exec(line) ?? []
    if (key !== undefined && `${table}${plainKey(key)}` === wanted)
      return { start: offset + indent.length + key.length + equals.length, value }
    offset += line.length + 1
  }
  return undefined
}

const plainKey = (key: string): string =>
  key
    .split('.')
    .map((part) => part.trim().replaceAll(/^["']|["']$/g, ''))
    .join('.')
