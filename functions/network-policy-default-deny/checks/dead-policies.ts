import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { isFields, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { type Labels, matchesSelector } from '../../lib/kubernetes/selector.ts'
import { findings } from '../findings.ts'
import { NAME } from '../name.ts'
import type { Build } from '../subjects/build.ts'
import { nearestLabel, ofManifests, podsByNamespace } from './known-pods.ts'

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
