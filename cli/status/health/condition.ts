import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { type Said, said } from '../problem.ts'

/** A condition of a status. */
export interface Condition {
  status: unknown
  observedGeneration: unknown
  said: Said
}

export function conditionOf(object: KubernetesObject, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((condition) => condition.type === type)
  return (
    found && {
      status: found.status,
      observedGeneration: found.observedGeneration,
      said: said(found.reason, found.message, found.lastTransitionTime),
    }
  )
}
