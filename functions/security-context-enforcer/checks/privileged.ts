import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'

/**
 * privileged, baseline: no container may set `privileged: true`.
 *
 * Refuse: nobody sets it by accident, and nothing else does what it does.
 */
export const privileged: Check = {
  name: 'privileged',
  level: 'baseline',
  *violations(pod) {
    for (const container of pod.containers) {
      const found = container.securityContext.privileged
      if (isSet(found) && found !== false)
        yield {
          container,
          path: [...container.path, 'privileged'],
          found,
          expected: 'false',
          advice: 'add the capabilities that it needs instead',
          knob: 'privileged: true and a reason',
        }
    }
  },
}
