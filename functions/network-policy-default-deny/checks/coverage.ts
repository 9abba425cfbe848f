import { isDeepStrictEqual } from 'node:util'
import { containsRange, isCidr } from '../../lib/kubernetes/cidr.ts'
import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { namespaceLabelOf } from '../dialects/namespace-label.ts'

/** Does one piece of a NetworkPolicy admit all that another does? Sound, not complete: unlike forms are not compared. */

/** A rule of either direction, as the API writes it. */
export interface NetworkPolicyRule {
  from?: List
  to?: List
  ports?: List
}

type List = readonly unknown[] | null | undefined

export interface Coverage {
  /** Label of Namespaces that holds their name. */
  namespaceLabel: string
}

type Covers = (broad: unknown, narrow: unknown) => boolean

/** Is each rule covered by a single broader one? */
export const coversRules = (
  broad: readonly NetworkPolicyRule[],
  narrow: readonly NetworkPolicyRule[],
  namespace: string,
  coverage: Coverage,
): boolean =>
  narrow.every((rule) =>
    broad.some(
      (other) =>
        coversAll(other.from ?? other.to, rule.from ?? rule.to, peerCovers(namespace, coverage)) &&
        coversAll(other.ports, rule.ports, portCovers),
    ),
  )

/** A list that is absent, null or empty is everything. */
const coversAll = (broad: List, narrow: List, covers: Covers): boolean =>
  !broad?.length || Boolean(narrow?.length && narrow.every((item) => broad.some((other) => covers(other, item))))

/** Does every pod that the narrow selector selects match the broad one? It does where the broad asks for nothing more. */
export function coversSelector(broad: unknown, narrow: unknown): boolean {
  const asked = requirements(narrow)
  return requirements(broad).every((requirement) => asked.some((other) => isDeepStrictEqual(other, requirement)))
}

function requirements(selector: unknown): unknown[] {
  const labels = valueAt(selector, ['matchLabels'])
  const expressions = valueAt(selector, ['matchExpressions'])
  return [...Object.entries(isFields(labels) ? labels : {}), ...(Array.isArray(expressions) ? expressions : [])]
}

const peerCovers =
  (namespace: string, { namespaceLabel }: Coverage): Covers =>
  (broad, narrow) => {
    if (isDeepStrictEqual(broad, narrow)) return true
    if (!isFields(broad) || !isFields(narrow)) return false
    if (broad.ipBlock || narrow.ipBlock) return rangeCovers(broad.ipBlock, narrow.ipBlock)
    // A pod selector alone is the policy's own namespace.
    const own = { matchLabels: { [namespaceLabelOf(namespace, namespaceLabel)]: namespace } }
    return (
      coversSelector(broad.namespaceSelector ?? own, narrow.namespaceSelector ?? own) &&
      coversSelector(broad.podSelector, narrow.podSelector)
    )
  }

const rangeCovers: Covers = (broad, narrow) => {
  if (!isFields(broad) || !isFields(narrow) || broad.except !== undefined) return false
  const [outer, inner] = [String(broad.cidr), String(narrow.cidr)]
  return isCidr(outer) && isCidr(inner) && containsRange(outer, inner)
}

const portCovers: Covers = (broad, narrow) => isDeepStrictEqual(withProtocol(broad), withProtocol(narrow))

const withProtocol = (port: unknown): unknown => ({ protocol: 'TCP', ...(isFields(port) ? port : {}) })
