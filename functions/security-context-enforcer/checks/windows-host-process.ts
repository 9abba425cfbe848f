import { isSet } from '../pod/security-context.ts'
import { drafts } from '../pod/view.ts'
import type { Check } from './check.ts'

/**
 * windowsHostProcess, baseline: `windowsOptions.hostProcess` is not true at pod level or in any container.
 *
 * Refuse: it is the point of the workload.
 */
export const windowsHostProcess: Check = {
  name: 'windowsHostProcess',
  level: 'baseline',
  *violations(pod) {
    for (const { draft, container } of drafts(pod)) {
      const found = draft.securityContext.windowsOptions?.hostProcess
      if (isSet(found) && found !== false)
        yield {
          ...(container && { container }),
          path: [...draft.path, 'windowsOptions', 'hostProcess'],
          found,
          expected: 'false',
          advice: 'remove it: the container runs as a process of its node',
        }
    }
  },
}
