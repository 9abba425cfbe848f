import { isDeepStrictEqual } from 'node:util'
import type { Finding } from '../../lib/framework/finding.ts'
import { identity, isFields } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { YamlTextError } from '../../lib/yaml/text-values.ts'
import type { NamedRule } from '../config-derive.ts'
import { findings } from '../findings/index.ts'
import type { DerivedField, Value } from './field.ts'
import { TextError } from './text-error.ts'

/** What rules have written so far, by field: otherwise the last rule would win unnoticed. */
export class Claims {
  readonly #byField = new Map<string, { rule: string; value: string }>()

  /** Notes what a rule writes to a field. Returns what contradicts it: another rule, and its value as JSON. */
  make(
    { object, field, part = '' }: DerivedField,
    rule: string,
    wanted: unknown,
  ): { rule: string; value: string } | undefined {
    const key = [identity(object), field, part].join('\n')
    const value = JSON.stringify(wanted)
    const present = this.#byField.get(key)
    if (!present) this.#byField.set(key, { rule, value })
    return present && present.value !== value ? present : undefined
  }
}

/** Writes the value of a rule to one field, unless it is there already; reports why it cannot be written there. */
export const writeAt = (rule: NamedRule, field: DerivedField, value: Value, claims: Claims): Promise<Finding[]> =>
  asFindings(rule, field, async () => {
    const current = await field.read()
    const details = { object: field.object, field: { path: field.field } }
    if (isPlaceholder(current)) return [findings['placeholder-kept'](details, rule.name, String(value))]
    const above = describeAbove(current, value)
    if (above) return [findings['path-too-short'](details, rule.name, above)]
    const wanted = field.form(value)
    const other = claims.make(field, rule.name, wanted)
    if (other)
      return [findings['contradicting-rules'](details, rule.name, JSON.stringify(wanted), other.rule, other.value)]
    if (!isDeepStrictEqual(current, wanted)) await field.write(value)
    return []
  })

/** What a path ends at that holds more than one value: writing there would replace all of it. */
function describeAbove(current: unknown, value: Value): string | undefined {
  if (isFields(current)) return 'a map'
  if (!Array.isArray(current)) return undefined
  if (typeof value === 'number') return 'a list'
  return current.some(isFields) ? 'a list of maps' : undefined
}

/** A text to which a value cannot be written is for the user to fix; it is no defect of this program. */
export async function asFindings(
  rule: NamedRule,
  field: DerivedField | undefined,
  attempt: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await attempt()
  } catch (cause) {
    if (!(cause instanceof TextError || cause instanceof YamlTextError)) throw cause
    const details = field ? { object: field.object, field: { path: field.field } } : {}
    return [findings['cannot-write'](details, rule.name, cause.message)]
  }
}
