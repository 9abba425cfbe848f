import { nearest } from '../../lib/framework/did-you-mean.ts'
import { type Fields, isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { isHostNetwork } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Build } from '../subjects/build.ts'

/** The pods that are known of a build, for selectors that a person wrote. */

/** Labels of every pod that is known of a namespace: of workloads, run-time pods and callers that flows name. */
export function podsByNamespace({ topology, subjects, declared }: Build): Map<string, Labels[]> {
  const pods = [
    ...topology.workloads.filter((workload) => !isHostNetwork(workload)),
    ...subjects.map(({ namespace, carried }) => ({ namespace, labels: carried })),
    ...declared.flatMap(({ callers }) => callers).flatMap((caller) => (caller.type === 'pods' ? [caller] : [])),
  ]
  const byNamespace = new Map<string, Labels[]>()
  for (const { namespace, labels } of pods) {
    // A whole namespace as caller says nothing about its pods.
    if (!labels) continue
    const known = byNamespace.get(namespace) ?? []
    known.push(labels)
    byNamespace.set(namespace, known)
  }
  return byNamespace
}

/**
 * Labels that controllers add to pods, so that no manifest shows which pods carry them. Source:
 * https://kubernetes.io/docs/reference/labels-annotations-taints/, and
 * https://istio.io/latest/docs/reference/config/labels/.
 */
const OF_CONTROLLERS =
  /^(?:(?:controller-uid|job-name|controller-revision-hash|pod-template-generation|(?:rollouts-)?pod-template-hash)$|(?:apps|batch|statefulset)\.kubernetes\.io\/|serving\.knative\.dev\/|(?:security|service)\.istio\.io\/)/

/** The part of a selector that is about labels which manifests write. */
export function ofManifests(selector: unknown): { matchLabels: Fields; matchExpressions: unknown[] } {
  const { matchLabels, matchExpressions } = isFields(selector) ? selector : {}
  const labels = Object.entries(isFields(matchLabels) ? matchLabels : {}).filter(([key]) => !OF_CONTROLLERS.test(key))
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []).filter(
    (expression) => !OF_CONTROLLERS.test(String(valueAt(expression, ['key']))),
  )
  return { matchLabels: Object.fromEntries(labels), matchExpressions: expressions }
}

/** The first label that selectors ask for and no pod carries, with the one that was probably meant. */
export function nearestLabel(selectors: readonly unknown[], pods: readonly Labels[]): string {
  const carried = pods.flatMap((labels) => Object.entries(labels))
  const asked = selectors.flatMap((selector) => Object.entries(ofManifests(selector).matchLabels))
  const missing = asked.find(([key, value]) => !carried.some((label) => label[0] === key && label[1] === value))
  if (!missing) return ''
  const [key, value] = [missing[0], String(missing[1])]
  const meant =
    write(key, nearest(value, distinct(carried.filter((label) => label[0] === key).map((label) => label[1])))) ??
    write(nearest(key, distinct(carried.filter((label) => label[1] === value).map((label) => label[0]))), value)
  return `: none carries ${key}: ${value}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]

const write = (key: string | undefined, value: string | undefined): string | undefined =>
  key === undefined || value === undefined ? undefined : `${key}: ${value}`
