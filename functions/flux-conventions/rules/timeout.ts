import { ensureFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { timeoutOf } from '../config-policy.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization has a timeout. */
export const timeout = defineRule({
  name: 'timeout',
  severity: 'warning',
  means: 'A Kustomization does not set timeout.',
  why: 'Its interval is its timeout then: an app that never becomes ready is reported after an hour.',
  fix: 'Set timeout to what the app needs to become ready.',
  *violations(tree, policy) {
    for (const { object } of tree.kustomizations)
      if (!valueAt(object, ['spec', 'timeout']))
        yield {
          object,
          path: 'spec.timeout',
          found: 'nothing',
          expected: `a duration such as ${timeoutOf(policy)}`,
          repair: () => {
            ensureFields(object, 'spec').timeout = timeoutOf(policy)
          },
        }
  },
})
