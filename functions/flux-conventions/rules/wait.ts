import { dependedOn } from '../tree/dependencies.ts'
import { hasHealthChecks, waitForAll, waitOf } from '../tree/health.ts'
import { defineRule } from './rule.ts'

/** Every Kustomization says whether Flux waits for its objects. */
export const wait = defineRule({
  name: 'wait',
  severity: 'warning',
  means: 'A Kustomization does not set wait.',
  why: 'Nobody can tell whether it was meant to count as ready as soon as it is applied.',
  fix: 'Set wait to true, or to false where nothing depends on it.',
  *violations(tree) {
    const needed = dependedOn(tree)
    for (const entry of tree.kustomizations) {
      const { object } = entry
      const found = waitOf(object)
      if (found !== undefined && found !== null) continue
      yield {
        object,
        path: 'spec.wait',
        found: 'nothing',
        expected: 'true, or false where nothing depends on it',
        ...(needed.has(entry) && !hasHealthChecks(object) && { repair: waitForAll(object) }),
      }
    }
  },
})
