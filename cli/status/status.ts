import { type Explained, explain } from './chain.ts'
import { type Restarted, restartedOf } from './health/pods.ts'
import { idOf, type Problem, refOf } from './problem.ts'
import { problemsOf } from './problems.ts'
import { isFlux, RESOURCES } from './resources.ts'
import { type Snapshot, type Unread, World } from './world.ts'

/** How a cluster is: what is not healthy, from the root causes on. */
export interface Status {
  causes: Explained<Problem>[]
  /** Pods that are well again. */
  restarted: Restarted[]
  unread: readonly Unread[]
  /** How many objects were looked at. */
  counts: { flux: number; pods: number; claims: number; nodes: number }
}

/** Judges a snapshot at a moment, in milliseconds of the epoch. */
export function statusOf(snapshot: Snapshot, now: number): Status {
  const world = new World(snapshot, now)
  const problems = problemsOf(snapshot.objects, world)
  const unwell = new Set(problems.flatMap(({ id, more = [] }) => [id, ...more.map(idOf)]))
  const well = world.of('Pod').filter((pod) => !unwell.has(idOf(refOf(pod))))
  return {
    causes: explain(problems, compare),
    restarted: well.flatMap((pod) => restartedOf(pod, now)),
    unread: snapshot.unread,
    counts: {
      flux: snapshot.objects.filter(isFlux).length,
      pods: world.of('Pod').length,
      claims: world.of('PersistentVolumeClaim').length,
      nodes: world.of('Node').length,
    },
  }
}

/** Nodes, then the order in which things come to be: sources, Kustomizations, releases, workloads, pods. */
const ORDER = ['Node', ...RESOURCES.map(({ kind }) => kind)]

/** What explains most comes first. */
function compare(a: Explained<Problem>, b: Explained<Problem>): number {
  const [{ ref: one, id }, { ref: other, id: otherId }] = [a.links[0], b.links[0]]
  return b.size - a.size || ORDER.indexOf(one.kind) - ORDER.indexOf(other.kind) || (id < otherId ? -1 : 1)
}
