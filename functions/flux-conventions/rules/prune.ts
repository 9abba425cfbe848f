import { ensureFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization removes what is no longer in Git. */
export const prune = defineRule({
  name: 'prune',
  severity: 'warning',
  means: 'A Kustomization does not set prune: true; an error where it sets nothing, which Flux refuses.',
  why: 'What is removed from Git keeps running, and nobody knows of it.',
  fix: 'Set prune: true. Protect single objects by the annotation kustomize.toolkit.fluxcd.io/prune: disabled.',
  *violations(tree) {
    for (const { object } of tree.kustomizations) {
      const found = valueAt(object, ['spec', 'prune'])
      if (found === true) continue
      // The definition requires the field: without it, the API server refuses the object.
      const isAbsent = found === undefined || found === null
      yield {
        object,
        path: 'spec.prune',
        severity: isAbsent ? 'error' : 'warning',
        found: isAbsent ? 'nothing' : JSON.stringify(found),
        expected: 'true',
        repair: () => {
          ensureFields(object, 'spec').prune = true
        },
      }
    }
  },
})
