import { isDeepStrictEqual } from 'node:util'
import { error, type Finding, info } from '../../lib/framework/finding.ts'
import { isFields } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { YamlTextError } from '../../lib/yaml/text-values.ts'
import type { Claims } from './claims.ts'
import type { Place, Value } from './field.ts'
import type { NamedRule } from './rule.ts'
import { TextError } from './text-error.ts'

/** Writes a rule's value at one place, unless it is there already; finds why it cannot be written there. */
export const writeAt = (rule: NamedRule, place: Place, value: Value, claims: Claims): Promise<Finding[]> =>
  asFindings(rule, place, async () => {
    const { object, field: path } = place
    const current = await place.read()
    const details = { object, field: { path } }
    if (isPlaceholder(current))
      return [info(`${rule.name}: ${current} stays, for what fills it in; it should be ${value}`, details)]
    const above = describeAbove(current, value)
    if (above)
      return [
        error(
          `${rule.name}: found ${above}, expected what the value replaces; mend the path, which ends above it`,
          details,
        ),
      ]
    const wanted = place.form(value)
    const other = claims.make(place, rule.name, wanted)
    if (other)
      return [
        error(
          `${rule.name}: writes ${JSON.stringify(wanted)}, and ${other.rule} writes ${other.value} there; take one of the two out, or turn it off`,
          details,
        ),
      ]
    if (!isDeepStrictEqual(current, wanted)) await place.write(value)
    return []
  })

/** What a path ends at that goes on further down: a value written there would take the place of more than one. */
function describeAbove(current: unknown, value: Value): string | undefined {
  if (isFields(current)) return 'a map'
  if (!Array.isArray(current)) return undefined
  if (typeof value === 'number') return 'a list'
  return current.some(isFields) ? 'a list of maps' : undefined
}

/** A text in which a place cannot be set is the user's to mend, not a defect of this program. */
export async function asFindings(
  rule: NamedRule,
  place: Place | undefined,
  attempt: () => Promise<Finding[]>,
): Promise<Finding[]> {
  try {
    return await attempt()
  } catch (cause) {
    if (!(cause instanceof TextError || cause instanceof YamlTextError)) throw cause
    return [error(`${rule.name}: ${cause.message}`, place && { object: place.object, field: { path: place.field } })]
  }
}
