import { isSet } from '../pod/security-context.ts'
import { drafts, type PodView } from '../pod/view.ts'
import type { Check, CheckResult } from './check.ts'

const ALLOWED_TYPES = ['RuntimeDefault', 'Localhost']

/**
 * seccompProfile, baseline: the type at pod level and in every container is RuntimeDefault or Localhost where it is set.
 * A good value at one level does not excuse a bad one at the other, and `{}` is a bad value, not an absent one.
 *
 * Override with RuntimeDefault: beside dropped capabilities and no_new_privs, Unconfined buys little.
 */
export const seccompProfileBaseline: Check = {
  name: 'seccompProfile',
  level: 'baseline',
  violations: unconfined,
}

/**
 * seccompProfile, restricted: as baseline, and it is set at pod level or in every container; otherwise the kubelet runs
 * the container unconfined. Pods that declare Windows are exempt.
 *
 * Mend where unset.
 */
export const seccompProfileRestricted: Check = {
  name: 'seccompProfile',
  level: 'restricted',
  replaces: seccompProfileBaseline,
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
}

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
