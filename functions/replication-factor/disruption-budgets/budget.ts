import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { wholeNumber } from '../replicas/scalable.ts'
import { copySelector } from '../selected-workloads.ts'

/** What a PodDisruptionBudget allows, as it is written. */
export interface Limits {
  maxUnavailable?: unknown
  minAvailable?: unknown
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
 * How many of n pods may be evicted at once; undefined where the limit is a placeholder. A percentage counts as the next
 * whole pod in both fields, and of a budget without a limit the controller expects no pod, so that it lets none go.
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

/** A new PodDisruptionBudget beside a workload, applied together with it. */
export function newBudget(beside: KubernetesObject, name: string, limits: Limits, selector: unknown): KubernetesObject {
  const { namespace, annotations } = beside.metadata
  const labels = labelsFor(beside, selector)
  const wave = annotations?.[SYNC_WAVE]
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      ...(wave !== undefined && { annotations: { [SYNC_WAVE]: wave } }),
    },
    spec: { ...limits, selector: copySelector(selector) } as Fields,
  }
}

/** The workload's labels, but not those by which it differs from others that the budget selects too. */
function labelsFor({ metadata, spec }: KubernetesObject, selector: unknown): Record<string, string> | undefined {
  const own = keysOf((spec as Fields).selector)
  const used = keysOf(selector)
  const { labels } = metadata
  return labels && Object.fromEntries(Object.entries(labels).filter(([key]) => used.has(key) || !own.has(key)))
}

const keysOf = (selector: unknown): Set<string> =>
  new Set(Object.keys(isFields(selector) && isFields(selector.matchLabels) ? selector.matchLabels : {}))

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'
