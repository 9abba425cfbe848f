import { type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { APPARMOR_OF_CONTAINER, SECCOMP_OF_CONTAINER, SECCOMP_OF_POD } from './security-context.ts'
import { type PodView, removeAnnotation } from './view.ts'

/** What an annotation says where the field says RuntimeDefault. */
const SAME = ['runtime/default', 'docker/default']

/**
 * Removes the annotation of every field that was set: the API refuses a pod whose annotation and field differ, and
 * where it does not look at the annotation any more nobody else should either.
 */
export function removeStaleAnnotations(pod: PodView): Finding[] {
  return annotationsOfChanges(pod).flatMap((annotation) => {
    const found = pod.annotations[annotation]
    if (found === undefined) return []
    removeAnnotation(pod, annotation)
    if (SAME.includes(found)) return []
    return [
      warning(`found ${JSON.stringify(found)}, removed, since the field in its place is set now`, {
        object: pod.owner,
        field: { path: formatPath([...pod.annotationsPath, annotation]), currentValue: found },
      }),
    ]
  })
}

/** An AppArmor annotation counts before the field of the pod, so it goes with the field of its container only. */
function annotationsOfChanges(pod: PodView): string[] {
  const ofContainers = pod.containers.flatMap(({ name, changed }) => [
    ...(changed.has('seccompProfile') ? [SECCOMP_OF_CONTAINER + name] : []),
    ...(changed.has('appArmorProfile') ? [APPARMOR_OF_CONTAINER + name] : []),
  ])
  return pod.changed.has('seccompProfile') ? [SECCOMP_OF_POD, ...ofContainers] : ofContainers
}
