// What Istio would do with ALLOW policies: an evaluator that shares no code with the generator.
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import type { Pods } from './calls.ts'

type Labels = Record<string, string>

interface Rule {
  from?: { source: { principals?: string[]; notPrincipals?: string[]; namespaces?: string[] } }[]
  to?: { operation: { ports: string[] } }[]
}

interface Spec {
  selector: { matchLabels: Labels }
  action: string
  rules?: Rule[]
}

/** The policies that select pods. */
export const policiesOf = (policies: readonly KubernetesObject[], to: Pods): KubernetesObject[] =>
  policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === to.namespace &&
      Object.entries((spec as Spec).selector.matchLabels).every(([key, value]) => to.labels[key] === value),
  )

/**
 * May pods call others on a port? A caller brings the identity of its service account, or none where it speaks plain text.
 * Source: https://istio.io/latest/docs/concepts/security/#implicit-enablement
 */
export function authorizes(
  policies: readonly KubernetesObject[],
  from: Pods | undefined,
  to: Pods,
  port: number,
): boolean {
  const selecting = policiesOf(policies, to)
  const principal = from && `cluster.local/ns/${from.namespace}/sa/${from.account ?? 'unknown'}`
  return (
    selecting.length === 0 ||
    selecting.some(({ spec }) =>
      ((spec as Spec).rules ?? []).some(
        (rule) =>
          (!rule.from?.length ||
            rule.from.some(
              ({ source }) =>
                (principal !== undefined && source.principals?.includes(principal)) ||
                (principal === undefined && source.notPrincipals?.includes('*')) ||
                (from !== undefined && source.namespaces?.includes(from.namespace)),
            )) &&
          (!rule.to?.length || rule.to.some(({ operation }) => operation.ports.includes(String(port)))),
      ),
    )
  )
}
