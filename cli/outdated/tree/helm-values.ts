import { parse } from 'yaml'
import { type Fields, isFields } from '../../../functions/lib/kubernetes/objects.ts'
import { parserReason } from '../../../functions/lib/yaml/parser-reason.ts'
import { Failure, FINDINGS } from '../../exit-code.ts'

/** Throws Failure (1) for what is no YAML, as Helm itself refuses it. */
export function parseValues(text: string, what: string): Fields {
  try {
    const value: unknown = parse(text, { version: '1.1', merge: true, logLevel: 'silent', uniqueKeys: false })
    return isFields(value) ? value : {}
  } catch (cause) {
    throw new Failure(`${what} cannot be read: ${parserReason(cause)}`, FINDINGS, { cause })
  }
}

/** As Helm merges values over defaults: map by map, and null takes a default away. */
export function merged(defaults: Fields, set: Fields): Fields {
  const result: Fields = { ...defaults }
  for (const [key, value] of Object.entries(set)) {
    const below = result[key]
    if (value === null) delete result[key]
    else result[key] = isFields(value) && isFields(below) ? merged(below, value) : value
  }
  return result
}
