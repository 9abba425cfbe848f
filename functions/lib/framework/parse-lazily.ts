/**
 * Reads a value as zod would by the same schema, with its defaults, without zod. What does not fit is NO, and zod says why.
 * A property test compares both.
 */
import { type Fields, isFields } from '../kubernetes/objects.ts'
import { asZod, Lazy, zod } from './lazy-zod.ts'

export const NO = Symbol('does not fit')

type Parser = (value: unknown, ...args: never[]) => unknown

export function parse(schema: unknown, value: unknown): unknown {
  if (!(schema instanceof Lazy)) return parseWithZod(schema, value)
  const parsed = PARSERS[schema.name]?.(value, ...(schema.args as never[]))
  return parsed !== NO &&
    schema.checks.every((check) => CHECKS[check.name]?.(parsed as never, ...(check.args as never[])))
    ? parsed
    : NO
}

/** For the schemas of those who embed functions of their own. */
function parseWithZod(schema: unknown, value: unknown): unknown {
  const parsed = zod().safeParse(asZod(schema) as never, value)
  return parsed.success ? parsed.data : NO
}

const PARSERS: Readonly<Partial<Record<Lazy['name'], Parser>>> = {
  string: (value) => (typeof value === 'string' ? value : NO),
  number: (value) => (Number.isFinite(value) ? value : NO),
  int: (value) => (Number.isSafeInteger(value) ? value : NO),
  boolean: (value) => (typeof value === 'boolean' ? value : NO),
  literal: (value, expected: unknown) =>
    (Array.isArray(expected) ? expected : [expected]).includes(value) ? value : NO,
  enum: (value, expected: readonly unknown[]) => (expected.includes(value) ? value : NO),
  array: parseArray,
  object: (value, shape: Shape) => parseFields(value, shape),
  strictObject: (value, shape: Shape) => parseFields(value, shape, NO),
  looseObject: (value, shape: Shape) => parseFields(value, shape, ANY),
  catchall: (value, { args: [shape] }: Lazy, rest: unknown) => parseFields(value, shape as Shape, rest),
  record: parseRecord,
  partialRecord: parseRecord,
  union: parseUnion,
  optional: (value, inner: unknown) =>
    value !== undefined ? parse(inner, value) : absence(inner) === 'defaulted' ? parsedOrUndefined(inner) : undefined,
  nullable: (value, inner: unknown) => (value === null ? null : parse(inner, value)),
  _default: (value, inner: unknown, fallback: unknown) => {
    const parsed = value === undefined ? undefined : parse(inner, value)
    return parsed === undefined ? copy(fallback) : parsed
  },
  prefault: (value, inner: unknown, fallback: unknown) => parse(inner, value === undefined ? copy(fallback) : value),
}

const CHECKS: Readonly<Partial<Record<Lazy['name'], (value: never, ...args: never[]) => boolean>>> = {
  describe: () => true,
  regex: (value: string, pattern: RegExp) => pattern.test(value),
  minLength: (value: string | unknown[], least: number) =>
    (typeof value === 'string' ? [...value] : value).length >= least,
  minimum: (value: number, least: number) => value >= least,
  gte: (value: number, least: number) => value >= least,
  maximum: (value: number, most: number) => value <= most,
  lte: (value: number, most: number) => value <= most,
  refine: (value: unknown, test: (value: unknown) => unknown) => Boolean(test(value)),
  check: (value: unknown, test: (context: { value: unknown; issues: unknown[] }) => void) => {
    const issues: unknown[] = []
    test({ value, issues })
    return issues.length === 0
  },
}

const copy = (fallback: unknown): unknown =>
  Array.isArray(fallback) ? [...fallback] : isFields(fallback) ? { ...fallback } : fallback

function parsedOrUndefined(schema: unknown): unknown {
  const parsed = parse(schema, undefined)
  return parsed === NO ? undefined : parsed
}

function parseArray(value: unknown, element: unknown): unknown {
  if (!Array.isArray(value)) return NO
  const parsed = Array.from(value, (item) => parse(element, item))
  return parsed.includes(NO) ? NO : parsed
}

function parseUnion(value: unknown, options: readonly unknown[]): unknown {
  for (const option of options) {
    const parsed = parse(option, value)
    if (parsed !== NO) return parsed
  }
  return NO
}

type Shape = Readonly<Record<string, unknown>>
const ANY = Symbol('any value')

/** `rest` is the schema of keys that the shape does not have; without one they are left out. */
function parseFields(value: unknown, shape: Shape, rest?: unknown): unknown {
  if (!isFields(value)) return NO
  const fields: Fields = {}
  for (const key of Object.keys(shape)) if (!parseField(value, key, shape[key], fields)) return NO
  if (rest === undefined) return fields
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(shape, key)) continue
    if (rest === NO) return NO
    if (key === '__proto__') continue
    const parsed = rest === ANY ? value[key] : parse(rest, value[key])
    if (parsed === NO) return NO
    fields[key] = parsed
  }
  return fields
}

/** What zod does with an absent key depends on what the schema says about absence. */
function parseField(from: Fields, key: string, schema: unknown, to: Fields): boolean {
  const isPresent = key in from
  const ofAbsence = absence(schema)
  const mayBeUndefined = isOptional(schema)
  if (!isPresent && ofAbsence !== 'defaulted') return ofAbsence === 'optional' && mayBeUndefined
  const parsed = parse(schema, from[key])
  if (parsed === NO) return !isPresent && mayBeUndefined
  if (parsed !== undefined || isPresent || !mayBeUndefined) to[key] = parsed
  return true
}

/** May a key be left out, and does the schema then put a value in its place? */
function absence(schema: unknown): 'optional' | 'defaulted' | undefined {
  if (!(schema instanceof Lazy)) return (schema as Lazy)._zod.optin
  const [inner] = schema.args
  switch (schema.name) {
    case '_default':
    case 'prefault':
      return 'defaulted'
    case 'optional':
      return absence(inner) ?? 'optional'
    case 'nullable':
      return absence(inner)
    case 'union': {
      const options = (inner as unknown[]).map(absence)
      return options.includes('defaulted') ? 'defaulted' : options.find((option) => option !== undefined)
    }
    default:
      return undefined
  }
}

/** May the result be undefined? */
function isOptional(schema: unknown): boolean {
  if (!(schema instanceof Lazy)) return (schema as Lazy)._zod.optout === 'optional'
  const [inner] = schema.args
  if (schema.name === 'union') return (inner as unknown[]).some(isOptional)
  return schema.name === 'optional' || (schema.name === 'nullable' && isOptional(inner))
}

function parseRecord(value: unknown, key: unknown, element: unknown): unknown {
  if (!isPlain(value)) return NO
  const fields: Fields = {}
  for (const name of Object.keys(value)) {
    if (name === '__proto__') continue
    if (parse(key, name) === NO) return NO
    const parsed = parse(element, value[name])
    if (parsed === NO) return NO
    fields[name] = parsed
  }
  return fields
}

/** As opposed to an instance of a class. */
const isPlain = (value: unknown): value is Fields =>
  isFields(value) && Object.hasOwn(Object.getPrototypeOf(value) ?? Object.prototype, 'isPrototypeOf')
