import { error, type Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { type Build, totalOf } from '../build.ts'
import { majority, tolerance } from '../derive/formula.ts'
import { describeLimits, evictable, isBudget, type Limits, selectorOf } from '../disruption-budgets/budget.ts'
import type { Scalable } from '../replicas/scalable.ts'
import { selectedBy } from '../selected-workloads.ts'
import type { Quorum } from './quorum.ts'

// Rule: no budget, whoever wrote it, blocks every eviction, since then no node can be drained; of a quorum of n members
// it lets go at most floor((n - 1) / 2), so that a majority stays; and no pod has two budgets, since then the
// eviction API refuses. A lone member may be evicted: it has no majority to keep, and its node must be drainable.

/** A budget with what it selects. */
interface Selection {
  budget: KubernetesObject
  workloads: readonly Workload[]
  /** Those of them that say how many pods they run. */
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
    ...selections.flatMap((selection) => checkBlocking(build, selection)),
    ...quorums.flatMap((quorum) => checkMajority(build, quorum, selections)),
    ...checkOverlap(selections),
  ]
}

/** Null is absent. */
const limitsOf = (budget: KubernetesObject): Limits => ({
  maxUnavailable: valueAt(budget, ['spec', 'maxUnavailable']) ?? undefined,
  minAvailable: valueAt(budget, ['spec', 'minAvailable']) ?? undefined,
})

function checkBlocking(build: Build, { budget, workloads, scalables }: Selection): Finding[] {
  const limits = limitsOf(budget)
  const isUnlimited = limits.maxUnavailable === undefined && limits.minAvailable === undefined
  const never = isUnlimited || /^0%?$/.test(String(limits.maxUnavailable))
  const total = scalables.length === workloads.length ? totalOf(build, scalables) : undefined
  const n = total?.value
  if (!never && (n === undefined || n === 0 || evictable(limits, n) !== 0)) return []
  const arithmetic = never ? '0 may be away' : `${remainder(limits, n ?? 0)} = 0 of ${total?.text} may be away`
  return [
    error(
      `${describeLimits(limits)} blocks every eviction: ${arithmetic}, and no node under its pods can be drained; let at least 1 go`,
      {
        object: budget,
        field: { path: limits.minAvailable === undefined ? 'spec.maxUnavailable' : 'spec.minAvailable' },
      },
    ),
  ]
}

function remainder({ minAvailable }: Limits, n: number): string {
  if (String(minAvailable).endsWith('%')) return `${n} - ${minAvailable} of ${n}`
  return Number(minAvailable) > n ? `max(${n} - ${minAvailable}, 0)` : `${n} - ${minAvailable}`
}

/** What budgets let go of one quorum's members adds up: each is kept by itself. */
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
    error(
      `${limits.join(' + ')} ${others.length === 0 ? 'lets' : 'let'} ${most} go at once, and floor((${n} - 1) / 2) = ${allowed} is the most: of ${text}, floor(${n} / 2) + 1 = ${majority(n)} must stay to decide${others.length === 0 ? '' : '; give the members one budget, with one name and selector'}`,
      { object: first.budget },
    ),
  ]
}

/**
 * How many members of a quorum a budget lets go; undefined where it selects none, or where that is not known. Pods that
 * it also counts are no members: all that it lets go may be ones.
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
    return [
      error(`${names.join(' and ')} are budgets for the same pods, which the eviction API refuses; keep one`, {
        object: first.object,
      }),
    ]
  })
}
