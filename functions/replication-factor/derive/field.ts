import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Build } from '../build/build.ts'
import type { NamedRule } from '../config-derive.ts'

/** The result of a formula: a number, or members, one text each. */
export type Value = number | readonly string[]

/** A field to which a value is written: of an object, or of a text in it. */
export interface DerivedField {
  object: KubernetesObject
  /** Path within the object, for messages. */
  field: string
  /** Which part of the text it is, where it is not all of it. */
  part?: string | undefined
  /** The present value; undefined for none. Throws TextError or YamlTextError where it cannot be read. */
  read(): unknown
  /** The value in the form that it has in this field. */
  form(value: Value): unknown
  /** Throws TextError or YamlTextError where the field cannot be set. */
  write(value: Value): void | Promise<void>
}

/** A rule in its build. `namespace` is that of what is counted; targets are looked up in it. */
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
