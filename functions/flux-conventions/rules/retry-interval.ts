import { textAt } from '../../lib/kubernetes/fields.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization says when it is tried again after a failure. */
export const retryInterval = defineRule({
  name: 'retry-interval',
  severity: 'info',
  means: 'A Kustomization does not set retryInterval.',
  why: 'After a failure it is tried again only after its interval.',
  fix: 'Set retryInterval to one or two minutes.',
  *violations(tree) {
    for (const { object } of tree.kustomizations)
      if (!textAt(object, 'spec', 'retryInterval'))
        yield { object, path: 'spec.retryInterval', found: 'nothing', expected: 'a duration such as 2m' }
  },
})
