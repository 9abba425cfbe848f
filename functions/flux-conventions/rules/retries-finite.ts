import { retriesOf } from '../config-policy.ts'
import { ACTIONS, retriesAt, retriesPath, setRetries } from '../tree/remediation.ts'
import { defineRule } from './rule.ts'

/** No HelmRelease retries for ever. */
export const retriesFinite = defineRule({
  name: 'retries-finite',
  severity: 'warning',
  means: 'A HelmRelease has a negative number of retries, which means without end.',
  why: 'A release that cannot work is installed and removed again and again, with its hooks and its volumes.',
  fix: 'Write a number such as 3.',
  *violations(tree, policy) {
    for (const { object } of tree.releases)
      for (const action of ACTIONS) {
        const found = retriesAt(object, action)
        if (typeof found !== 'number' || found >= 0) continue
        yield {
          object,
          path: retriesPath(action),
          found: String(found),
          expected: `a number such as ${retriesOf(policy)}`,
          repair: () => setRetries(object, action, retriesOf(policy)),
        }
      }
  },
})
