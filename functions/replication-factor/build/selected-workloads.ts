import { isFields } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { runsPods, type Workload } from '../../lib/kubernetes/workload.ts'
import type { Build } from './build.ts'

/** A copy of a LabelSelector, so that no two objects share one. */
export const copySelector = (selector: unknown): unknown => {
  if (!isFields(selector)) return selector
  const { matchLabels } = selector
  return isFields(matchLabels) && Object.keys(selector).length === 1
    ? { matchLabels: { ...matchLabels } }
    : structuredClone(selector)
}

/**
 * May a LabelSelector select pods that an operator makes in the namespace? They carry more labels than are known here, so
 * one that fits is enough, as long as none contradicts.
 */
export function mayReachRuntimePods({ runtimePods }: Build, namespace: string, selector: unknown): boolean {
  const wanted = Object.entries(isFields(selector) && isFields(selector.matchLabels) ? selector.matchLabels : {})
  return runtimePods.some(
    (pods) =>
      pods.namespace === namespace &&
      wanted.some(([key, value]) => pods.labels[key] === value) &&
      wanted.every(([key, value]) => (pods.labels[key] ?? value) === value),
  )
}

/**
 * The workloads of a namespace whose pods a LabelSelector selects; none where it is absent, all where it is empty. A Rollout
 * takes the place of the Deployment whose pods it runs.
 */
export function selectedBy({ topology, standIns }: Build, namespace: string, selector: unknown): Workload[] {
  if (!isFields(selector)) return []
  return topology
    .workloadsWith(namespace, (selector.matchLabels ?? {}) as Labels)
    .filter((workload) => runsPods(workload) && matchesSelector(selector, workload.labels))
    .map((workload) => standIns.get(workload.object) ?? workload)
}
