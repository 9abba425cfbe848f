import { exactInteger } from '../exact-integer.ts'
import type { Fields } from '../kubernetes/objects.ts'

// Kustomize writes numbers as JSON has them. A plain scalar of any other form is a string that Go's YAML holds for no
// number, such as hexadecimal digits beyond 64 bits.
export const INTEGER = /^-?(?:0|[1-9]\d*)$/
export const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** Text that is more than letters, or that YAML takes for line breaks or refuses. */
const UNUSUAL = /[^\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const KEY = /(?:([A-Za-z_.](?:[^\s:]|:(?=\S))*)|'([^'\t\n]+)'|"([^"\\\t\n]+)"):(?: (?=[^ \n])|(?=\n))/y
const LITERAL = /\|([-+]?)\n( +)(?=[^ \n])/y
const SINGLE_QUOTED = /^'(?:[^'\t]|'')*'$/
const NOT_PLAIN = /^(?:$|-(?: |$)|[ ?:,[\]{}#&*!|>'"%@`])|: | #|[: ]$|\t/
const WORDS: ReadonlyMap<string, null | boolean> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
])

const LONGEST_WORD = 5

const SPACE = 0x20
const MINUS = 0x2d
const NINE = 0x39
const LINE_BREAK = 0x0a
const BAR = 0x7c

/** Plain keys that were read before, most of them thousands of times. */
const KNOWN_KEYS = new Map<string, string>()

class OtherYaml extends Error {}

/**
 * Reads YAML as Kustomize's writer prints plain data: maps and lists as blocks, scalars on one line, literals. Undefined for
 * any other text, which is for a parser of all YAML; what is read here means the same to it.
 */
export function readBlockYaml(text: string): unknown {
  if (UNUSUAL.test(text) || !text.endsWith('\n')) return undefined
  try {
    return new BlockReader(text).read()
  } catch (cause) {
    if (cause instanceof OtherYaml) return undefined
    throw cause
  }
}

class BlockReader {
  readonly #text: string
  /** Where the rest of the current line begins. */
  #at = 0
  /** Its column; -1 behind the last line. */
  #column = 0

  constructor(text: string) {
    this.#text = text
    this.#goTo(0)
  }

  read(): unknown {
    const value = this.#block()
    if (this.#column !== -1) throw new OtherYaml()
    return value
  }

  #goTo(line: number): void {
    let at = line
    while (this.#text.charCodeAt(at) === SPACE) at++
    if (this.#text.charCodeAt(at) === LINE_BREAK) throw new OtherYaml()
    this.#at = at
    this.#column = at < this.#text.length ? at - line : -1
  }

  #block(): unknown {
    return this.#isItem() ? this.#list() : this.#map()
  }

  #isItem(): boolean {
    return this.#text.startsWith('- ', this.#at)
  }

  #list(): unknown[] {
    const column = this.#column
    const list: unknown[] = []
    while (this.#column === column && this.#isItem()) {
      this.#at += 2
      this.#column += 2
      const key = this.#key()
      list.push(key === undefined ? this.#scalar(column) : this.#map(key))
    }
    return list
  }

  /** `first` is its first key, where that has been read. */
  #map(first?: string): Fields {
    const column = this.#column
    const map: Fields = {}
    for (let key = first ?? this.#key(); ; key = this.#key()) {
      if (key === undefined || key in map) throw new OtherYaml()
      map[key] = this.#text.charCodeAt(this.#at) === LINE_BREAK ? this.#below(column) : this.#scalar(column)
      if (this.#column !== column) return map
    }
  }

  /** The key that begins here, and goes on behind it; undefined where none begins. */
  #key(): string | undefined {
    const line = this.#text.slice(this.#at, this.#text.indexOf('\n', this.#at))
    const colon = line.indexOf(':')
    const known = KNOWN_KEYS.get(line.slice(0, Math.max(colon, 0)))
    const isAlone = colon === line.length - 1
    if (
      known !== undefined &&
      (isAlone || (line.charCodeAt(colon + 1) === SPACE && line.charCodeAt(colon + 2) > SPACE))
    ) {
      this.#at += isAlone ? line.length : colon + 2
      return known
    }
    KEY.lastIndex = this.#at
    const [, word, ...quoted] = KEY.exec(this.#text) ?? []
    if (word === undefined && quoted.length === 0) return undefined
    const key = word === undefined ? (quoted[0] ?? quoted[1]) : plain(word)
    if (typeof key !== 'string') throw new OtherYaml()
    if (word !== undefined) KNOWN_KEYS.set(word, word)
    this.#at = KEY.lastIndex
    return key
  }

  /** The value of a key that has nothing on its own line. */
  #below(column: number): unknown {
    this.#goTo(this.#at + 1)
    if (this.#column > column) return this.#block()
    return this.#column === column && this.#isItem() ? this.#list() : null
  }

  #scalar(column: number): unknown {
    const start = this.#at
    if (this.#text.charCodeAt(start) === BAR) return this.#literal(column)
    const end = this.#text.indexOf('\n', start)
    this.#goTo(end + 1)
    return scalarOf(this.#text.slice(start, end))
  }

  #literal(column: number): string {
    LITERAL.lastIndex = this.#at
    const [, chomping, indent = ''] = LITERAL.exec(this.#text) ?? []
    if (indent.length <= column) throw new OtherYaml()
    const start = LITERAL.lastIndex - indent.length
    let end = start
    while (this.#text.startsWith(indent, end) || this.#text.charCodeAt(end) === LINE_BREAK)
      end = this.#text.indexOf('\n', end) + 1
    this.#goTo(end)
    const lines = `\n${this.#text.slice(start, end)}`.replaceAll(`\n${indent}`, '\n').slice(1)
    if (chomping === '+') return lines
    return lines.replace(/\n+$/, chomping === '-' ? '' : '\n')
  }
}

function scalarOf(text: string): unknown {
  if (text.startsWith('"')) return doubleQuoted(text)
  if (SINGLE_QUOTED.test(text)) return text.slice(1, -1).replaceAll("''", "'")
  if (text === '{}') return {}
  if (text === '[]') return []
  if (NOT_PLAIN.test(text)) throw new OtherYaml()
  return plain(text)
}

/** Most escapes are those of JSON. */
function doubleQuoted(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new OtherYaml()
  }
}

function plain(text: string): unknown {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text)
    if (word !== undefined) return word
  }
  // Numbers begin with a minus sign or a digit.
  const first = text.charCodeAt(0)
  if (first > NINE || first < MINUS) return text
  if (INTEGER.test(text)) return exactInteger(Number(text), text)
  if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text)
  return text
}
