import { isSet } from '../pod/security-context.ts'
import { drafts } from '../pod/view.ts'
import { defineCheck } from './check.ts'

/**
 * windowsHostProcess, baseline: `windowsOptions.hostProcess` is not true at pod level or in any container.
 *
 * Refused: it is the purpose of the workload.
 */
export const windowsHostProcess = defineCheck({
  name: 'windowsHostProcess',
  allows: 'containers are processes of a Windows node',
  verdict: 'refuse',
  means: 'A container runs as a process of its Windows node, outside any isolation.',
  why: 'Such a process has the rights of its user on the node itself.',
  fix: 'Remove hostProcess, or give a reason in exceptions.<workload>.windowsHostProcess.',
  forms: [
    {
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
              advice: 'remove it, because the container runs as a process of its node',
            }
        }
      },
    },
  ],
})
