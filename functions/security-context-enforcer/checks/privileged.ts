import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'

/**
 * privileged, baseline: no container may set `privileged: true`.
 *
 * Refused: nobody sets it by accident, and nothing else does the same.
 */
export const privileged = defineCheck({
  name: 'privileged',
  allows: 'containers are privileged',
  verdict: 'refuse',
  means: 'A container runs privileged.',
  why: 'A privileged container has every device and capability of its node: whoever controls it controls the node.',
  fix: 'Add the capabilities that it needs instead, or set privileged: true, omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container>.',
  forms: [
    {
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
              knob: 'privileged: true, omit: [runAsUser, runAsNonRoot] and a reason',
            }
        }
      },
    },
  ],
})
