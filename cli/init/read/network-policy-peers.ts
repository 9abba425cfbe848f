import { type Fields, isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'

/** Whom a rule of a NetworkPolicy admits, as far as flows can name it; pods without a selector are all of the namespace. */
export type PolicyPeer = { type: 'any' } | { type: 'pods'; namespace: string; selector: Fields | undefined }

/** Labels of Namespaces that hold their name: Kubernetes' own, and the one that people set before it existed. */
const NAME_LABELS = ['kubernetes.io/metadata.name', 'name']

/** The peers of a rule, and a description of those that flows cannot name. An absent or empty list is everyone. */
export function peersOf(list: unknown, ownNamespace: string): { peers: PolicyPeer[]; unknown: string[] } {
  if (!Array.isArray(list) || list.length === 0) return { peers: [{ type: 'any' }], unknown: [] }
  const peers: PolicyPeer[] = []
  const unknown: string[] = []
  for (const peer of list.filter(isFields)) {
    const cidr = valueAt(peer, ['ipBlock', 'cidr'])
    const namespaces = isFields(peer.namespaceSelector) ? namespacesOf(peer.namespaceSelector) : [ownNamespace]
    const selector =
      isFields(peer.podSelector) && Object.keys(peer.podSelector).length > 0 ? peer.podSelector : undefined
    if (cidr !== undefined) unknown.push(`admits the addresses ${cidr}`)
    else if (
      isFields(peer.namespaceSelector) &&
      Object.keys(peer.namespaceSelector).length === 0 &&
      selector === undefined
    )
      peers.push({ type: 'any' })
    else if (namespaces.length === 0) unknown.push(`admits namespaces by ${JSON.stringify(peer.namespaceSelector)}`)
    else peers.push(...namespaces.map((namespace): PolicyPeer => ({ type: 'pods', namespace, selector })))
  }
  return { peers, unknown }
}

/** The names that a selector of namespaces asks for; none if it asks for anything else. */
function namespacesOf(selector: Fields): string[] {
  const labels = isFields(selector.matchLabels) ? selector.matchLabels : {}
  const expressions = Array.isArray(selector.matchExpressions) ? selector.matchExpressions.filter(isFields) : []
  const byLabel = NAME_LABELS.map((label) => labels[label]).filter((name) => typeof name === 'string')
  const byExpression = expressions
    .filter(({ key, operator }) => operator === 'In' && NAME_LABELS.includes(String(key)))
    .flatMap(({ values }) => (Array.isArray(values) ? values.filter((name) => typeof name === 'string') : []))
  return byLabel.length > 0 ? byLabel.slice(0, 1) : byExpression
}
