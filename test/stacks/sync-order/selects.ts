import { isFields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'

/** Do the labels at a path of an object of its namespace select the pods of a workload? No labels select none here. */
export function isSelectedBy(workload: Workload, selecting: KubernetesObject, path: readonly string[]): boolean {
  const labels = valueAt(selecting, path)
  return (
    selecting.metadata.namespace === workload.namespace &&
    isFields(labels) &&
    Object.keys(labels).length > 0 &&
    Object.entries(labels).every(([key, value]) => workload.labels[key] === value)
  )
}
