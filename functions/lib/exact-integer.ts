/**
 * An integer beyond 2^53, kept by its digits. JSON.stringify writes it as a marked string, which `unmark` turns into
 * the bare digits: JavaScript has no number that could carry them.
 */
export class ExactInteger {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
  toJSON(): string {
    return `${MARK}${this.digits}${MARK}`
  }
}

// A private-use character: JSON.stringify leaves it as it is, and no manifest holds it.
const MARK = '\uE0E1'
const MARKED = new RegExp(`"${MARK}(-?\\d+)${MARK}"`, 'g')
const MARKED_VALUE = new RegExp(`^${MARK}-?\\d+${MARK}$`)

/** Bare digits for every marked integer of a JSON text. */
export const unmark = (json: string): string => (json.includes(MARK) ? json.replace(MARKED, '$1') : json)

/** The number, or its digits where a number would lose some. */
export const exactInteger = (value: number, digits: string): number | ExactInteger =>
  Number.isSafeInteger(value) ? value : new ExactInteger(digits)

/** What JSON.stringify wrote of plain data, marked integers as they were. */
export const parseMarked = (json: string): unknown =>
  json.includes(MARK) ? JSON.parse(json, (_, value) => exactOf(value) ?? value) : JSON.parse(json)

const exactOf = (value: unknown): ExactInteger | undefined =>
  typeof value === 'string' && MARKED_VALUE.test(value) ? new ExactInteger(value.slice(1, -1)) : undefined

/** A copy of plain data. Unlike structuredClone it keeps integers beyond 2^53. */
export const copyOf = <T>(data: T): T => (data === undefined ? data : (parseMarked(JSON.stringify(data)) as T))
