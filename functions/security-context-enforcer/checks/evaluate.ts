import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { PodView } from '../pod/view.ts'
import type { Check, Violation } from './check.ts'
import { checks } from './index.ts'
import { type Level, NEWEST_MINOR, OLDEST_MINOR } from './levels.ts'

type Demanding = 'baseline' | 'restricted'

/** The checks of a level in a version: restricted adds to baseline, and puts some of its checks in the place of others. */
function checksFor(level: Demanding, minor: number): Check[] {
  const inForce = checks.filter(
    (check) => (check.since ?? 0) <= minor && (check.level === 'baseline' || level === 'restricted'),
  )
  const replaced = new Set(inForce.map((check) => check.replaces))
  return inForce.filter((check) => !replaced.has(check))
}

const inForce: Record<Demanding, Check[][]> = { baseline: [], restricted: [] }
for (let minor = OLDEST_MINOR; minor <= NEWEST_MINOR; minor++)
  for (const level of ['baseline', 'restricted'] as const) inForce[level][minor] = checksFor(level, minor)

/** What a level forbids of a pod, in the version that the view was made for. */
export function violationsOf(pod: PodView, level: Demanding): Violation[] {
  const violations: Violation[] = []
  for (const check of inForce[level][pod.minor] ?? [])
    for (const violation of check.violations(pod))
      violations.push(Object.assign(violation, { check: violation.check ?? check.name }))
  return violations
}

/**
 * The strictest level that admission will let the pod pass at. A placeholder counts as what it should be: admission
 * judges what is substituted for it, and a label that allowed for the worst would let anything pass.
 */
export function levelOf(pod: PodView): Level {
  const meets = (level: Demanding): boolean => violationsOf(pod, level).every(({ found }) => isPlaceholder(found))
  if (meets('restricted')) return 'restricted'
  return meets('baseline') ? 'baseline' : 'privileged'
}
