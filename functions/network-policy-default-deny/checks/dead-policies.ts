import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { isHostNetwork } from '../../lib/kubernetes/pod-traits.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { findings, NAME } from '../findings.ts'
import type { Build } from '../subjects/build.ts'

/**
 * Policies written by hand that select no pod: in a denied namespace every pod is one of the build or declared, by a
 * flow or under runtimePods, so such a policy is a mistake in its labels or a left-over.
 */
export function deadPolicies(build: Build): Finding[] {
  const denied = new Set(build.scope.denied)
  const manual = build.objects.filter(
    (object) => denied.has(object.metadata.namespace ?? '') && isPolicy(object) && !isGeneratedBy(object, NAME),
  )
  const pods = manual.length > 0 ? podsByNamespace(build) : new Map<string, Labels[]>()
  return manual.flatMap((object) => {
    const known = pods.get(object.metadata.namespace ?? '') ?? []
    const selectors = selectorsOf(object)
    if (selectors.length === 0 || selectors.some((selector) => selectsSome(selector, known))) return []
    return [findings['dead-policy']({ object }, nearestLabel(selectors, known))]
  })
}

/** Labels of every pod that is known of a namespace: of workloads, run-time pods and callers that flows name. */
function podsByNamespace({ topology, subjects, declared }: Build): Map<string, Labels[]> {
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
function ofManifests(selector: unknown): { matchLabels: Fields; matchExpressions: unknown[] } {
  const { matchLabels, matchExpressions } = isFields(selector) ? selector : {}
  const labels = Object.entries(isFields(matchLabels) ? matchLabels : {}).filter(([key]) => !OF_CONTROLLERS.test(key))
  const expressions = (Array.isArray(matchExpressions) ? matchExpressions : []).filter(
    (expression) => !OF_CONTROLLERS.test(String(valueAt(expression, ['key']))),
  )
  return { matchLabels: Object.fromEntries(labels), matchExpressions: expressions }
}

const isPolicy = (object: KubernetesObject): boolean =>
  isKind(object, 'networking.k8s.io', 'NetworkPolicy') || isKind(object, 'cilium.io', 'CiliumNetworkPolicy')

/** Its pod selectors; none for a Cilium policy of nodes. */
function selectorsOf(object: KubernetesObject): unknown[] {
  if (object.kind === 'NetworkPolicy') return [valueAt(object, ['spec', 'podSelector'])]
  const specs = [object.spec, ...(Array.isArray(object.specs) ? object.specs : [])].filter(isFields)
  return specs.flatMap((spec) => (isFields(spec.endpointSelector) ? [withoutSources(spec.endpointSelector)] : []))
}

/** Cilium writes where a label comes from before its key: `k8s:app`, `any:app`. */
const withoutSources = (selector: unknown): unknown =>
  JSON.parse(JSON.stringify(selector).replaceAll(/"(?:k8s|any):(?=[^"]*")/g, '"'))

/** An empty selector also selects pods that are not known here. */
const selectsSome = (selector: unknown, pods: readonly Labels[]): boolean =>
  !isFields(selector) || isEmpty(selector) || pods.some((labels) => matchesSelector(ofManifests(selector), labels))

const isEmpty = ({ matchLabels, matchExpressions }: { matchLabels?: unknown; matchExpressions?: unknown }): boolean =>
  Object.keys(isFields(matchLabels) ? matchLabels : {}).length === 0 &&
  !(Array.isArray(matchExpressions) && matchExpressions.length > 0)

function nearestLabel(selectors: readonly unknown[], pods: readonly Labels[]): string {
  const pair = ([key, value]: [string, unknown]): string => `${key}: ${value}`
  const carried = new Set(pods.flatMap((labels) => Object.entries(labels).map(pair)))
  const asked = selectors.flatMap((selector) => Object.entries(ofManifests(selector).matchLabels).map(pair))
  const missing = asked.find((label) => !carried.has(label))
  return missing === undefined ? '' : `: none carries ${missing}${didYouMean(missing, [...carried])}`
}
