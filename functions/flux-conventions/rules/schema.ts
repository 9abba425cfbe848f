import { formatPath } from '../../lib/kubernetes/objects.ts'
import { fluxKindOf, type Schemas } from '../schemas/schemas.ts'
import { type Misfit, misfits } from '../schemas/validate.ts'
import { versionOf } from './api-version.ts'
import { defineRule } from './rule.ts'

/** Every Flux object fits the definition of its kind: its fields, types, durations and enums. */
export const schema = defineRule({
  name: 'schema',
  severity: 'error',
  means: 'A Flux object has a field that its definition does not know, or a value that it does not allow.',
  why: 'The API server drops an unknown field without a word, or refuses the object, so what was meant never happens.',
  fix: 'Write the field as the definition has it.',
  *violations(tree) {
    for (const { object } of tree.entries) {
      const kind = fluxKindOf(tree.schemas, object)
      if (!kind || versionOf(object) !== kind.version) continue
      for (const misfit of misfits(object.spec ?? {}, kind.spec, ['spec'])) {
        // The rule `prune` reports a prune that is absent.
        if (formatPath(misfit.path) === 'spec.prune' && misfit.found === 'nothing') continue
        const advice = ownerOf(misfit, tree.schemas)
        yield {
          object,
          path: formatPath(misfit.path),
          found: misfit.found,
          expected: misfit.expected,
          ...(advice && { advice }),
        }
      }
    }
  },
})

/** The kinds that do have a field which this one lacks. */
function ownerOf({ path, found }: Misfit, schemas: Schemas): string | undefined {
  const [, key, ...deeper] = path
  if (deeper.length > 0 || typeof key !== 'string' || !found.startsWith('a field')) return undefined
  const owners = Object.entries(schemas)
    .filter(([, { spec }]) => Object.hasOwn(spec.properties ?? {}, key))
    .map(([type]) => type.slice(type.indexOf('/') + 1))
  return owners.length > 0 ? `${key} is a field of ${owners.join(', ')}` : undefined
}
