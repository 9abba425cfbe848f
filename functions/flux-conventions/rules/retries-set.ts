import { valueAt } from '../../lib/kubernetes/objects.ts'
import { retriesOf } from '../config-policy.ts'
import { ACTIONS, retriesAt, retriesPath, setRetries } from '../tree/remediation.ts'
import { defineRule } from './rule.ts'

/** Every HelmRelease says how often a failed installation and a failed upgrade are retried. */
export const retriesSet = defineRule({
  name: 'retries-set',
  severity: 'warning',
  means: 'A HelmRelease has no retries and no strategy for a failed installation or upgrade.',
  why: 'One failure, of the network for example, and the release stays broken until somebody looks.',
  fix: 'Set install.remediation.retries and upgrade.remediation.retries, or a strategy.',
  *violations(tree, policy) {
    for (const { object } of tree.releases) {
      const open = ACTIONS.filter(
        (action) =>
          retriesAt(object, action) === undefined && valueAt(object, ['spec', action, 'strategy']) === undefined,
      )
      const [first] = open
      if (!first) continue
      yield {
        object,
        path: retriesPath(first),
        found: `nothing${open.length > 1 ? `, nor ${retriesPath('upgrade')}` : ''}`,
        expected: `a number such as ${retriesOf(policy)}, or a strategy`,
        repair: () => {
          for (const action of open) setRetries(object, action, retriesOf(policy))
        },
      }
    }
  },
})
