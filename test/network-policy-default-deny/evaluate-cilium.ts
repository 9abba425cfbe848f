// The same for CiliumNetworkPolicies, again without any code of the generator.
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { Connection, Endpoint } from './evaluate.ts'

type Labels = Record<string, string>

interface Selector {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: string }[]
}

interface Rule {
  fromEndpoints?: Selector[]
  toEndpoints?: Selector[]
  fromEntities?: string[]
  toEntities?: string[]
  toFQDNs?: { matchName?: string; matchPattern?: string }[]
  toPorts?: { ports: { port: string; protocol: string }[] }[]
}

interface Spec {
  endpointSelector: Selector
  ingress?: Rule[]
  egress?: Rule[]
}

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace'

const carries = (labels: Labels, selector: Selector): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every(({ key }) => labels[key] !== undefined)

/** A selector that says nothing of namespaces means the policy's own. */
function selects(selector: Selector, endpoint: Endpoint, policyNamespace: string): boolean {
  if (!('labels' in endpoint)) return false
  const asksNamespace =
    NAMESPACE in (selector.matchLabels ?? {}) || (selector.matchExpressions ?? []).some(({ key }) => key === NAMESPACE)
  const labels = { ...endpoint.labels, [NAMESPACE]: endpoint.namespace }
  return carries(labels, selector) && (asksNamespace || endpoint.namespace === policyNamespace)
}

const isEntity = (entity: string, endpoint: Endpoint): boolean =>
  entity === 'all' || (entity === 'kube-apiserver' && 'host' in endpoint && endpoint.host === 'kube-apiserver')

function isPeer(rule: Rule, endpoint: Endpoint, policyNamespace: string): boolean {
  const endpoints = rule.fromEndpoints ?? rule.toEndpoints ?? []
  const entities = rule.fromEntities ?? rule.toEntities ?? []
  const lists = [endpoints, entities, rule.toFQDNs ?? []].filter(({ length }) => length > 0)
  if (lists.length > 1) throw new Error(`Cilium takes one list of peers in a rule, found ${JSON.stringify(rule)}`)
  return (
    endpoints.some((selector) => selects(selector, endpoint, policyNamespace)) ||
    entities.some((entity) => isEntity(entity, endpoint)) ||
    (rule.toFQDNs ?? []).some(({ matchName }) => 'host' in endpoint && endpoint.host === matchName)
  )
}

export function admitsInCilium(
  policies: readonly KubernetesObject[],
  direction: 'Ingress' | 'Egress',
  { from, to, protocol, port }: Connection,
): boolean {
  const [pod, other] = direction === 'Ingress' ? [to, from] : [from, to]
  if (!('labels' in pod)) return true
  const rules = policies
    .filter(({ metadata }) => metadata.namespace === pod.namespace)
    .filter(({ metadata, spec }) => selects((spec as Spec).endpointSelector, pod, metadata.namespace ?? ''))
    .flatMap(({ metadata, spec }) => {
      const own = direction === 'Ingress' ? (spec as Spec).ingress : (spec as Spec).egress
      return (own ?? []).map((rule) => ({ rule, namespace: metadata.namespace ?? '' }))
    })
  if (rules.length === 0) return true
  return rules.some(
    ({ rule, namespace }) =>
      isPeer(rule, other, namespace) &&
      (rule.toPorts === undefined ||
        rule.toPorts.flatMap(({ ports }) => ports).some((p) => p.port === String(port) && p.protocol === protocol)),
  )
}
