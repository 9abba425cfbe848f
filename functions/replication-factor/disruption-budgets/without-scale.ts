import { isOfTheMesh } from '../../lib/kubernetes/istio.ts'
import { type Fields, isFields } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { controllerLabelsOf, workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { type Build, totalOf } from '../build/build.ts'
import { podLabels, selectedBy } from '../build/selected-workloads.ts'
import { evictable, type Limits } from './budget.ts'

// Rule: the disruption controller computes maxUnavailable, and percentages, of the scale of the controllers of all pods that
// a budget selects. Where one of them has no scale (a Job, a DaemonSet, a bare pod), it allows no disruption at all. Such pods
// are left out by a narrower selector, by labels of templates or of controllers; where the policy gives the selector, the
// limit becomes a number of pods.
// Source: https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors

/** The workloads for whose pods the disruption controller finds no scale, by kind and name. */
export const withoutScale = (workloads: readonly Workload[]): Workload[] =>
  workloads
    .filter(({ object }) => !workloadKindOf(object)?.scale)
    .sort((a, b) => (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1))

/** Does the limit need no scale? A number of pods that must stay is counted as it is. */
export const needsNoScale = ({ minAvailable }: Limits): boolean => /^\d+$/.test(String(minAvailable))

/** A budget that works with the pods that it selects. */
export type Fitted =
  | { limits: Limits; selector: unknown; narrowedPast?: readonly Workload[]; countedWith?: readonly Workload[] }
  | { refused: readonly Workload[] }

/** Fits limits and selector of a workload's budget to the pods that the selector reaches. */
export function fitToScale(
  build: Build,
  workload: Workload,
  { limits, selector, mayNarrow }: { limits: Limits; selector: unknown; mayNarrow: boolean },
): Fitted {
  const reached = selectedBy(build, workload.namespace, selector)
  const unscaled = withoutScale(reached)
  if (unscaled.length === 0 || needsNoScale(limits)) return { limits, selector }
  const narrowed = mayNarrow ? narrow(selector, workload, unscaled) : undefined
  if (narrowed) return { limits, selector: narrowed, narrowedPast: unscaled }
  const objects = new Set(reached.map(({ object }) => object))
  const n = totalOf(
    build,
    build.scalables.filter(({ object }) => objects.has(object)),
  ).value
  const most = n === undefined ? undefined : evictable(limits, n)
  if (n === undefined || most === undefined) return { refused: unscaled }
  const { maxUnavailable: _, ...others } = limits
  return { limits: { ...others, minAvailable: n - most }, selector, countedWith: unscaled }
}

/**
 * The selector with labels by which the pods differ from all others: labels of templates, or else those that controllers
 * give to pods. Undefined where they do not differ.
 */
function narrow(selector: unknown, workload: Workload, others: readonly Workload[]): Fields | undefined {
  if (!isFields(selector)) return undefined
  const { labels } = workload
  const matchLabels = { ...((selector.matchLabels ?? {}) as Labels) } as Record<string, string>
  const matchExpressions = [...((selector.matchExpressions ?? []) as Fields[])]
  const narrowed = (): Fields => ({
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  })
  for (const other of others) {
    if (!matchesSelector(narrowed(), podLabels(other))) continue
    const own = differingKey(labels, other.labels)
    const foreign = differingKey(other.labels, labels) ?? controllerKey(other, workload)
    const exclusive = controllerKey(workload, other)
    if (own !== undefined) matchLabels[own] = labels[own] ?? ''
    else if (foreign !== undefined) matchExpressions.push({ key: foreign, operator: 'DoesNotExist' })
    else if (exclusive !== undefined) matchExpressions.push({ key: exclusive, operator: 'Exists' })
    else return undefined
  }
  return narrowed()
}

/** The first label that the controller of one gives to its pods and that pods of the other do not have. */
const controllerKey = ({ object }: Workload, other: Workload): string | undefined =>
  controllerLabelsOf(object).find((key) => !Object.hasOwn(podLabels(other), key))

/** The first key, by the alphabet, whose value the others lack; a label that a function writes tells nothing apart. */
const differingKey = (labels: Labels, others: Labels): string | undefined =>
  Object.keys(labels)
    .sort()
    .find((key) => labels[key] !== others[key] && !isOfTheMesh(key))
