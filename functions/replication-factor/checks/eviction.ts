import { error, type Finding } from '../../lib/finding.ts'
import { groupBy } from '../../lib/flows/topology.ts'
import { describe, type KubernetesObject, valueAt } from '../../lib/kubernetes/object.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { describeLimits, evictable, isBudget, type Limits, selectorOf } from '../budget.ts'
import { type Build, totalOf } from '../build.ts'
import { majority, tolerance } from '../derive/formula.ts'
import { selectedBy } from '../pods.ts'
import type { Quorum } from '../quorum.ts'
import type { Scalable } from '../scalable.ts'

// Rule: no budget, whoever wrote it, blocks every eviction, since then no node can be drained; of a quorum of n members
// it lets go at most floor((n - 1) / 2), so that a majority stays; and no pod has two budgets, since then the
// eviction API refuses. A lone member may be evicted: it has no majority to keep, and its node must be drainable.

/** A budget with what it selects; `scalables` is undefined where the number of its pods is not known. */
interface Selection {
  budget: KubernetesObject
  workloads: readonly Workload[]
  scalables: readonly Scalable[] | undefined
}

export function checkEvictions(
  objects: readonly KubernetesObject[],
  build: Build,
  quorums: readonly Quorum[],
): Finding[] {
  const byObject = new Map(build.scalables.map((scalable) => [scalable.object, scalable]))
  const quorumOf = new Map(quorums.flatMap((quorum) => quorum.scalables.map((scalable) => [scalable, quorum] as const)))
  const selections = objects.filter(isBudget).map((budget): Selection => {
    const workloads = selectedBy(build, budget.metadata.namespace ?? '', selectorOf(budget))
    const scalables = workloads.map(({ object }) => byObject.get(object))
    const isKnown = scalables.every((scalable) => scalable !== undefined)
    return { budget, workloads, scalables: isKnown ? (scalables as Scalable[]) : undefined }
  })
  return [
    ...selections.flatMap((selection) => [
      ...checkBlocking(build, selection),
      ...checkMajority(build, selection, quorumOf),
    ]),
    ...checkOverlap(selections),
  ]
}

const limitsOf = (budget: KubernetesObject): Limits => (valueAt(budget, ['spec']) ?? {}) as Limits

function checkBlocking(build: Build, { budget, scalables }: Selection): Finding[] {
  const limits = limitsOf(budget)
  const never = /^0%?$/.test(String(limits.maxUnavailable))
  const total = scalables && totalOf(build, scalables)
  const n = total?.value
  if (!never && (n === undefined || n === 0 || evictable(limits, n) !== 0)) return []
  const arithmetic = never ? '0 may be away' : `${n} - ${leastOf(limits, n ?? 0)} = 0 of ${total?.text} may be away`
  return [
    error(
      `${describeLimits(limits)} blocks every eviction: ${arithmetic}, and no node under its pods can be drained; let at least 1 go`,
      {
        object: budget,
        field: { path: limits.maxUnavailable === undefined ? 'spec.minAvailable' : 'spec.maxUnavailable' },
      },
    ),
  ]
}

const leastOf = ({ minAvailable }: Limits, n: number): string =>
  String(minAvailable).endsWith('%') ? `${minAvailable} of ${n}` : String(minAvailable)

function checkMajority(
  build: Build,
  { budget, scalables = [] }: Selection,
  quorumOf: ReadonlyMap<Scalable, Quorum>,
): Finding[] {
  const limits = limitsOf(budget)
  const distinct = new Set(scalables.flatMap((scalable) => quorumOf.get(scalable) ?? []))
  return [...distinct].flatMap((quorum) => {
    const { value: n, text } = totalOf(build, quorum.scalables)
    // Pods that the budget also counts are no members: all that it lets go may be ones.
    const most = n === undefined ? undefined : evictable(limits, totalOf(build, scalables).value ?? n)
    const allowed = n === 1 ? 1 : tolerance(n ?? 0)
    if (n === undefined || n === 0 || most === undefined || most <= allowed) return []
    return [
      error(
        `${describeLimits(limits)} lets ${most} go at once, and floor((${n} - 1) / 2) = ${allowed} is the most: of ${text}, floor(${n} / 2) + 1 = ${majority(n)} must stay to decide`,
        { object: budget },
      ),
    ]
  })
}

function checkOverlap(selections: readonly Selection[]): Finding[] {
  const pairs = selections.flatMap(({ budget, workloads }) => workloads.map(({ object }) => ({ budget, object })))
  const byWorkload = groupBy(pairs, ({ object }) => describe(object))
  return [...byWorkload.values()].flatMap(([first, second, ...others]) => {
    if (!first || !second) return []
    const names = [first, second, ...others].map(({ budget }) => budget.metadata.name).sort()
    return [
      error(`${names.join(' and ')} are budgets for the same pods, which the eviction API refuses; keep one`, {
        object: first.object,
      }),
    ]
  })
}
