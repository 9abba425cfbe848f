/**
 * An integer beyond 2^53, kept by its digits, because JavaScript has no number that could carry them. It is a type of its
 * own in plain data: no text can be taken for one, so JSON of it is written by `toJson`.
 */
export class ExactInteger {
  /** Whether any was made in this process: most runs meet none, and JSON.stringify is then exact. */
  static isInUse = false
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
    ExactInteger.isInUse = true
  }

  toJSON(): string {
    return this.digits
  }
}

/** The number, or its digits where a number would lose some. */
export const exactInteger = (value: number, digits: string): number | ExactInteger =>
  Number.isSafeInteger(value) ? value : new ExactInteger(digits)

/** Plain data as JSON, every integer with all its digits. */
export const toJson = (value: unknown): string => (ExactInteger.isInUse ? write(value) : JSON.stringify(value))

function write(value: unknown): string {
  if (value instanceof ExactInteger) return value.digits
  if (Array.isArray(value)) return `[${value.map((item) => write(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${write(field)}`).join(',')}}`
}

/** A copy of plain data that shares nothing with it. Unlike structuredClone it keeps integers beyond 2^53. */
export function copyOf<T>(data: T): T {
  if (Array.isArray(data)) return data.map(copyOf) as T
  if (typeof data !== 'object' || data === null || data instanceof ExactInteger) return data
  const copy: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(data))
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: copyOf(value), writable: true, enumerable: true, configurable: true })
    else if (value !== undefined) copy[key] = copyOf(value)
  return copy as T
}
