import { isSet } from '../pod/security-context.ts'
import { edit, type PodView } from '../pod/view.ts'
import { isPersistent, mountsOf, shutsOthersOut } from '../pod/volumes.ts'
import type { WorkloadSettings } from './settings.ts'

/**
 * Sets the group of the volumes, if the pod sets none. A group for this workload is set whatever it mounts; a group for
 * all workloads only if the pod mounts a volume that needs it. The change policy follows every fsGroup.
 */
export function fillFsGroup(pod: PodView, settings: WorkloadSettings): void {
  const { fsGroup, fsGroupChangePolicy, isFsGroupChosen } = settings
  if (pod.isWindows) return
  if (typeof fsGroup === 'number' && !isSet(pod.securityContext.fsGroup) && (isFsGroupChosen || needsGroup(pod)))
    edit(pod, 'fsGroup', fsGroup)
  if (fsGroupChangePolicy && isSet(pod.securityContext.fsGroup) && !isSet(pod.securityContext.fsGroupChangePolicy))
    edit(pod, 'fsGroupChangePolicy', fsGroupChangePolicy)
}

/** Knative refuses a pod-level securityContext unless its feature flag is on. */
const needsGroup = (pod: PodView): boolean =>
  !pod.isKnative &&
  (pod.claims.length > 0 ||
    pod.containers.some((container) =>
      mountsOf(container, pod).some((mount) => isPersistent(mount) || shutsOthersOut(mount)),
    ))
