import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'
import type { Check, CheckResult } from './check.ts'

/**
 * procMount, baseline: no container may unmask /proc, unless from 1.35 its pod has a user namespace of its own.
 *
 * Refuse: containers that run containers need it unmasked.
 */
export const procMountBaseline: Check = {
  name: 'procMount',
  level: 'baseline',
  *violations(pod) {
    if (!pod.hasOwnUserNamespace) yield* unmasked(pod)
  },
}

/** procMount, restricted, from 1.35: the same, in a user namespace of its own too. */
export const procMountRestricted: Check = {
  name: 'procMount',
  level: 'restricted',
  since: 35,
  replaces: procMountBaseline,
  violations: unmasked,
}

function* unmasked(pod: PodView): Generator<CheckResult> {
  for (const container of pod.containers) {
    const found = container.securityContext.procMount
    if (isSet(found) && found !== 'Default')
      yield {
        container,
        path: [...container.path, 'procMount'],
        found,
        expected: 'Default',
        advice: 'remove it, unless the container runs containers itself',
      }
  }
}
