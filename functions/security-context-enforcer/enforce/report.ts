import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { Violation } from '../checks/check.ts'
import { checkFinding } from '../findings/index.ts'
import type { PodView } from '../pod/view.ts'
import { allowReason, type WorkloadSettings } from './settings.ts'

/** A placeholder is no answer: only its substitution shows whether the value is good. */
const PLACEHOLDER = 'write the value itself, because only the substitution shows what a placeholder becomes'

/** The finding about a violation that stays: a warning if the policy allows it, else an error. */
export function report(pod: PodView, settings: WorkloadSettings, violation: Violation): Finding {
  const reason = allowReason(settings, violation, pod)
  const details = detailsOf(pod, violation)
  if (reason !== undefined) return checkFinding(violation.check, details, violation, { is: 'allowed', reason })
  const { knob, ...judged } = violation
  const refused = isPlaceholder(violation.found) ? { ...judged, advice: PLACEHOLDER } : violation
  return checkFinding(violation.check, details, refused, { is: 'refused', wayOut: wayOut(settings, refused) })
}

/** The object and field of a violation, without a value that must not be printed. */
export const detailsOf = (pod: PodView, { path, found, shown }: Violation) => ({
  object: pod.owner,
  field: { path: formatPath(path), ...(found !== undefined && shown === undefined && { currentValue: found }) },
})

const wayOut = (settings: WorkloadSettings, { check, container, knob }: Violation): string =>
  container && knob
    ? `or set ${knob} in containers.${settings.workload}/${container.name}`
    : `or allow it with a reason in exceptions.${settings.workload}.${check}`
