import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { Violation } from '../checks/check.ts'
import { isSet } from '../pod/security-context.ts'
import type { PodView } from '../pod/view.ts'
import { allowReason, type Policy } from './settings.ts'

/** What is said of a violation that stays: a warning where it is allowed or cannot be judged, else an error. */
export function report(pod: PodView, policy: Policy, violation: Violation): Finding {
  const { found, expected, advice } = violation
  const reason = allowReason(policy, violation, pod)
  const details = detailsOf(pod, violation)
  if (reason !== undefined) return warning(`found ${show(found)}; allowed: ${reason}`, details)
  if (isPlaceholder(found))
    return warning(
      `found ${show(found)}, expected ${expected}; left as it is, since only its substitution can tell`,
      details,
    )
  return error(
    [`found ${show(found)}, expected ${expected}`, ...(advice ? [advice] : []), wayOut(policy, violation)].join('; '),
    details,
  )
}

export const detailsOf = (pod: PodView, { check, path, found }: Violation) => ({
  object: pod.owner,
  tags: { check },
  field: { path: formatPath(path), ...(found !== undefined && { currentValue: found }) },
})

export function show(value: unknown): string {
  const text = isSet(value) ? JSON.stringify(value) : 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

const wayOut = (policy: Policy, { check, container, knob }: Violation): string =>
  container && knob
    ? `or set ${knob} in containers.${policy.workload}/${container.name}`
    : `or allow it with a reason in exceptions.${policy.workload}.${check}`
