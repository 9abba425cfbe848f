import { valueAt } from '../../lib/kubernetes/object.ts'
import { readCanonicalYaml } from '../../lib/wire/canonical-yaml.ts'
import { readYamlText, setInYamlText, type TextPath, type TextValue } from '../../lib/yaml-text.ts'
import { TextError } from './text-error.ts'
import { isToml, readToml, setInToml } from './toml-text.ts'

/** The value at a path of a text, YAML or TOML; undefined where it has none. Throws YamlTextError. */
export async function readText(text: string, path: TextPath): Promise<unknown> {
  if (isToml(text)) return readToml(text, path)
  // Most texts are read and found right, and the parser that edits costs many times as much.
  const canonical = readCanonical(text)
  return canonical === undefined ? readYamlText(text, path) : valueAt(canonical, path)
}

function readCanonical(text: string): unknown {
  try {
    return readCanonicalYaml(text)
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'YAMLException') return undefined
    throw cause
  }
}

/** The text with another value at a path that it has. Throws TextError or YamlTextError. */
export const setInText = async (text: string, path: TextPath, value: TextValue): Promise<string> =>
  isToml(text) ? setInToml(text, path, value) : setInYamlText(text, path, value)

/** A word of a text, by where it begins. */
export interface Word {
  start: number
  text: string
}

/**
 * The word `{value}` of the one place that fits a pattern, in which `*` stands for a word and blanks for any blanks. A
 * whole line must fit, or any part of the text. Throws TextError where no place fits, or several do.
 */
export function findWord(text: string, pattern: string, scope: 'line' | 'part'): Word {
  const [before, after] = pattern.split('{value}').map(toExpression)
  const expression =
    scope === 'line' ? `(?<=^[ \\t]*${before})\\S+(?=${after}[ \\t]*\\r?$)` : `(?<=${before})[^\\s,;&"']+(?=${after})`
  const found = [...text.matchAll(new RegExp(expression, 'gm'))]
  const [only] = found
  if (!only || found.length > 1)
    throw new TextError(`found ${found.length || 'no'} ${scope}s like ${JSON.stringify(pattern)}, expected one`)
  return { start: only.index, text: only[0] }
}

export const replaceWord = (text: string, word: Word, value: string): string =>
  text.slice(0, word.start) + value + text.slice(word.start + word.text.length)

const toExpression = (pattern: string): string =>
  pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '\\S+')
    .replaceAll(/[ \t]+/g, '[ \\t]+')
