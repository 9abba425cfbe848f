import * as z from 'zod/mini'
import { InputError } from '../input-error.ts'
import { formatPath, isFields } from '../kubernetes/objects.ts'
import { didYouMean } from './did-you-mean.ts'

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

export type Schema<T> = z.ZodMiniType<T>
type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/**
 * Reads a section of configuration, with its defaults. Throws InputError with one line for each thing to mend: the
 * path, what was expected, what was found, and the key that was probably meant.
 */
export function parseConfig<T>(schema: Schema<T>, value: unknown, where: string): T {
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.flatMap((issue) => explain(issue, schema, value, []))
  throw new InputError(lines.map((line) => `${where}${line}`).join('\n'))
}

function explain(issue: Issue, schema: z.core.$ZodType, root: unknown, base: Path): string[] {
  const path = [...base, ...issue.path]
  const at = atPath(path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, path)
      return issue.keys.map(
        (key) => `${atPath([...path, key])}: unknown key${didYouMean(key, known)}; expected one of ${known.join(', ')}`,
      )
    }
    case 'invalid_type':
      return [`${at}: expected ${an(issue.expected)}, found ${show(root, path)}`]
    case 'invalid_value':
      return [`${at}: expected ${issue.values.map((v) => JSON.stringify(v)).join(' or ')}, found ${show(root, path)}`]
    case 'too_small':
      return [
        `${at}: expected ${issue.origin === 'number' ? '' : 'a length of '}at least ${issue.minimum}, found ${show(root, path)}`,
      ]
    case 'too_big':
      return [
        `${at}: expected ${issue.origin === 'number' ? '' : 'a length of '}at most ${issue.maximum}, found ${show(root, path)}`,
      ]
    case 'invalid_key':
      return issue.issues.map(
        (inner) => `${at}: expected ${expectation(inner)} as key, found ${JSON.stringify(path.at(-1))}`,
      )
    case 'invalid_union':
      return explainUnion(issue, schema, root, path)
    default:
      return [`${at}: expected ${expectation(issue)}, found ${show(root, path)}`]
  }
}

/** Of the branches of a union, the one whose type the value has is what was meant. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  schema: z.core.$ZodType,
  root: unknown,
  path: Path,
): string[] {
  const meant = issue.errors.find(
    (branch) => !branch.some((inner) => inner.path.length === 0 && inner.code !== 'unrecognized_keys'),
  )
  if (meant) return meant.flatMap((inner) => explain(inner, schema, root, path))
  const expected = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation))
  return [`${atPath(path)}: expected ${[...new Set(expected)].join(' or ')}, found ${show(root, path)}`]
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

const atPath = (path: Path): string => {
  const text = formatPath(path.map((key) => (typeof key === 'symbol' ? String(key) : key)))
  return text === '' || text.startsWith('[') ? text : `.${text}`
}

function show(root: unknown, path: Path): string {
  const value = path.reduce<unknown>(
    (node, key) => (isFields(node) || Array.isArray(node) ? (node as never)[key as never] : undefined),
    root,
  )
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

/** The keys that a schema allows at a path: what an unknown key could have been. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const def = schema._zod.def as unknown as Record<string, unknown> & { type: string }
  const inner = (def.innerType ?? def.schema ?? def.in) as z.core.$ZodType | undefined
  if (inner) return keysAt(inner, path)
  if (def.type === 'union')
    return [...new Set((def.options as z.core.$ZodType[]).flatMap((option) => keysAt(option, path)))]
  const [key, ...rest] = path
  if (def.type === 'object') {
    const shape = def.shape as Record<string, z.core.$ZodType>
    if (key === undefined) return Object.keys(shape)
    const next = shape[String(key)]
    return next ? keysAt(next, rest) : []
  }
  const element = (def.valueType ?? def.element) as z.core.$ZodType | undefined
  return element && key !== undefined ? keysAt(element, rest) : []
}
