import { groupOf } from '../../lib/kubernetes/objects.ts'
import { fluxKindOf } from '../schemas/schemas.ts'
import { misfits } from '../schemas/validate.ts'
import { defineRule } from './rule.ts'

const STABLE = /^v\d+$/

/** Flux objects use the stable version of their kind, if it has one. */
export const apiVersion = defineRule({
  name: 'api-version',
  severity: 'error',
  means: 'A Flux object is of a beta version, and its kind has a stable one.',
  why: 'Flux removes beta versions: after the update that does so, nothing in the tree with this object is applied.',
  fix: 'Write the stable version. `fix: true` does so where no field has to change with it.',
  *violations(tree) {
    for (const { object } of tree.entries) {
      const kind = fluxKindOf(tree.schemas, object)
      if (!kind || !STABLE.test(kind.version) || versionOf(object) === kind.version) continue
      const stable = `${groupOf(object.apiVersion)}/${kind.version}`
      const fits = misfits(object.spec ?? {}, kind.spec, ['spec']).length === 0
      yield {
        object,
        path: 'apiVersion',
        found: object.apiVersion,
        expected: stable,
        ...(fits
          ? {
              repair: () => {
                object.apiVersion = stable
              },
            }
          : { advice: 'fields have to change with it' }),
      }
    }
  },
})

export const versionOf = ({ apiVersion }: { apiVersion: string }): string =>
  apiVersion.slice(apiVersion.indexOf('/') + 1)
