import { dependedOn } from '../tree/dependencies.ts'
import { hasHealthChecks, waitForAll, waitOf } from '../tree/health.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization says when it is ready. */
export const readiness = defineRule({
  name: 'readiness',
  severity: 'warning',
  means: 'A Kustomization has neither wait nor healthChecks nor healthCheckExprs; an error where others depend on it.',
  why: 'It counts as ready as soon as its objects are applied, so what depends on it starts before they work.',
  fix: 'Set wait: true, or name in healthChecks what has to be ready.',
  *violations(tree) {
    const needed = dependedOn(tree)
    for (const entry of tree.kustomizations) {
      const { object } = entry
      if (waitOf(object) === true || hasHealthChecks(object)) continue
      const isNeeded = needed.has(entry)
      yield {
        object,
        path: 'spec',
        severity: isNeeded ? 'error' : 'warning',
        found: `none of wait, healthChecks and healthCheckExprs${isNeeded ? ', and others depend on it' : ''}`,
        expected: 'wait: true, or what has to be ready',
        ...(isNeeded && { repair: waitForAll(object) }),
      }
    }
  },
})
