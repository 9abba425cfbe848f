import { type Finding, warning } from '../../lib/framework/finding.ts'
import { isFields } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { Repair, Violation } from '../checks/check.ts'
import { violationsOf } from '../checks/evaluate.ts'
import { FIELDS } from '../config-container.ts'
import { isSet } from '../pod/security-context.ts'
import { edit, type PodView, removeAnnotation } from '../pod/view.ts'
import { detailsOf, show } from './report.ts'
import { allowReason, isKept, type Policy } from './settings.ts'

/** Replaces explicit bad values where a check knows what to put in their place, and names each old value. */
export function override(pod: PodView, policy: Policy): Finding[] {
  if (!hasExplicitValues(pod)) return []
  return violationsOf(pod, policy.level).flatMap((violation) => {
    const { repair, found, expected } = violation
    if (!repair || isPlaceholder(found)) return []
    if (allowReason(policy, violation, pod) !== undefined) {
      spareOthers(pod, policy, violation)
      return []
    }
    if ('annotation' in repair) removeAnnotation(pod, repair.annotation)
    else edit(repair.draft, repair.field, repair.value)
    const to = proposed(violation, repair)
    const done = to === undefined ? 'removed' : `set to ${JSON.stringify(to)}`
    const { field, ...details } = detailsOf(pod, violation)
    return [
      warning(`found ${show(found)}, expected ${expected}; ${done}`, {
        ...details,
        field: { ...field, ...(to !== undefined && { proposedValue: to }) },
      }),
    ]
  })
}

/** Most manifests have none, and there are thousands of them. */
const hasExplicitValues = (pod: PodView): boolean =>
  Object.keys(pod.annotations).length > 0 ||
  [pod, ...pod.containers].some(({ securityContext }) => Object.keys(securityContext).length > 0)

/** What the pod goes on saying for the sake of one container, the others say for themselves. */
function spareOthers(pod: PodView, policy: Policy, { container, repair }: Violation): void {
  if (container || !repair || 'annotation' in repair) return
  const field = FIELDS.find((candidate) => candidate === repair.field)
  for (const other of pod.containers)
    if (field && !isSet(other.securityContext[field]) && !isKept(policy, field, other)) edit(other, field, repair.value)
}

/** What a repair leaves at the violation's own path, which may lie within the field that is set. */
function proposed({ path }: Violation, repair: Repair): unknown {
  if ('annotation' in repair) return undefined
  const key = path.at(-1)
  if (key === repair.field) return repair.value
  return isFields(repair.value) && typeof key === 'string' ? repair.value[key] : undefined
}
