import { parseConfig } from '../../functions/lib/framework/config.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import type { Schema } from '../../functions/lib/framework/schema.ts'

/** What a function refuses in its `spec`: the path of each thing to correct, and what it expects there. */
export function refusedBy(schema: Schema<unknown>, spec: object): string[] {
  try {
    parseConfig(schema, spec, 'spec')
  } catch (error) {
    if (error instanceof InputError) return error.findings.map(({ message }) => message.split(', found ')[0] ?? '')
    throw error
  }
  return []
}
