import type { $ZodEnum, $ZodIssue, $ZodIssueInvalidUnion, $ZodType } from 'zod/v4/core'
import { formatPath, isFields } from '../kubernetes/objects.ts'
import { nameOfType } from '../kubernetes/type-check.ts'
import { didYouMean } from './did-you-mean.ts'
import type { Finding } from './finding.ts'
import { policy } from './findings.ts'
import { InputError } from './input-error.ts'
import * as z from './lazy-zod.ts'
import { NO, parse } from './parse-lazily.ts'
import type { Schema } from './schema.ts'

export const API_VERSION = 'krm-hardening.dev/v1alpha1'

/** Whether a function changes objects, or reports every change that it would make as an error. */
export const modeSchema = z
  ._default(z.enum(['mutate', 'validate']), 'mutate')
  .check(
    z.describe(
      '`mutate` changes objects; `validate` changes nothing and reports every change it would make as an error',
    ),
  )

/** Why an exception is made; it appears in the results and on the object. */
export const reasonSchema = z
  .string()
  .check(z.minLength(1), z.describe('Why the exception is made; shown in the results and on the object'))

/** Turns something off. YAML 1.1, which Kubernetes reads, takes a plain `off` for false; Kustomize takes it for a string. */
export const offSchema = z.literal(['off', false])
export type Off = z.infer<typeof offSchema>

export const isOff = (value: unknown): value is Off => value === 'off' || value === false

type Issue = $ZodIssue
type ConfigPath = readonly PropertyKey[]

/**
 * Reads a section of configuration, with its defaults. Throws InputError with one finding for each thing to fix: the
 * path, what was expected, what was found, and the key that was probably meant.
 */
export function parseConfig<T>(schema: Schema<T>, value: unknown, where: string): T {
  const fast = parse(schema, value)
  if (fast !== NO) return fast as T
  const ofZod = z.asZod(schema) as $ZodType<T>
  const parsed = z.zod().safeParse(ofZod, value)
  if (parsed.success) return parsed.data
  throw new InputError(
    parsed.error.issues.flatMap((issue) => explain(issue, { schema: ofZod, root: value, where }, [])),
  )
}

/** The value that does not fit. */
interface Unfit {
  schema: $ZodType
  root: unknown
  where: string
}

function explain(issue: Issue, unfit: Unfit, base: ConfigPath): Finding[] {
  const path = [...base, ...issue.path]
  const at = `${unfit.where}${atPath(path)}`
  const wrong = (expected: string): Finding[] => [policy['wrong-value']({}, at, expected, show(unfit.root, path))]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(unfit.schema, path)
      return issue.keys.map((key) =>
        policy['unknown-field'](
          {},
          `${unfit.where}${atPath([...path, key])}`,
          didYouMean(key, known),
          known.join(', '),
        ),
      )
    }
    case 'too_small':
      return wrong(`${issue.origin === 'number' ? '' : 'a length of '}at least ${issue.minimum}`)
    case 'too_big':
      return wrong(`${issue.origin === 'number' ? '' : 'a length of '}at most ${issue.maximum}`)
    case 'invalid_key':
      return issue.issues.map((inner) => policy['wrong-key']({}, at, expectation(inner), JSON.stringify(path.at(-1))))
    case 'invalid_union':
      return explainUnion(issue, unfit, path)
    default:
      return wrong(expectation(issue))
  }
}

/** Of the branches of a union, the one whose type the value has is what was meant. */
function explainUnion(issue: $ZodIssueInvalidUnion, unfit: Unfit, path: ConfigPath): Finding[] {
  const meant = issue.errors.find(
    (branch) => !branch.some((inner) => inner.path.length === 0 && inner.code !== 'unrecognized_keys'),
  )
  if (meant) return meant.flatMap((inner) => explain(inner, unfit, path))
  const expected = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation))
  const found = show(unfit.root, path)
  return [policy['wrong-value']({}, `${unfit.where}${atPath(path)}`, [...new Set(expected)].join(' or '), found)]
}

const expectation = (issue: Issue): string => {
  if (issue.code === 'invalid_type') return an(issue.expected)
  if (issue.code === 'invalid_value') return issue.values.map((v) => JSON.stringify(v)).join(' or ')
  return issue.message
}

const an = (type: string): string => {
  const name =
    type === 'record' || type === 'object' ? 'map' : type === 'array' ? 'list' : type === 'int' ? 'whole number' : type
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}

const atPath = (path: ConfigPath): string => {
  const text = formatPath(path.map((key) => (typeof key === 'symbol' ? String(key) : key)))
  return text === '' || text.startsWith('[') ? text : `.${text}`
}

/** A scalar as it is, cut; of a map or a list, which may hold anything, its type. */
function show(root: unknown, path: ConfigPath): string {
  const value = path.reduce<unknown>(
    (node, key) => (isFields(node) || Array.isArray(node) ? (node as never)[key as never] : undefined),
    root,
  )
  const isFull = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  return value === undefined || isFull ? nameOfType(value) : JSON.stringify(value).slice(0, 80)
}

/** The keys that a schema allows at a path: what an unknown key could have been. */
function keysAt(schema: $ZodType, path: ConfigPath): string[] {
  const def = schema._zod.def as unknown as Record<string, unknown> & { type: string }
  const inner = (def.innerType ?? def.schema ?? def.in) as $ZodType | undefined
  if (inner) return keysAt(inner, path)
  if (def.type === 'union') return [...new Set((def.options as $ZodType[]).flatMap((option) => keysAt(option, path)))]
  const [key, ...rest] = path
  if (def.type === 'object') {
    const shape = def.shape as Record<string, $ZodType>
    if (key === undefined) return Object.keys(shape)
    const next = shape[String(key)]
    return next ? keysAt(next, rest) : []
  }
  const keys = def.keyType as $ZodEnum | undefined
  if (key === undefined && keys?._zod.def.type === 'enum') return Object.values(keys._zod.def.entries).map(String)
  const element = (def.valueType ?? def.element) as $ZodType | undefined
  return element && key !== undefined ? keysAt(element, rest) : []
}
