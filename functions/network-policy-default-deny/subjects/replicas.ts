import type { BackendCall } from '../../lib/flows/backends.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { POD_NAME } from '../../lib/kubernetes/workload-kinds.ts'
import type { Subject } from './subject.ts'

/**
 * Single pods of a StatefulSet that have a Service of their own. Each gets a policy next to that of the workload, named
 * after the pod, which admits the callers of that Service to this pod alone.
 */
export function replicaSubjects(
  flows: readonly ResolvedFlow[],
  calls: readonly BackendCall[],
  subjectOf: (workload: Workload) => Subject | undefined,
): ReadonlyMap<string, Subject> {
  const called = [...calls, ...flows.flatMap(({ callees }) => callees)]
  return new Map(
    called.flatMap(({ workload, replica }): [string, Subject][] => {
      const whole = workload && subjectOf(workload)
      if (!whole || replica === undefined) return []
      const podLabels = { ...whole.podLabels, [POD_NAME]: replica }
      const carried = { ...whole.carried, [POD_NAME]: replica }
      return [[`${whole.namespace}/${replica}`, { ...whole, name: replica, podLabels, carried }]]
    }),
  )
}
