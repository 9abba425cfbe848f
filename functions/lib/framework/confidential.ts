import { toJson } from '../exact-integer.ts'
import { isFields } from '../kubernetes/objects.ts'
import { nameOfType } from '../kubernetes/type-check.ts'

/** Fields whose values may be secret: findings name their type and never print them. */
const CONFIDENTIAL = ['env', 'args', 'command', 'annotations', 'data', 'stringData', 'binaryData']
const CONFIDENTIAL_PATH = new RegExp(`(?:^|[.\\]])(?:${CONFIDENTIAL.join('|')})(?:[.[]|$)`)
const MAX_LENGTH = 120

/** May values below this key be secret? */
export const isConfidentialKey = (key: string): boolean => CONFIDENTIAL.includes(key)

/** May the value at this path, as `formatPath` writes it, be secret? */
export const isConfidential = (path: string, value: unknown): boolean =>
  CONFIDENTIAL_PATH.test(path) || holdsConfidential(value)

function holdsConfidential(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsConfidential)
  return (
    isFields(value) && Object.entries(value).some(([key, inner]) => isConfidentialKey(key) || holdsConfidential(inner))
  )
}

/** A value for a message: as JSON, cut, or its type where it may be secret. */
export function show(path: string, value: unknown): string {
  if (value === undefined || isConfidential(path, value)) return nameOfType(value)
  const json = toJson(value)
  return json.length > MAX_LENGTH ? `${json.slice(0, MAX_LENGTH - 3)}...` : json
}

type Field = { path: string; currentValue?: unknown; proposedValue?: unknown }

/** A field of a finding without values that may be secret. */
export const withoutSecrets = ({ path, ...values }: Field): Field => ({
  path,
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => !isConfidential(path, value))),
})
