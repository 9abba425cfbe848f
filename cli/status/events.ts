import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { textAt } from '../../functions/lib/kubernetes/fields.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { type EventLine, idOf, type Problem, refOf, refTo, said } from './problem.ts'
import type { World } from './world.ts'

const NEWEST = 3

/** Warnings by the id of what they are about. */
export type Events = ReadonlyMap<string, readonly KubernetesObject[]>

export const eventsIn = (world: World): Events => groupBy(world.of('Event'), (event) => subjectOf(event, world))

/** The newest warnings about an object, its further pods and its ReplicaSets, each sentence once. */
export function eventsOf({ id, more = [] }: Problem, events: Events): EventLine[] {
  const about = [id, ...more.map(idOf)].flatMap((one) => events.get(one) ?? [])
  const lines = new Map<string, EventLine>()
  for (const event of about.toSorted((a, b) => (lastOf(a) < lastOf(b) ? 1 : -1))) {
    const { reason = 'Warning', message = '' } = said(valueAt(event, ['reason']), valueAt(event, ['message']))
    const key = `${reason} ${message}`
    const count = Number(valueAt(event, ['series', 'count']) ?? valueAt(event, ['count']) ?? 1)
    const line = lines.get(key)
    if (line) line.count += count
    else lines.set(key, { reason, message, count, ...(lastOf(event) && { last: lastOf(event) }) })
  }
  return [...lines.values()].slice(0, NEWEST)
}

/** Whom an event is about; for a ReplicaSet, which nobody looks at by itself, the Deployment above it. */
function subjectOf(event: KubernetesObject, world: World): string {
  const text = (name: string): string => textAt(event, 'involvedObject', name) ?? ''
  const ref = refTo(text('kind'), text('namespace'), text('name'))
  // The events of nodes are in the namespace `default`, and name none.
  if (ref.kind !== 'ReplicaSet') return idOf(ref)
  const replicaSet = world.find(ref)
  return replicaSet ? idOf(refOf(world.topOf(replicaSet))) : idOf(ref)
}

const lastOf = (event: KubernetesObject): string =>
  textAt(event, 'series', 'lastObservedTime') ?? textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? ''
