import { textAt } from '../../lib/kubernetes/fields.ts'
import { ensureFields } from '../../lib/kubernetes/objects.ts'
import { tierOf } from '../config-policy.ts'
import { secondsOf } from '../tree/durations.ts'
import { defineRule } from './rule.ts'

/** The more depends on a namespace, the sooner Flux notices a change in it. */
export const intervalTier = defineRule({
  name: 'interval-tier',
  severity: 'info',
  means: 'The interval of a Kustomization or HelmRelease is longer than the tier of its namespace allows.',
  why: 'Flux repairs what somebody changed in the cluster, or what failed, only after this time.',
  fix: 'Shorten the interval, or set the tier of the namespace in tiers.',
  *violations(tree, policy) {
    for (const { object, namespace } of [...tree.kustomizations, ...tree.releases]) {
      const found = textAt(object, 'spec', 'interval')
      const { tier, interval } = tierOf(policy, textAt(object, 'spec', 'targetNamespace') ?? namespace)
      const seconds = secondsOf(found)
      if (found === undefined || seconds === undefined || seconds <= (secondsOf(interval) ?? 0)) continue
      yield {
        object,
        path: 'spec.interval',
        found,
        expected: `at most ${interval}, as tier ${tier} has it`,
        repair: () => {
          ensureFields(object, 'spec').interval = interval
        },
      }
    }
  },
})
