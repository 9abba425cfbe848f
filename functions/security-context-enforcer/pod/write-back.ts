import { type FieldPath, type Fields, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Draft, PodView } from './view.ts'

/** Writes the drafts of a pod that were changed to its object. */
export function writeBack(pod: PodView): void {
  for (const { path, changed, securityContext } of [pod, ...pod.containers] satisfies Draft[])
    if (changed.size > 0) setAt(pod.owner, path, securityContext)
  const annotations = valueAt(pod.owner, pod.annotationsPath)
  if (!isFields(annotations) || pod.removedAnnotations.length === 0) return
  for (const annotation of pod.removedAnnotations) delete annotations[annotation]
  if (Object.keys(annotations).length === 0)
    delete (valueAt(pod.owner, pod.annotationsPath.slice(0, -1)) as Fields).annotations
}

/** Sets the value at a path. Maps on the way are created; lists exist. */
function setAt(root: KubernetesObject, path: FieldPath, value: unknown): void {
  let node = root as unknown as Fields
  for (const key of path.slice(0, -1)) {
    if (node[key] === undefined || node[key] === null) node[key] = {}
    node = node[key] as Fields
  }
  node[path.at(-1) as string | number] = value
}
