import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { refTo, said } from '../problem.ts'
import { SELECTED_NODE } from '../resources.ts'
import type { World } from '../world.ts'
import { conditionOf } from './condition.ts'
import type { Trouble } from './pods.ts'

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable']

/** A node that is not ready or short of something fails; one that takes no pods was suspended by somebody. */
export function nodeTrouble(node: KubernetesObject): Trouble | undefined {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status !== 'True')
    return { state: 'failed', ...(ready?.said ?? said('NotReady', 'its kubelet says nothing')) }
  for (const type of PRESSURES) {
    const pressure = conditionOf(node, type)
    if (pressure?.status === 'True') return { state: 'failed', ...pressure.said, reason: type }
  }
  return valueAt(node, ['spec', 'unschedulable']) === true
    ? { state: 'suspended', ...said('Cordoned', 'takes no new pods') }
    : undefined
}

export function claimTrouble(claim: KubernetesObject, world: World): Trouble | undefined {
  const phase = textAt(claim, 'status', 'phase')
  if (phase === 'Bound') return undefined
  if (phase === 'Lost') return { state: 'failed', ...said('Lost', 'its volume is gone') }
  return waitsForPod(claim, world)
    ? { state: 'not ready', ...said('WaitForFirstConsumer', 'is bound when a node takes a pod that uses it') }
    : { state: 'not ready', ...said('Pending', 'is not bound to a volume') }
}

/** Does a claim wait for its pod, and not the pod for it? Source: https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode */
export function waitsForPod(claim: KubernetesObject, world: World): boolean {
  const name = textAt(claim, 'spec', 'storageClassName')
  const storage = name && world.find(refTo('StorageClass', undefined, name))
  return (
    storage !== undefined &&
    valueAt(storage, ['volumeBindingMode']) === 'WaitForFirstConsumer' &&
    claim.metadata.annotations?.[SELECTED_NODE] === undefined
  )
}
