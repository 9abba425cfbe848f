import { isFields } from '../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../lib/kubernetes/selector.ts'
import type { Workload } from '../lib/kubernetes/workload.ts'
import type { Build } from './build.ts'

/** A copy of a LabelSelector, so that no two objects share one. */
export const copySelector = (selector: unknown): unknown => {
  if (!isFields(selector)) return selector
  const { matchLabels } = selector
  return isFields(matchLabels) && Object.keys(selector).length === 1
    ? { matchLabels: { ...matchLabels } }
    : structuredClone(selector)
}

/** The workloads of a namespace whose pods a LabelSelector selects; none where it is absent, all where it is empty. */
export function selectedBy({ topology }: Build, namespace: string, selector: unknown): Workload[] {
  if (!isFields(selector)) return []
  return topology
    .workloadsWith(namespace, (selector.matchLabels ?? {}) as Labels)
    .filter((workload) => matchesSelector(selector, workload.labels))
}
