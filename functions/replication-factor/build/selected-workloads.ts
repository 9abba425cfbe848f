import { describe, isFields } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { runsPods, type Workload } from '../../lib/kubernetes/workload.ts'
import { controllerLabelsOf, isControllerLabel } from '../../lib/kubernetes/workload-kinds.ts'
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
 * takes the place of the Deployment whose pods it runs. The values of the labels that controllers give to pods are not
 * known: one that is asked for is taken to be there.
 */
export function selectedBy({ topology, standIns }: Build, namespace: string, selector: unknown): Workload[] {
  if (!isFields(selector)) return []
  const asked = Object.entries((selector.matchLabels ?? {}) as Labels)
  const ofControllers = asked.map(([key]) => key).filter(isControllerLabel)
  const matchLabels = Object.fromEntries(asked.filter(([key]) => !isControllerLabel(key)))
  return topology
    .workloadsWith(namespace, matchLabels)
    .filter(runsPods)
    .map((workload) => ({ workload, runner: standIns.get(workload.object) ?? workload }))
    .filter(({ workload, runner }) => {
      const labels = podLabels({ ...workload, object: runner.object })
      return (
        ofControllers.every((key) => Object.hasOwn(labels, key)) &&
        matchesSelector({ ...selector, matchLabels }, labels)
      )
    })
    .map(({ runner }) => runner)
}

/** The labels of its pods, with those of its controller, whose values are not known. */
export const podLabels = ({ object, labels }: Workload): Labels => ({
  ...Object.fromEntries(controllerLabelsOf(object).map((key) => [key, ''])),
  ...labels,
})

/** `Deployment shop/cart, Job shop/seed` */
export const describeAll = (workloads: readonly Workload[]): string =>
  workloads.map(({ object }) => describe(object)).join(', ')
