import { listAt, textAt } from '../../functions/flux-conventions/tree/values.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { eventsOf } from './events.ts'
import { fluxProblems } from './flux-problems.ts'
import { claimTrouble, nodeTrouble, waitsForPod } from './health/machines.ts'
import { podTrouble, restartsOf, type Trouble } from './health/pods.ts'
import { workloadTroubles } from './health/workloads.ts'
import { idOf, type Problem, refOf, refTo } from './problem.ts'
import type { World } from './world.ts'

/** Everything that is not healthy, each with the ids of what it waits for. An object is in one problem at most. */
export function problemsOf(objects: readonly KubernetesObject[], world: World): Problem[] {
  const nodes = troubled(world.of('Node'), nodeTrouble).map((one) => problemOf(one, world))
  const claims = troubled(world.of('PersistentVolumeClaim'), (claim) => claimTrouble(claim, world))
  const workloads = workloadTroubles(world)
  const pods = podGroups(world, new Set(workloads.map(([workload]) => workload)))
  const made = [
    ...claims.map((one) => problemOf(one, world, claimCauses(one[0], pods, world))),
    ...workloads.map((one) => problemOf(one, world, pods.filter(({ top }) => top === one[0]).map(idOfGroup))),
    ...pods.map((group) => podProblem(group, world)),
  ]
  const withEvents = [...nodes, ...made].map((problem) => {
    const events = eventsOf(problem, world)
    return events.length > 0 ? { ...problem, events } : problem
  })
  return [...withEvents, ...fluxProblems(objects, made, world)]
}

type Troubled = [object: KubernetesObject, trouble: Trouble]

const troubled = (
  objects: readonly KubernetesObject[],
  judge: (object: KubernetesObject) => Trouble | undefined,
): Troubled[] =>
  objects.flatMap((object) => {
    const trouble = judge(object)
    return trouble ? [[object, trouble] as Troubled] : []
  })

function problemOf([object, trouble]: Troubled, world: World, causes: string[] = []): Problem {
  const ref = refOf(object)
  const manager = world.managerOf(object)
  return { id: idOf(ref), ref, ...trouble, ...(manager && { manager }), causes }
}

/** Pods of one workload that are in one state for one reason, in the order of their names. */
interface Group {
  top: KubernetesObject
  pods: readonly [Troubled, ...Troubled[]]
}

/** A pod that failed under a workload that is well, or in a Job that tried again, is only left over. */
function podGroups(world: World, unwell: ReadonlySet<KubernetesObject>): Group[] {
  const found = troubled(world.of('Pod'), (pod) => podTrouble(pod, world.now)).filter(([pod]) => {
    const top = world.topOf(pod)
    return top === pod || unwell.has(top) || textAt(pod, 'status', 'phase') !== 'Failed'
  })
  found.sort(([a], [b]) => (a.metadata.name < b.metadata.name ? -1 : 1))
  const groups = groupBy(found, ([pod, { state, reason }]) => `${idOf(refOf(world.topOf(pod)))} ${state} ${reason}`)
  return [...groups.values()].flatMap(([first, ...more]) =>
    first ? [{ top: world.topOf(first[0]), pods: [first, ...more] as const }] : [],
  )
}

const idOfGroup = ({ pods }: Group): string => idOf(refOf(pods[0][0]))

function podProblem({ pods }: Group, world: World): Problem {
  const [first, ...more] = pods
  const causes = pods.flatMap(([pod]) => [...claimsOf(pod, world), ...nodeOf(pod)])
  const restarts = Math.max(...pods.map(([pod]) => restartsOf(pod)))
  return {
    ...problemOf(first, world, [...new Set(causes)]),
    ...(more.length > 0 && { more: more.map(([pod]) => refOf(pod)) }),
    ...(restarts > 0 && { restarts }),
  }
}

/** The claims that a pod uses, but for those that wait for the pod. */
const claimsOf = (pod: KubernetesObject, world: World): string[] =>
  usedBy(pod)
    .filter((ref) => {
      const claim = world.find(ref)
      return claim && !waitsForPod(claim, world)
    })
    .map(idOf)

const usedBy = (pod: KubernetesObject) =>
  listAt(pod, 'spec', 'volumes').flatMap((volume) => {
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName')
    return name ? [refTo('PersistentVolumeClaim', pod.metadata.namespace, name)] : []
  })

const nodeOf = (pod: KubernetesObject): string[] => {
  const name = textAt(pod, 'spec', 'nodeName')
  return name ? [idOf(refTo('Node', undefined, name))] : []
}

function claimCauses(claim: KubernetesObject, groups: readonly Group[], world: World): string[] {
  if (!waitsForPod(claim, world)) return []
  const id = idOf(refOf(claim))
  return groups.filter(({ pods }) => pods.some(([pod]) => usedBy(pod).some((ref) => idOf(ref) === id))).map(idOfGroup)
}
