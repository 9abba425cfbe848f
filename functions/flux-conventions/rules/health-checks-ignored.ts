import { listAt } from '../../lib/kubernetes/fields.ts'
import { waitOf } from '../tree/health.ts'
import { defineRule } from './rule.ts'

/** No health check is written that Flux would ignore. */
export const healthChecksIgnored = defineRule({
  name: 'health-checks-ignored',
  severity: 'info',
  means: 'A Kustomization has both wait: true and healthChecks.',
  why: 'With wait, Flux waits for every object and ignores healthChecks.',
  fix: 'Remove healthChecks, or set wait: false if they are all that has to be ready.',
  *violations(tree) {
    for (const { object } of tree.kustomizations)
      if (waitOf(object) === true && listAt(object, 'spec', 'healthChecks').length > 0)
        yield {
          object,
          path: 'spec.healthChecks',
          found: 'healthChecks next to wait: true',
          expected: 'one of the two',
        }
  },
})
