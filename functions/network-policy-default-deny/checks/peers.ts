import type { Finding } from '../../lib/framework/finding.ts'
import { describe, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { namespaceLabelOf, OWN_LABEL } from '../dialects/namespace-label.ts'
import { findings } from '../findings.ts'
import type { Policy, Rule } from '../policy.ts'
import type { Build } from '../subjects/build.ts'
import { knowsNodes } from '../traffic/baseline.ts'

/** A policy and the object that it was written as. */
export interface Written {
  policy: Policy
  object: KubernetesObject
}

/** What policies must hold before they may be applied, and the exceptions that they make. */
export const checkPolicies = (written: readonly Written[], build: Build): Finding[] => [
  ...sharedNames(written),
  ...written.flatMap((one) => unknownNodes(one, build)),
  ...unlabelledNamespaces(build),
  ...written.flatMap(({ policy, object }) =>
    [...new Set(policy.exceptions)].map((reason) => findings.exception({ object }, reason)),
  ),
]

function sharedNames(written: readonly Written[]): Finding[] {
  const seen = new Set<string>()
  return written.flatMap(({ object }) => {
    const name = describe(object)
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    return [findings['repeated-name']({ object })]
  })
}

/** NetworkPolicy selects no pods with hostNetwork; Cilium tells nodes by itself. */
function unknownNodes({ policy, object }: Written, { spec }: Build): Finding[] {
  const namesNodes = (rules: readonly Rule[] = []): boolean =>
    rules.some(({ peers }) => peers.some(({ type }) => type === 'nodes'))
  if (knowsNodes(spec) || !(namesNodes(policy.ingress) || namesNodes(policy.egress))) return []
  return [findings['unknown-nodes']({ object })]
}

/** Peers are found by this label, which Kubernetes sets on no Namespace unless it is its own. */
function unlabelledNamespaces({ namespaces, spec: { dialect, namespaceLabel } }: Build): Finding[] {
  if (dialect === 'cilium') return []
  return [...namespaces].flatMap(([name, object]) => {
    const label = namespaceLabelOf(name, namespaceLabel)
    const found = object.metadata.labels?.[label]
    if (label === OWN_LABEL || found === name) return []
    const field = { path: formatPath(['metadata', 'labels', label]), currentValue: found, proposedValue: name }
    return [findings['unlabelled-namespace']({ object, field }, found, name)]
  })
}
