import { groupBy } from '../../functions/lib/framework/group-by.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { type FluxHealth, fluxHealth } from './health/flux.ts'
import { idOf, type Problem, type Ref, refOf } from './problem.ts'
import { dependenciesOf, notJudgedIn, sourcesOf, waitedFor } from './references.ts'
import { isFlux } from './resources.ts'
import type { World } from './world.ts'

/**
 * The objects of Flux that are not healthy, and those that others name and that are not there. `made` are the problems of
 * what Flux made: workloads, pods and volumes.
 */
export function fluxProblems(objects: readonly KubernetesObject[], made: readonly Problem[], world: World): Problem[] {
  const flux = objects.filter(isFlux)
  const problems = flux.flatMap((object) => {
    const health = fluxHealth(object)
    return health.state ? [{ object, problem: problemOf(object, health, health.state, world) }] : []
  })
  const all = [...made, ...problems.map(({ problem }) => problem)]
  const madeBy = groupBy(all, ({ manager }) => (manager ? idOf(manager) : ''))
  for (const { object, problem } of problems) {
    // Somebody stopped it, so nothing but that person starts it again.
    if (problem.state === 'suspended') continue
    const waited = waitedFor(
      object,
      (madeBy.get(problem.id) ?? []).map(({ id }) => id),
    )
    const { first, last } = causesOf(object, world)
    problem.causes = [...new Set([...first, ...waited, ...last])]
  }
  return [...problems.map(({ problem }) => problem), ...missingFrom(flux, world)]
}

function problemOf(object: KubernetesObject, health: FluxHealth, state: Problem['state'], world: World): Problem {
  const { reason, message, lastTransitionTime } = health
  const ref = refOf(object)
  const manager = world.managerOf(object)
  const notJudged = notJudgedIn(object)
  const unseen = namedBy(object, world).filter((one) => !world.find(one) && !world.sees(one))
  return {
    id: idOf(ref),
    ref,
    state,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(lastTransitionTime !== undefined && { lastTransitionTime }),
    ...(unseen.length > 0 && { unseen }),
    // Nobody judges anything while it is suspended.
    ...(state !== 'suspended' && notJudged.length > 0 && { notJudged }),
    // The Kustomization of `flux bootstrap` applies itself.
    ...(manager && idOf(manager) !== idOf(ref) && { manager }),
    causes: [],
  }
}

const namedBy = (object: KubernetesObject, world: World): Ref[] => [
  ...sourcesOf(object, world),
  ...dependenciesOf(object),
]

/** `first`: what it needs and is not ready. `last`: what is ready but suspended, so that no correction arrives. */
function causesOf(object: KubernetesObject, world: World): { first: string[]; last: string[] } {
  const health = (ref: Ref): FluxHealth | undefined => {
    const found = world.find(ref)
    return found && fluxHealth(found)
  }
  const sources = sourcesOf(object, world)
  const stops = (ref: Ref): boolean => {
    const found = health(ref)
    return found ? !found.isReady : world.sees(ref)
  }
  const manager = world.managerOf(object)
  return {
    first: [...sources, ...dependenciesOf(object)].filter(stops).map(idOf),
    last: [...sources, ...(manager ? [manager] : [])].filter((ref) => health(ref)?.isSuspended).map(idOf),
  }
}

/** What objects of Flux name and the cluster does not have. What is suspended asks for nothing. */
function missingFrom(flux: readonly KubernetesObject[], world: World): Problem[] {
  const missing = new Map<string, Problem & { neededBy: Ref[] }>()
  for (const object of flux) {
    if (fluxHealth(object).isSuspended) continue
    for (const ref of namedBy(object, world)) {
      if (world.find(ref) || !world.sees(ref)) continue
      const id = idOf(ref)
      const problem = missing.get(id) ?? { id, ref, state: 'missing', neededBy: [], causes: [] }
      problem.neededBy.push(refOf(object))
      missing.set(id, problem)
    }
  }
  return [...missing.values()]
}
