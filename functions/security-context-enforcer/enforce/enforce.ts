import type { Finding } from '../../lib/framework/finding.ts'
import { levelOf, violationsOf } from '../checks/evaluate.ts'
import type { Level } from '../checks/levels.ts'
import type { PodView } from '../pod/view.ts'
import { advise, weakenedContainers } from './advise.ts'
import { judgeCommands } from './commands.ts'
import { configure } from './configure.ts'
import { fillDefaults } from './defaults.ts'
import { fillFsGroup } from './fs-group.ts'
import { override } from './override.ts'
import { report } from './report.ts'
import { allowReason, type WorkloadSettings } from './settings.ts'
import { removeStaleAnnotations } from './stale-annotations.ts'
import { judgeUsers } from './users.ts'

/** The result of enforcing one pod. */
export interface Outcome {
  findings: Finding[]
  /** The reasons of the exceptions that apply to it. */
  reasons: string[]
  /** The names of the checks that it fails, allowed or not. */
  failed: ReadonlySet<string>
  /** The strictest level that it meets. */
  level: Level
}

/**
 * Brings the drafts of a pod to its level, in this order: values that the policy has for its containers; explicit bad
 * values whose check knows a value that keeps the workload working; unset fields. What still fails is allowed by an
 * exception, or it is an error and the caller discards the drafts.
 */
export function enforce(pod: PodView, settings: WorkloadSettings): Outcome {
  const done = [...configure(pod, settings), ...override(pod, settings)]
  fillDefaults(pod, settings)
  fillFsGroup(pod, settings)
  done.push(...removeStaleAnnotations(pod))
  const remaining = violationsOf(pod, settings.level)
  const violations = remaining.filter(
    ({ because, check }) => because === undefined && !settings.omit.some((field) => field === check),
  )
  const reasons = violations
    .map((violation) => allowReason(settings, violation, pod))
    .filter((reason) => reason !== undefined)
  const weakened = weakenedContainers(pod, settings)
  const reported = violations.map((violation) => report(pod, settings, violation))
  const refused = new Set(reported.filter(({ severity }) => severity === 'error').map(({ tags }) => tags?.check))
  return {
    findings: [
      ...done,
      ...reported,
      ...judgeUsers(pod, settings, refused),
      ...judgeCommands(pod, settings),
      ...advise(pod, settings, weakened, new Set(reasons)),
    ],
    reasons: [...reasons, ...weakened.map(({ reason }) => reason)],
    failed: new Set(remaining.map(({ check }) => check)),
    level: settings.level === 'restricted' && remaining.length === 0 ? 'restricted' : levelOf(pod),
  }
}
