import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { withDefaults } from '../pod/placeholders.ts'
import type { PodView } from '../pod/view.ts'
import type { Check, CheckForm, Violation } from './check.ts'
import { checks } from './index.ts'
import { type Level, NEWEST_MINOR, OLDEST_MINOR } from './levels.ts'

type Demanding = 'baseline' | 'restricted'
type FormInForce = CheckForm & { check: string }

/** The checks of a level in a version: restricted adds checks to those of baseline and replaces some of them. */
function formsInForce(level: Demanding, minor: number): FormInForce[] {
  const forms = (checks as readonly Check[])
    .flatMap(({ name, forms }) => forms.map((form): FormInForce => ({ ...form, check: name })))
    .filter((form) => (form.since ?? 0) <= minor && (form.level === 'baseline' || level === 'restricted'))
  const replaced = new Set(forms.map(({ replaces }) => replaces))
  return forms.filter((form) => form.level === 'restricted' || !replaced.has(form.check))
}

const inForce: Record<Demanding, FormInForce[][]> = { baseline: [], restricted: [] }
for (let minor = OLDEST_MINOR; minor <= NEWEST_MINOR; minor++)
  for (const level of ['baseline', 'restricted'] as const) inForce[level][minor] = formsInForce(level, minor)

/** What a level forbids of a pod, in the version that the view was made for. */
export function violationsOf(pod: PodView, level: Demanding): Violation[] {
  const violations: Violation[] = []
  for (const form of inForce[level][pod.minor] ?? [])
    for (const violation of form.violations(pod))
      violations.push(Object.assign(violation, { check: violation.check ?? form.check }))
  return violations
}

/**
 * The strictest level at which admission lets the pod pass. Admission judges what is substituted for a placeholder, so
 * the default of a placeholder counts as its value, and one without a default counts as good: a label that allowed for
 * the worst would let anything pass.
 */
export function levelOf(pod: PodView): Level {
  if (meets(pod, 'restricted')) return 'restricted'
  return meets(pod, 'baseline') ? 'baseline' : 'privileged'
}

function meets(pod: PodView, level: Demanding): boolean {
  const violations = violationsOf(pod, level)
  if (violations.length === 0) return true
  if (!violations.every(({ found }) => isPlaceholder(found))) return false
  return violationsOf(withDefaults(pod), level).every(({ found }) => isPlaceholder(found))
}
