import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import { APPARMOR_OF_CONTAINER, SECCOMP_OF_CONTAINER, SECCOMP_OF_POD } from '../pod/security-context.ts'
import { type PodView, removeAnnotation } from '../pod/view.ts'

/** Annotations that mean the same as RuntimeDefault in the field. */
const SAME = ['runtime/default', 'docker/default']

/**
 * Removes the annotation of every field that was set: the API refuses a pod whose annotation and field differ, and
 * where it ignores the annotation nobody else should read it either.
 */
export function removeStaleAnnotations(pod: PodView): Finding[] {
  return annotationsOfChanges(pod).flatMap((annotation) => {
    const found = pod.annotations[annotation]
    if (found === undefined) return []
    removeAnnotation(pod, annotation)
    if (SAME.includes(found)) return []
    const path = formatPath([...pod.annotationsPath, annotation])
    return [findings['stale-annotation']({ object: pod.owner, field: { path } })]
  })
}

/** An AppArmor annotation takes precedence over the field of the pod, so only the field of its container removes it. */
function annotationsOfChanges(pod: PodView): string[] {
  const ofContainers = pod.containers.flatMap(({ name, changed }) => [
    ...(changed.has('seccompProfile') ? [SECCOMP_OF_CONTAINER + name] : []),
    ...(changed.has('appArmorProfile') ? [APPARMOR_OF_CONTAINER + name] : []),
  ])
  return pod.changed.has('seccompProfile') ? [SECCOMP_OF_POD, ...ofContainers] : ofContainers
}
