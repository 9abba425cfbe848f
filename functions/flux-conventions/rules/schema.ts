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
        const isEvents = isKindOfEvents(misfit.path)
        if (isEvents && OF_FLUX_OPERATOR.some((name) => misfit.found === JSON.stringify(name))) continue
        const advice = isEvents ? 'or a kind whose controller adds it to the definition' : ownerOf(misfit, tree.schemas)
        yield {
          object,
          path: formatPath(misfit.path),
          ...(isEvents && { severity: 'warning' }),
          found: misfit.found,
          expected: misfit.expected,
          ...(advice && { advice }),
        }
      }
    }
  },
})

/** Kinds that the Flux Operator adds to the definitions. Source: https://github.com/controlplaneio-fluxcd/flux-operator/blob/main/internal/builder/profiles.go */
const OF_FLUX_OPERATOR = ['FluxInstance', 'FluxReport', 'ResourceSet', 'ResourceSetInputProvider']

/** Other controllers add their kinds here, to what Alerts and Receivers may name. Source: https://fluxcd.io/flux/installation/configuration/boostrap-customization/#enable-notifications-for-third-party-controllers */
const isKindOfEvents = (path: Misfit['path']): boolean =>
  /^spec\.(?:eventSources|resources)\[\d+\]\.kind$/.test(formatPath(path))

/** The kinds that do have a field which this one lacks. */
function ownerOf({ path, found }: Misfit, schemas: Schemas): string | undefined {
  const [, key, ...deeper] = path
  if (deeper.length > 0 || typeof key !== 'string' || !found.startsWith('a field')) return undefined
  const owners = Object.entries(schemas)
    .filter(([, { spec }]) => Object.hasOwn(spec.properties ?? {}, key))
    .map(([type]) => type.slice(type.indexOf('/') + 1))
  return owners.length > 0 ? `${key} is a field of ${owners.join(', ')}` : undefined
}
