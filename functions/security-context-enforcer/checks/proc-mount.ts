import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'
import { type CheckResult, defineCheck } from './check.ts'

/**
 * procMount. Baseline: no container may unmask /proc, unless from 1.35 its pod has a user namespace of its own.
 * Restricted, from 1.35: not in a user namespace of its own either.
 *
 * Refused: containers that run containers need it unmasked.
 */
export const procMount = defineCheck({
  name: 'procMount',
  allows: 'containers see all of /proc',
  verdict: 'refuse',
  means: 'A container unmasks the parts of /proc that runtimes hide or make read-only.',
  why: 'Through them a container can read and change settings of the kernel of its node.',
  fix: 'Remove procMount, or give a reason in exceptions.<workload>.procMount if the container runs containers itself.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        if (!pod.hasOwnUserNamespace) yield* unmasked(pod)
      },
    },
    { level: 'restricted', since: 35, replaces: 'procMount', violations: unmasked },
  ],
})

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
