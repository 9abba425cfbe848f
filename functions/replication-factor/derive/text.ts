import { type FieldPath, valueAt } from '../../lib/kubernetes/objects.ts'
import { readCanonicalYaml } from '../../lib/yaml/canonical-yaml.ts'
import { readYamlText, setInYamlText } from '../../lib/yaml/set-in-text.ts'
import type { TextValue } from '../../lib/yaml/text-values.ts'
import { TextError } from './text-error.ts'
import { isToml, readToml, setInToml } from './toml-text.ts'
import { findWord, type Word } from './word-pattern.ts'

/** The value at a path of a text, YAML or TOML; undefined where it has none. Throws TextError or YamlTextError. */
export async function readText(text: string, path: FieldPath): Promise<unknown> {
  if (isToml(text)) return readToml(text, path)
  // Most texts are read and found right, and the parser that edits costs many times as much.
  const canonical = readCanonical(text)
  return canonical === undefined ? readYamlText(text, path) : valueAt(canonical, path)
}

function readCanonical(text: string): unknown {
  // It takes a merge key for a key like any other.
  if (text.includes('<<')) return undefined
  try {
    return readCanonicalYaml(text)
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'YAMLException') return undefined
    if (cause instanceof RangeError) throw new TextError(`the text cannot be read: ${cause.message}; write them out`)
    throw cause
  }
}

/** The text with another value at a path that it has; a number in quotes stays in quotes. Throws TextError or YamlTextError. */
export async function setInText(text: string, path: FieldPath, value: TextValue): Promise<string> {
  if (isToml(text)) return setInToml(text, path, value)
  const present = await readText(text, path)
  const isQuoted = typeof value === 'number' && typeof present === 'string' && /^\d+$/.test(present)
  return setInYamlText(text, path, isQuoted ? String(value) : value)
}

/** The text with another word in the place of one that was found. */
export const replaceWord = (text: string, word: Word, value: string): string =>
  text.slice(0, word.start) + value + text.slice(word.start + word.text.length)

/** A value in place of a text, or of the part of it that fits a pattern. Throws TextError. */
export const withPart = (text: string, part: string | undefined, value: string): string =>
  part === undefined ? value : replaceWord(text, findWord(text, part, 'part'), value)
