import { show } from '../../lib/framework/confidential.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import { type FieldPath, formatPath, isFields } from '../../lib/kubernetes/objects.ts'
import { nameOfType } from '../../lib/kubernetes/type-check.ts'
import type { Schema } from './schemas.ts'
import { hasVariable } from './variable.ts'

/** Why the API server would refuse a value, or drop it. */
export interface Misfit {
  path: (string | number)[]
  found: string
  expected: string
}

/** Every way in which a value does not fit a schema. A value with a variable fits wherever text may be. */
export function misfits(value: unknown, schema: Schema, path: FieldPath): Misfit[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string' && hasVariable(value)) return []
  const wrong = scalarProblem(value, schema)
  if (wrong !== undefined) return [{ path: [...path], found: found(value, path), expected: wrong }]
  if (Array.isArray(value) && schema.items) {
    const { items } = schema
    return value.flatMap((item, index) => misfits(item, items, [...path, index]))
  }
  return isFields(value) ? inMap(value, schema, path) : []
}

function inMap(value: Readonly<Record<string, unknown>>, schema: Schema, path: FieldPath): Misfit[] {
  const { properties, additionalProperties, open } = schema
  const absent = (schema.required ?? [])
    .filter((key) => value[key] === undefined)
    .map(
      (key): Misfit => ({
        path: [...path, key],
        found: 'nothing',
        expected: `${typeName(properties?.[key])}, because it is required`,
      }),
    )
  const known = Object.keys(properties ?? {})
  const inner = Object.entries(value).flatMap(([key, child]) => {
    const own = properties && Object.hasOwn(properties, key) ? properties[key] : additionalProperties
    if (own) return misfits(child, own, [...path, key])
    if (open || (!properties && schema.type !== 'object') || known.length === 0) return []
    return [unknownField([...path, key], key, known)]
  })
  return [...absent, ...inner]
}

const unknownField = (path: (string | number)[], key: string, known: readonly string[]): Misfit => ({
  path,
  found: `a field that the definition does not know${didYouMean(key, known)}`,
  expected: `one of ${known.join(', ')}`,
})

/** What should be in place of the value, or undefined if it fits. */
function scalarProblem(value: unknown, schema: Schema): string | undefined {
  const { type } = schema
  if (type !== undefined && !IS[type]?.(value)) return typeName(schema)
  if (schema.enum && !schema.enum.includes(value)) return `one of ${schema.enum.join(', ')}`
  if (typeof value === 'string') return textProblem(value, schema)
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) return `at least ${schema.minimum}`
    if (schema.maximum !== undefined && value > schema.maximum) return `at most ${schema.maximum}`
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems) return `at least ${schema.minItems} items`
    if (schema.maxItems !== undefined && value.length > schema.maxItems) return `at most ${schema.maxItems} items`
  }
  return undefined
}

function textProblem(value: string, { pattern, minLength, maxLength }: Schema): string | undefined {
  if (pattern !== undefined && !new RegExp(pattern).test(value))
    return /\(ms\|s\|m/.test(pattern) ? 'a duration such as 5m or 1h30m' : `text that matches ${pattern}`
  if (minLength !== undefined && value.length < minLength) return `at least ${minLength} characters`
  if (maxLength !== undefined && value.length > maxLength) return `at most ${maxLength} characters`
  return undefined
}

const IS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  integerOrString: (value) => typeof value === 'string' || Number.isInteger(value),
  array: (value) => Array.isArray(value),
  object: isFields,
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  boolean: 'a boolean',
  integer: 'a whole number',
  number: 'a number',
  integerOrString: 'a whole number or a string',
  array: 'a list',
  object: 'a map',
}

const typeName = (schema: Schema | undefined): string => NAMES[schema?.type ?? ''] ?? 'a value'

const found = (value: unknown, path: FieldPath): string =>
  typeof value === 'object' ? nameOfType(value) : show(formatPath(path), value)
