import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { type Build, runningOf, totalOf } from '../build/build.ts'
import type { Scalable } from '../build/scalable.ts'
import { mayReachRuntimePods, selectedBy } from '../build/selected-workloads.ts'
import { majority, tolerance } from '../derive/evaluate.ts'
import { describeLimits, evictable, isBudget, type Limits, selectorOf } from '../disruption-budgets/budget.ts'
import { needsNoScale, withoutScale } from '../disruption-budgets/without-scale.ts'
import { findings } from '../findings/index.ts'
import type { Quorum } from './quorum.ts'

// Rule: no budget, whoever wrote it, blocks every eviction, because then no node can be drained; of a quorum of n members
// it lets at most floor((n - 1) / 2) go, so that a majority stays; and no pod has two budgets, because the eviction API
// refuses then. A lone member may be evicted: it has no majority to keep, and its node must be drainable.

/** A budget with what it selects. */
interface Selection {
  budget: KubernetesObject
  workloads: readonly Workload[]
  /** Those of them that have a number of replicas. */
  scalables: readonly Scalable[]
}

export function checkEvictions(
  objects: readonly KubernetesObject[],
  build: Build,
  quorums: readonly Quorum[],
): Finding[] {
  const byObject = new Map(build.scalables.map((scalable) => [scalable.object, scalable]))
  const selections = objects.filter(isBudget).map((budget): Selection => {
    const workloads = selectedBy(build, budget.metadata.namespace ?? '', selectorOf(budget))
    return { budget, workloads, scalables: workloads.flatMap(({ object }) => byObject.get(object) ?? []) }
  })
  return [
    ...selections.flatMap((selection) => [...checkReach(build, selection), ...checkBlocking(build, selection)]),
    ...quorums.flatMap((quorum) => checkMajority(build, quorum, selections)),
    ...checkOverlap(selections),
  ]
}

/** Null is absent. */
const limitsOf = (budget: KubernetesObject): Limits => ({
  maxUnavailable: valueAt(budget, ['spec', 'maxUnavailable']) ?? undefined,
  minAvailable: valueAt(budget, ['spec', 'minAvailable']) ?? undefined,
})

/** Does the budget select pods at all, and can the disruption controller tell how many there should be? */
function checkReach(build: Build, { budget, workloads }: Selection): Finding[] {
  const selector = selectorOf(budget)
  if (workloads.length === 0)
    return mayReachRuntimePods(build, budget.metadata.namespace ?? '', selector)
      ? []
      : [findings['budget-selects-nothing']({ object: budget }, JSON.stringify(selector ?? null))]
  const unscaled = withoutScale(workloads)
  const limits = limitsOf(budget)
  if (unscaled.length === 0 || needsNoScale(limits) || isPlaceholder(limits.minAvailable)) return []
  const others = unscaled.map(({ object }) => describe(object)).sort()
  return [findings['budget-without-scale']({ object: budget }, describeLimits(limits), others.join(', '))]
}

function checkBlocking(build: Build, { budget, workloads, scalables }: Selection): Finding[] {
  const limits = limitsOf(budget)
  const isUnlimited = limits.maxUnavailable === undefined && limits.minAvailable === undefined
  const never = isUnlimited || /^0%?$/.test(String(limits.maxUnavailable))
  const total = scalables.length === workloads.length ? runningOf(build, scalables) : undefined
  const n = total?.value
  if (!never && (n === undefined || n === 0 || evictable(limits, n) !== 0)) return []
  const arithmetic = never ? '0 may be away' : `${remainder(limits, n ?? 0)} = 0 of ${total?.text} may be away`
  const field = { path: limits.minAvailable === undefined ? 'spec.maxUnavailable' : 'spec.minAvailable' }
  return [findings['blocks-every-eviction']({ object: budget, field }, describeLimits(limits), arithmetic)]
}

function remainder({ minAvailable }: Limits, n: number): string {
  if (String(minAvailable).endsWith('%')) return `${n} - ${minAvailable} of ${n}`
  return Number(minAvailable) > n ? `max(${n} - ${minAvailable}, 0)` : `${n} - ${minAvailable}`
}

/** The evictions that the budgets of one quorum allow add up, because each budget counts by itself. */
function checkMajority(build: Build, { scalables }: Quorum, selections: readonly Selection[]): Finding[] {
  const { value: n, text } = totalOf(build, scalables)
  const budgets = selections.flatMap((selection) => {
    const most = mostMembers(build, scalables, selection)
    return most === undefined ? [] : [{ budget: selection.budget, most }]
  })
  const [first, ...others] = budgets.toSorted((a, b) => (a.budget.metadata.name < b.budget.metadata.name ? -1 : 1))
  const most = budgets.reduce((sum, budget) => sum + budget.most, 0)
  const allowed = n === 1 ? 1 : tolerance(n ?? 0)
  if (!first || n === undefined || n === 0 || most <= allowed) return []
  const limits = [first, ...others].map(({ budget }) =>
    others.length === 0
      ? describeLimits(limitsOf(budget))
      : `${describeLimits(limitsOf(budget))} of ${budget.metadata.name}`,
  )
  return [
    findings['loses-the-majority'](
      { object: first.budget },
      limits.join(' + '),
      most,
      n,
      allowed,
      text,
      majority(n),
      others.length === 0,
    ),
  ]
}

/**
 * How many members of a quorum a budget lets go; undefined where it selects none, or where that is not known. It may also
 * select pods that are no members; all pods that it lets go may be members.
 */
function mostMembers(build: Build, members: readonly Scalable[], { budget, scalables }: Selection): number | undefined {
  const own = totalOf(
    build,
    scalables.filter((scalable) => members.includes(scalable)),
  ).value
  const most = evictable(limitsOf(budget), totalOf(build, scalables).value ?? own ?? 0)
  return own === undefined || own === 0 || most === undefined ? undefined : Math.min(most, own)
}

function checkOverlap(selections: readonly Selection[]): Finding[] {
  const pairs = selections.flatMap(({ budget, workloads }) => workloads.map(({ object }) => ({ budget, object })))
  const byWorkload = groupBy(pairs, ({ object }) => describe(object))
  return [...byWorkload.values()].flatMap(([first, second, ...others]) => {
    if (!first || !second) return []
    const names = [first, second, ...others].map(({ budget }) => budget.metadata.name).sort()
    return [findings['several-budgets']({ object: first.object }, names.join(' and '))]
  })
}
