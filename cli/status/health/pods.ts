import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { type Ref, refOf, type Said, type State, said } from '../problem.ts'
import { conditionOf } from './condition.ts'

/** What is wrong with a pod. */
export interface Trouble extends Said {
  state: State
}

/** How long a pod may take to go after its time was up, in milliseconds. */
const TIME_TO_GO = 60_000
const STARTING = ['ContainerCreating', 'PodInitializing']

/** Undefined for a pod that is well, has done its work, or is being deleted. `now` is in milliseconds of the epoch. */
export function podTrouble(pod: KubernetesObject, now: number): Trouble | undefined {
  const { deletionTimestamp } = pod.metadata as unknown as Fields
  if (typeof deletionTimestamp === 'string')
    return Date.parse(deletionTimestamp) + TIME_TO_GO < now
      ? { state: 'not ready', ...said('Terminating', 'was to be gone', deletionTimestamp) }
      : undefined
  const phase = textAt(pod, 'status', 'phase')
  if (phase === 'Succeeded') return undefined
  const container = containersOf(pod).flatMap((one) => containerTrouble(one) ?? [])[0]
  if (container) return container
  if (phase === 'Failed')
    return { state: 'failed', ...said(textAt(pod, 'status', 'reason') ?? 'Failed', textAt(pod, 'status', 'message')) }
  const [scheduled, ready] = [conditionOf(pod, 'PodScheduled'), conditionOf(pod, 'Ready')]
  if (scheduled?.status === 'False') return { state: 'not ready', ...scheduled.said }
  if (ready?.status === 'True') return undefined
  return { state: 'not ready', ...(ready?.said ?? said(phase ?? 'Pending', undefined)) }
}

function containerTrouble(status: Fields): Trouble | undefined {
  const name = String(status.name)
  const reason = textAt(status, 'state', 'waiting', 'reason')
  if (reason !== undefined && !STARTING.includes(reason))
    return {
      state: 'failed',
      ...said(reason, `container ${name}${ending(status) ?? waiting(status)}`, endedAt(status)),
    }
  const exitCode = valueAt(status, ['state', 'terminated', 'exitCode'])
  if (typeof exitCode !== 'number' || exitCode === 0) return undefined
  const why = textAt(status, 'state', 'terminated', 'reason') ?? 'Error'
  return { state: 'failed', ...said(why, `container ${name} ended with exit code ${exitCode}`) }
}

/** What a container last wrote is not told: it may hold anything. */
function ending(status: Fields): string | undefined {
  const exitCode = valueAt(status, ['lastState', 'terminated', 'exitCode'])
  if (typeof exitCode !== 'number') return undefined
  return ` ended with exit code ${exitCode} (${textAt(status, 'lastState', 'terminated', 'reason') ?? 'no reason'})`
}

const waiting = (status: Fields): string => `: ${textAt(status, 'state', 'waiting', 'message') ?? 'waits'}`
const endedAt = (status: Fields): string | undefined => textAt(status, 'lastState', 'terminated', 'finishedAt')

export const containersOf = (pod: KubernetesObject): Fields[] => [
  ...listAt(pod, 'status', 'initContainerStatuses'),
  ...listAt(pod, 'status', 'containerStatuses'),
]

export const restartsOf = (pod: KubernetesObject): number =>
  containersOf(pod).reduce((sum, { restartCount }) => sum + (typeof restartCount === 'number' ? restartCount : 0), 0)

/** A pod that is well again after a restart. */
export interface Restarted {
  ref: Ref
  container: string
  restarts: number
  reason: string
  /** In RFC 3339. */
  at: string
}

const RECENT = 3_600_000

/** The containers of a pod that were started again within the last hour. */
export const restartedOf = (pod: KubernetesObject, now: number): Restarted[] =>
  containersOf(pod).flatMap((status) => {
    const at = endedAt(status)
    if (at === undefined || !(now - Date.parse(at) < RECENT) || !status.restartCount) return []
    const { reason = 'Error' } = said(textAt(status, 'lastState', 'terminated', 'reason'), undefined)
    return [{ ref: refOf(pod), container: String(status.name), restarts: Number(status.restartCount), reason, at }]
  })
