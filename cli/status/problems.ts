import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { listAt, textAt } from '../../functions/lib/kubernetes/fields.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { eventsIn, eventsOf } from './events.ts'
import { fluxProblems } from './flux-problems.ts'
import { claimTrouble, nodeTrouble, waitsForPod } from './health/machines.ts'
import { podTrouble, restartsOf, type Trouble } from './health/pods.ts'
import { workloadTroubles } from './health/workloads.ts'
import { idOf, type Problem, type Ref, refOf, refTo } from './problem.ts'
import type { World } from './world.ts'

/** Everything that is not healthy, each with the ids of what it waits for. An object is in one problem at most. */
export function problemsOf(objects: readonly KubernetesObject[], world: World): Problem[] {
  const nodes = troubled(world.of('Node'), nodeTrouble).map((one) => problemOf(one, world))
  const claims = troubled(world.of('PersistentVolumeClaim'), (claim) => claimTrouble(claim, world))
  const workloads = workloadTroubles(world)
  const pods = podGroups(world, new Set(workloads.map(([workload]) => workload)))
  const podsOf = groupBy(pods, ({ top }) => idOf(refOf(top)))
  const users = groupBy(
    pods.flatMap((group) => claimsOf(group).map((claim) => ({ claim, group: idOfGroup(group) }))),
    ({ claim }) => idOf(claim),
  )
  const made = [
    ...claims.map((one) =>
      problemOf(
        one,
        world,
        waitsForPod(one[0], world) ? users.get(idOf(refOf(one[0])))?.map(({ group }) => group) : [],
      ),
    ),
    ...workloads.map((one) => problemOf(one, world, podsOf.get(idOf(refOf(one[0])))?.map(idOfGroup))),
    ...pods.map((group) => podProblem(group, world)),
  ]
  const allEvents = eventsIn(world)
  const withEvents = [...nodes, ...made].map((problem) => {
    const events = eventsOf(problem, allEvents)
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

/** The pods with trouble, in groups. A failed pod of a healthy workload, or of a Job that tried again, is left out. */
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

function podProblem(group: Group, world: World): Problem {
  const [first, ...more] = group.pods
  const restarts = Math.max(...group.pods.map(([pod]) => restartsOf(pod)))
  // A claim that waits for the pod is no cause of it.
  const claims = claimsOf(group).filter((ref) => {
    const claim = world.find(ref)
    return claim && !waitsForPod(claim, world)
  })
  return {
    ...problemOf(first, world, [...new Set([...claims, ...nodesOf(group)].map(idOf))]),
    ...(more.length > 0 && { more: more.map(([pod]) => refOf(pod)) }),
    ...(restarts > 0 && { restarts }),
  }
}

const claimsOf = ({ pods }: Group): Ref[] =>
  pods.flatMap(([pod]) =>
    listAt(pod, 'spec', 'volumes').flatMap((volume) => {
      const name = textAt(volume, 'persistentVolumeClaim', 'claimName')
      return name ? [refTo('PersistentVolumeClaim', pod.metadata.namespace, name)] : []
    }),
  )

const nodesOf = ({ pods }: Group): Ref[] =>
  pods.flatMap(([pod]) => {
    const name = textAt(pod, 'spec', 'nodeName')
    return name ? [refTo('Node', undefined, name)] : []
  })
