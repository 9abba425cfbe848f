import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Said, State } from '../problem.ts'
import { conditionOf } from './condition.ts'

/** How an object of Flux is, by its conditions. Source: https://fluxcd.io/flux/components/kustomize/kustomizations/#conditions */
export interface FluxHealth extends Said {
  isReady: boolean
  isSuspended: boolean
  /** Undefined if it is healthy. */
  state?: State
}

export function fluxHealth(object: KubernetesObject): FluxHealth {
  const isSuspended = valueAt(object, ['spec', 'suspend']) === true
  const judged = judge(object)
  return {
    ...judged.said,
    isReady: judged.state === undefined,
    isSuspended,
    ...(isSuspended ? { state: 'suspended' as const } : judged.state && { state: judged.state }),
  }
}

function judge(object: KubernetesObject): { state?: State; said: Said } {
  const [ready, stalled] = [conditionOf(object, 'Ready'), conditionOf(object, 'Stalled')]
  if (stalled?.status === 'True') return { state: 'stalled', said: stalled.said }
  // Nothing watches a repository of OCI: it is only read when a chart is.
  if (!ready && valueAt(object, ['spec', 'type']) === 'oci') return { said: {} }
  if (!ready) return { state: 'not ready', said: { message: 'no controller has looked at it yet' } }
  if (ready.status === 'False') return { state: 'failed', said: ready.said }
  if (ready.status !== 'True') return { state: 'not ready', said: ready.said }
  const seen = ready.observedGeneration ?? valueAt(object, ['status', 'observedGeneration'])
  const { generation } = object.metadata as unknown as Fields
  if (typeof seen === 'number' && typeof generation === 'number' && seen < generation)
    return { state: 'not ready', said: { message: 'its controller has not looked at its last change yet' } }
  return { said: ready.said }
}
