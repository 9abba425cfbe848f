/** Text that Flux refuses to substitute variables in. */
export class BadSubstitution extends Error {}

/** The value of a variable: '' if nothing sets it, undefined if that cannot be known. */
export type LookUp = (name: string) => string | undefined

/**
 * Expands the expressions of a shell that Flux knows: `${NAME}`, defaults, substrings, lengths, upper and lower case, and
 * what removes or replaces a part. `$$` is a `$` that begins none. An expression of a variable whose value cannot be known
 * stays as written. Throws BadSubstitution for what is no expression. Source:
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export const expand = (text: string, lookUp: LookUp): string => new Expansion(text, lookUp).all()

class Expansion {
  #at = 0
  readonly #text: string
  readonly #lookUp: LookUp

  constructor(text: string, lookUp: LookUp) {
    this.#text = text
    this.#lookUp = lookUp
  }

  all(): string {
    const parts: string[] = []
    for (let dollar = this.#nextDollar(); dollar !== -1; dollar = this.#nextDollar()) {
      parts.push(this.#text.slice(this.#at, dollar))
      this.#at = dollar
      if (this.#take(/\$\$/y) !== undefined) parts.push('$')
      else parts.push(this.#isExpression() ? this.#expression() : (this.#take(/\$/y) ?? ''))
    }
    return [...parts, this.#text.slice(this.#at)].join('')
  }

  #nextDollar = (): number => this.#text.indexOf('$', this.#at)
  #isExpression = (): boolean => this.#text.startsWith('${', this.#at)

  #expression(): string {
    const start = this.#at
    this.#at += 2
    const isLength = this.#take(/#/y) !== undefined
    const name = this.#expect(/[\p{L}\p{Nd}_]+/uy, 'the name of a variable')
    const change = isLength ? byteLength : this.#change()
    this.#expect(/\}/y, 'a closing brace')
    const value = this.#lookUp(name)
    return value === undefined ? this.#text.slice(start, this.#at) : change(value)
  }

  /** What an expression does to the value of its variable. */
  #change(): (value: string) => string {
    if (this.#take(/:[=\-?+]|=/y) !== undefined) {
      const fallback = this.#until(/[^}]/y)
      return (value) => (value === '' ? fallback : value)
    }
    if (this.#take(/:/y) !== undefined) {
      const from = this.#argument(/[^:}]/y)
      const count = this.#take(/:+/y) === undefined ? undefined : this.#argument(/[^}]/y)
      return (value) => substring(value, from, count)
    }
    const letters = this.#take(/[,^]{1,2}/y)
    if (letters !== undefined) return CASES[letters] ?? unchanged
    const slash = this.#take(/\/[/#%]?/y)
    if (slash !== undefined) {
      const pattern = this.#argument(/[^/]/y, ESCAPED)
      this.#expect(/\/+/y, 'a slash before the replacement')
      const replacement = this.#text[this.#at] === '}' ? undefined : this.#argument(/[^}]/y, ESCAPED)
      return (value) => replaced(value, slash, pattern, replacement)
    }
    const end = this.#take(/#{1,2}|%{1,2}/y)
    if (end === undefined) return unchanged
    const pattern = this.#argument(/[^}]/y)
    return (value) => trimmed(value, end, pattern)
  }

  /** Text and expressions, up to the first character of another kind. */
  #until(accepted: RegExp): string {
    const parts: string[] = []
    while (this.#isExpression() || this.#matches(accepted)) parts.push(this.#argument(accepted))
    return parts.join('')
  }

  /** One expression, or text up to the next. */
  #argument(accepted: RegExp, escaped?: RegExp): string {
    if (this.#isExpression()) return this.#expression()
    let text = ''
    while (!this.#isExpression()) {
      const pair = escaped && this.#take(escaped)
      const next = pair?.slice(1) ?? this.#take(accepted)
      if (next === undefined) break
      text += next
    }
    if (text === '') throw this.#bad('an argument')
    return text
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    return pattern.test(this.#text)
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    this.#at += found?.length ?? 0
    return found
  }

  #expect(pattern: RegExp, what: string): string {
    const found = this.#take(pattern)
    if (found === undefined) throw this.#bad(what)
    return found
  }

  /** The text is not shown, because it may be from a Secret. */
  #bad(what: string): BadSubstitution {
    const line = this.#text.slice(0, this.#at).split('\n').length
    return new BadSubstitution(`variable substitution failed at line ${line}: expected ${what}`)
  }
}

/** `\/`, `\\` and `$$` in the pattern that is replaced, and in its replacement. */
const ESCAPED = /\\[/\\]|\$\$/y

const unchanged = (value: string): string => value
const byteLength = (value: string): string => String(Buffer.byteLength(value))

const upperFirst = (value: string): string => value.replace(/^./su, (first) => first.toUpperCase())
const lowerFirst = (value: string): string => value.replace(/^./su, (first) => first.toLowerCase())
const CASES: Readonly<Record<string, (value: string) => string>> = {
  '^': upperFirst,
  '^^': (value) => value.toUpperCase(),
  ',': lowerFirst,
  ',,': (value) => value.toLowerCase(),
}

const INTEGER = /^[-+]?\d+$/

/** Counts in bytes. A negative position counts from the end. Text that is no number changes nothing. */
function substring(value: string, from: string, count: string | undefined): string {
  if (!INTEGER.test(from) || (count !== undefined && !INTEGER.test(count))) return value
  const bytes = Buffer.from(value)
  const start = Number(from) < 0 ? Math.max(0, bytes.length + Number(from)) : Number(from)
  return bytes.subarray(start, count === undefined ? undefined : start + Number(count)).toString()
}

function replaced(value: string, how: string, pattern: string, replacement: string | undefined): string {
  if (how === '//') return value.replaceAll(pattern, () => replacement ?? '')
  if (how === '/') return value.replace(pattern, () => replacement ?? '')
  if (replacement === undefined) return value
  if (how === '/#') return value.startsWith(pattern) ? replacement + value.slice(pattern.length) : value
  return value.endsWith(pattern) ? value.slice(0, value.length - pattern.length) + replacement : value
}

/** Removes the shortest or the longest start (`#`, `##`) or end (`%`, `%%`) that a pattern matches. */
function trimmed(value: string, how: string, pattern: string): string {
  if (how.startsWith('%')) return reversed(trimmed(reversed(value), how.replaceAll('%', '#'), reversed(pattern)))
  const glob = globOf(pattern)
  const lengths = Array.from({ length: value.length }, (_, index) => index + 1)
  if (how === '##') lengths.reverse()
  const found = lengths.find((count) => glob?.test(value.slice(0, count)))
  return value.slice(found ?? 0)
}

const reversed = (text: string): string => [...text].reverse().join('')

/** `*` stands for any text, `?` for one character, `[a-z]` for one of several; undefined for what is no pattern. */
function globOf(pattern: string): RegExp | undefined {
  const tokens = pattern.match(/\\.|\[\^?\]?[^\]]*\]|./gsu) ?? []
  try {
    return new RegExp(`^${tokens.map(regularOf).join('')}$`, 'su')
  } catch {
    // Such as a range whose end comes before its start, which matches nothing for Flux either.
    return undefined
  }
}

function regularOf(token: string): string {
  if (token === '*') return '.*'
  if (token === '?') return '.'
  if (token.startsWith('[') && token.length > 1) return token
  return token.replace(/^\\/s, '').replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
