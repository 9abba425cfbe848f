import { generatedObject } from '../../lib/framework/generated-objects.ts'
import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { wholeNumber } from '../build/scalable.ts'
import { copySelector } from '../build/selected-workloads.ts'

/** What a PodDisruptionBudget allows, as it is written. */
export interface Limits {
  maxUnavailable?: unknown
  minAvailable?: unknown
  unhealthyPodEvictionPolicy?: unknown
}

export const isBudget = (type: { apiVersion: string; kind: string }): boolean =>
  isKind(type, 'policy', 'PodDisruptionBudget')

export const selectorOf = (budget: KubernetesObject): unknown => valueAt(budget, ['spec', 'selector'])

/** `maxUnavailable 1` */
export function describeLimits({ maxUnavailable, minAvailable }: Limits): string {
  if (maxUnavailable !== undefined) return `maxUnavailable ${maxUnavailable}`
  return minAvailable === undefined ? 'no limit' : `minAvailable ${minAvailable}`
}

/**
 * How many of n pods may be evicted at once; undefined where the limit is a placeholder. A percentage is rounded up to a
 * whole pod in both fields. Without a limit the controller lets no pod go.
 * Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#rounding-logic-when-specifying-percentages
 */
export function evictable({ maxUnavailable, minAvailable }: Limits, n: number): number | undefined {
  if (maxUnavailable !== undefined) {
    const most = pods(maxUnavailable, n)
    return most === undefined ? undefined : Math.min(most, n)
  }
  if (minAvailable === undefined) return 0
  const least = pods(minAvailable, n)
  return least === undefined ? undefined : Math.max(n - least, 0)
}

function pods(amount: unknown, n: number): number | undefined {
  const percentage = typeof amount === 'string' ? /^(\d+)%$/.exec(amount)?.[1] : undefined
  return percentage === undefined ? wholeNumber(amount) : Math.ceil((Number(percentage) * n) / 100)
}

/** A new PodDisruptionBudget for a workload, applied together with it. */
export const newBudget = (owner: KubernetesObject, name: string, limits: Limits, selector: unknown): KubernetesObject =>
  generatedObject([owner], {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    name,
    labels: labelsFor(owner, selector),
    spec: { ...limits, selector: copySelector(selector) },
  })

/** The workload's labels, without those by which it differs from other workloads that the budget also selects. */
function labelsFor({ metadata, spec }: KubernetesObject, selector: unknown): Labels {
  const own = keysOf((spec as Fields).selector)
  const used = keysOf(selector)
  return Object.fromEntries(Object.entries(metadata.labels ?? {}).filter(([key]) => used.has(key) || !own.has(key)))
}

const keysOf = (selector: unknown): Set<string> =>
  new Set(Object.keys(isFields(selector) && isFields(selector.matchLabels) ? selector.matchLabels : {}))
