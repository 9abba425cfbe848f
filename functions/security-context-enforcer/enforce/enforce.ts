import type { Finding } from '../../lib/framework/finding.ts'
import type { CheckName } from '../checks/check.ts'
import { levelOf, violationsOf } from '../checks/evaluate.ts'
import type { Level } from '../checks/levels.ts'
import { removeStaleAnnotations } from '../pod/profile-annotations.ts'
import type { PodView } from '../pod/view.ts'
import { advise, weakenedContainers } from './advise.ts'
import { configure } from './configure.ts'
import { fillDefaults } from './defaults.ts'
import { override } from './override.ts'
import { report } from './report.ts'
import { allowReason, type Policy } from './settings.ts'

/** What became of a pod. */
export interface Outcome {
  findings: Finding[]
  /** The reasons of the exceptions that apply to it. */
  reasons: string[]
  /** The checks that it fails, allowed or not. */
  failed: ReadonlySet<CheckName>
  /** The strictest level that it meets. */
  level: Level
}

/**
 * Brings the drafts of a pod to its level, in this order: what the configuration says of its containers; an explicit
 * bad value overridden where a check knows a value that keeps the workload working; what is unset filled. What still
 * fails then is allowed by an exception, or an error, upon which the caller throws the drafts away.
 */
export function enforce(pod: PodView, policy: Policy): Outcome {
  const done = [...configure(pod, policy), ...override(pod, policy)]
  fillDefaults(pod, policy)
  done.push(...removeStaleAnnotations(pod))
  const remaining = violationsOf(pod, policy.level)
  const violations = remaining.filter(
    ({ because, check }) => because === undefined && !policy.omit.some((field) => field === check),
  )
  const reasons = violations
    .map((violation) => allowReason(policy, violation, pod))
    .filter((reason) => reason !== undefined)
  const weakened = weakenedContainers(pod, policy)
  return {
    findings: [
      ...done,
      ...violations.map((violation) => report(pod, policy, violation)),
      ...advise(pod, policy, weakened, new Set(reasons)),
    ],
    reasons: [...reasons, ...weakened.map(({ reason }) => reason)],
    failed: new Set(remaining.map(({ check }) => check)),
    level: policy.level === 'restricted' && remaining.length === 0 ? 'restricted' : levelOf(pod),
  }
}
