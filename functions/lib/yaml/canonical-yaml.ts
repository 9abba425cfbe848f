import { FAILSAFE_SCHEMA, load, Type, types } from 'js-yaml'
import { exactInteger, unmark } from '../exact-integer.ts'
import { unshare } from './unshare.ts'

const integer = new Type('tag:yaml.org,2002:int', {
  kind: 'scalar',
  resolve: types.int.resolve,
  construct: (text: string) => exactInteger(types.int.construct(text), text),
})

/**
 * What Kustomize's own writer means: it quotes every string that any YAML version would read as something else, so a
 * plain scalar is a JSON value. No dates, no merge keys, no YAML 1.1 booleans.
 */
const SCHEMA = FAILSAFE_SCHEMA.extend({ implicit: [types.null, types.bool, integer, types.float] })

/** Reads one YAML text as plain data that shares nothing. Throws YAMLException, which says line and column. */
export function readCanonicalYaml(text: string): unknown {
  const value = load(text, { schema: SCHEMA })
  return text.includes('*') && text.includes('&') ? unshare(value) : value
}

// Line breaks and control characters of YAML that JSON leaves as they are.
const NOT_PRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** Plain data as JSON on one line, which is YAML too, and the cheapest form that Kustomize reads. */
export const writeJson = (value: unknown): string =>
  unmark(JSON.stringify(value)).replace(NOT_PRINTABLE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
