import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../build.ts'
import type { NamedRule } from './rule.ts'

/** What a formula gives: a number, or members, one text each. */
export type Value = number | readonly string[]

/** Somewhere that a value is written. */
export interface Place {
  object: KubernetesObject
  /** Path within the object, for messages. */
  field: string
  /** Which part of the text there it is, where it is not all of it. */
  part?: string | undefined
  /** What stands there now; undefined for nothing. Throws TextError or YamlTextError where that cannot be told. */
  read(): unknown
  /** The value in the form that it has there. */
  form(value: Value): unknown
  /** Throws TextError or YamlTextError where the place cannot be set. */
  write(value: Value): void | Promise<void>
}

/** A rule in its build: `namespace` is that of what is counted, in which targets are looked for. */
export interface Placing {
  build: Build
  rule: NamedRule
  namespace: string
}

/** A value as one text. */
export const asText = (value: Value, { separator = ',' }: NamedRule): string =>
  typeof value === 'number' ? String(value) : value.join(separator)

/** A value for a field: a list stays one, unless the rule joins it. */
export const asField = (value: Value, { separator }: NamedRule): number | string | string[] => {
  if (typeof value === 'number') return value
  return separator === undefined ? [...value] : value.join(separator)
}
