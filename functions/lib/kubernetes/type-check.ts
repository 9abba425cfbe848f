import { ExactInteger } from '../exact-integer.ts'
import { type Fields, isFields } from './objects.ts'

type Scalar = 'boolean' | 'integer' | 'count' | 'string' | 'required' | 'integerOrString'

/**
 * What the API decodes at a path: a scalar, a list, or a map with these fields, where `*` is every key. `required` is a
 * string that must be there. Fields that are not named are not looked at.
 */
export type Shape = Scalar | { readonly [field: string]: Shape } | readonly [Shape]

/** A value of another type than the API decodes, and where it is. */
export interface Mistyped {
  path: readonly (string | number)[]
  found: unknown
  expected: string
}

/**
 * Every value of another type than the API decodes: a quoted boolean is a string, which the API refuses, not a value
 * to be read as meant. Null is absent; a placeholder stands for a scalar of any type.
 */
export function typeErrors(value: unknown, shape: Shape, path: Mistyped['path']): Mistyped[] {
  const errors: Mistyped[] = []
  collect(value, shape, [...path], errors)
  return errors
}

/** What messages say in place of a value that may be secret: `a string`, `a map`, `nothing`. */
export function nameOfType(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof ExactInteger) return 'a number'
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`
}

/** `found a string, expected a boolean, or the API refuses it; remove the quotes` */
export const describeMistyped = ({ found, expected }: Mistyped): string =>
  `found ${nameOfType(found)}, expected ${expected}, or the API refuses it${isQuoted(found) ? '; remove the quotes' : ''}`

const isQuoted = (value: unknown): boolean => typeof value === 'string' && /^(?:true|false|\d+)$/.test(value)

/** `${NAME}`, `${NAME:=default}` or `$(NAME)` and nothing else: a value that only a later substitution knows. */
export const isPlaceholder = (value: unknown): value is string =>
  typeof value === 'string' && /^\$(?:\{[^{}]+\}|\([^()]+\))$/.test(value)

/** The shape of an object that has this shape at a path. */
export const shapeAt = (path: readonly string[], shape: Shape): Shape =>
  path.reduceRight<Shape>((inner, key) => ({ [key]: inner }), shape)

/** Goes down with one path, which it copies only where something is wrong: builds have thousands of pods. */
function collect(value: unknown, shape: Shape, path: (string | number)[], errors: Mistyped[]): void {
  if (value === undefined || value === null) return
  const expected = expectation(value, shape)
  if (expected !== undefined) errors.push({ path: [...path], found: value, expected })
  else if (Array.isArray(value) && isList(shape)) collectItems(value, shape, path, errors)
  else if (isFields(value) && isMap(shape)) collectFields(value, shape, path, errors)
}

function collectItems(
  list: readonly unknown[],
  [shape]: readonly [Shape],
  path: (string | number)[],
  errors: Mistyped[],
): void {
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    if (item !== undefined && item !== null) collectAt(index, item, shape, path, errors)
    else errors.push({ path: [...path, index], found: null, expected: 'an item' })
  }
}

function collectFields(
  map: Fields,
  shape: { readonly [field: string]: Shape },
  path: (string | number)[],
  errors: Mistyped[],
): void {
  const each = shape['*']
  for (const field in each ? map : shape)
    if (Object.hasOwn(map, field)) collectAt(field, map[field], each ?? (shape[field] as Shape), path, errors)
    else if (shape[field] === 'required')
      errors.push({ path: [...path, field], found: undefined, expected: AN.required })
}

function collectAt(
  key: string | number,
  value: unknown,
  shape: Shape,
  path: (string | number)[],
  errors: Mistyped[],
): void {
  path.push(key)
  collect(value, shape, path, errors)
  path.pop()
}

/** What was expected in place of the value; undefined if it fits. */
function expectation(value: unknown, shape: Shape): string | undefined {
  if (typeof shape === 'string') {
    if (value instanceof ExactInteger && shape === 'integer') return 'a whole number of fewer digits'
    return IS[shape](value) || isPlaceholder(value) ? undefined : AN[shape]
  }
  if (isList(shape)) return Array.isArray(value) ? undefined : 'a list'
  return isFields(value) ? undefined : 'a map'
}

const IS: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  count: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31,
  string: (value) => typeof value === 'string',
  required: (value) => typeof value === 'string',
  integerOrString: (value) => typeof value === 'string' || Number.isInteger(value),
}

const AN: Readonly<Record<Scalar, string>> = {
  boolean: 'a boolean',
  integer: 'a whole number',
  count: 'a whole number, not negative and below 2^31',
  string: 'a string',
  required: 'a string',
  integerOrString: 'a whole number or a string',
}

const isList = (shape: Shape): shape is readonly [Shape] => Array.isArray(shape)

const isMap = (shape: Shape): shape is { readonly [field: string]: Shape } => isFields(shape)
