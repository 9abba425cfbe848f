import { isSet } from '../pod/security-context.ts'
import { drafts, type PodView } from '../pod/view.ts'
import { type CheckResult, defineCheck } from './check.ts'

const ALLOWED_TYPES = ['RuntimeDefault', 'Localhost']

/**
 * seccompProfile. Baseline: the type is RuntimeDefault or Localhost wherever it is set, at pod level and in every
 * container; a good value at one level does not excuse a bad one at the other, and `{}` is a bad value, not an absent
 * one. Restricted: it is also set at pod level or in every container, because otherwise the kubelet runs the container
 * unconfined. Pods that declare Windows are exempt from the restricted form.
 *
 * Unset is filled and a bad value is overridden with RuntimeDefault: once capabilities are dropped and no_new_privs is
 * set, Unconfined brings little.
 */
export const seccompProfile = defineCheck({
  name: 'seccompProfile',
  allows: 'containers run under no seccomp profile',
  verdict: 'override',
  means: 'A container runs without a filter of system calls.',
  why: 'An unconfined container may make every system call, and each is a way to reach a bug of the kernel.',
  fix: 'Set type: RuntimeDefault or Localhost, or omit: [seccompProfile] and a reason in containers.<workload>/<container>.',
  forms: [
    { level: 'baseline', violations: unconfined },
    {
      level: 'restricted',
      replaces: 'seccompProfile',
      *violations(pod) {
        if (pod.isWindows) return
        yield* unconfined(pod)
        if (isSet(pod.securityContext.seccompProfile)) return
        for (const container of pod.containers)
          if (!isSet(container.securityContext.seccompProfile))
            yield {
              container,
              path: [...container.path, 'seccompProfile'],
              found: undefined,
              expected: 'RuntimeDefault or Localhost',
            }
      },
    },
  ],
})

function* unconfined(pod: PodView): Generator<CheckResult> {
  for (const { draft, container } of drafts(pod)) {
    const profile = draft.securityContext.seccompProfile
    if (!isSet(profile) || ALLOWED_TYPES.includes(profile.type ?? '')) continue
    yield {
      ...(container && { container }),
      path: [...draft.path, 'seccompProfile', 'type'],
      found: profile.type,
      expected: 'RuntimeDefault or Localhost',
      repair: { draft, field: 'seccompProfile', value: { type: 'RuntimeDefault' } },
    }
  }
}
