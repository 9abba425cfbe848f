import type { Finding } from '../../lib/framework/finding.ts'
import { isFields } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { Repair, Violation } from '../checks/check.ts'
import { violationsOf } from '../checks/evaluate.ts'
import { FIELDS } from '../config-container.ts'
import { checkFinding } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import { edit, type PodView, removeAnnotation } from '../pod/view.ts'
import { detailsOf } from './report.ts'
import { allowReason, isKept, type WorkloadSettings } from './settings.ts'

/** Replaces explicit bad values if their check knows a value that works as well, and names each old value. */
export function override(pod: PodView, settings: WorkloadSettings): Finding[] {
  if (!hasExplicitValues(pod)) return []
  return violationsOf(pod, settings.level).flatMap((violation) => {
    const { repair, found, check } = violation
    if (!repair || isPlaceholder(found)) return []
    if (allowReason(settings, violation, pod) !== undefined) {
      setInOtherContainers(pod, settings, violation)
      return []
    }
    if ('annotation' in repair) removeAnnotation(pod, repair.annotation)
    else edit(repair.draft, repair.field, repair.value)
    const to = proposed(violation, repair)
    const { field, ...details } = detailsOf(pod, violation)
    const proposal = { ...field, ...(to !== undefined && { proposedValue: to }) }
    return [checkFinding(check, { ...details, field: proposal }, violation, { is: 'overridden', to })]
  })
}

/** Most manifests have none, and builds have thousands of them. */
const hasExplicitValues = (pod: PodView): boolean =>
  Object.keys(pod.annotations).length > 0 ||
  [pod, ...pod.containers].some(({ securityContext }) => Object.keys(securityContext).length > 0)

/** The pod keeps a bad value for the sake of one container, so the others set the good value themselves. */
function setInOtherContainers(pod: PodView, settings: WorkloadSettings, { container, repair }: Violation): void {
  if (container || !repair || 'annotation' in repair) return
  const field = FIELDS.find((candidate) => candidate === repair.field)
  for (const other of pod.containers)
    if (field && !isSet(other.securityContext[field]) && !isKept(settings, field, other))
      edit(other, field, repair.value)
}

/** What a repair leaves at the violation's own path, which may be inside the field that is set. */
function proposed({ path }: Violation, repair: Repair): unknown {
  if ('annotation' in repair) return undefined
  const key = path.at(-1)
  if (key === repair.field) return repair.value
  return isFields(repair.value) && typeof key === 'string' ? repair.value[key] : undefined
}
