import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings.ts'
import { NAME } from '../name.ts'
import type { Direction } from '../policy.ts'
import { type Coverage, coversRules, coversSelector, type NetworkPolicyRule } from './coverage.ts'

const FIELDS: readonly (readonly [direction: Direction, field: string])[] = [
  ['Ingress', 'ingress'],
  ['Egress', 'egress'],
]

/**
 * Policies with a direction that a broader policy for the same pods covers completely. At least one of the two is written
 * by hand, because generated policies repeat nothing.
 */
export function redundantPolicies(objects: readonly KubernetesObject[], coverage: Coverage): Finding[] {
  const policies = objects.filter((object) => isKind(object, 'networking.k8s.io', 'NetworkPolicy')).sort(byName)
  return [...groupBy(policies, ({ metadata }) => metadata.namespace ?? '').values()].flatMap((group) => {
    const manual = group.filter((policy) => !isGeneratedBy(policy, NAME))
    return group.flatMap((policy) => {
      const others = manual.includes(policy) ? group : manual
      return FIELDS.flatMap(([direction, field]) => {
        const broader = others.find((other) => isBroader(other, policy, direction, field, coverage))
        return broader ? [redundant(policy, broader, field)] : []
      })
    })
  })
}

const byName = (a: KubernetesObject, b: KubernetesObject): number => (a.metadata.name < b.metadata.name ? -1 : 1)

function isBroader(
  broad: KubernetesObject,
  narrow: KubernetesObject,
  direction: Direction,
  field: string,
  coverage: Coverage,
): boolean {
  if (broad === narrow || !covers(broad, narrow, direction, field, coverage)) return false
  // Of two that admit the same, the hand-written one can go; of two hand-written ones, the later.
  const isEqual = covers(narrow, broad, direction, field, coverage)
  if (!isEqual) return true
  const [broadIsManual, narrowIsManual] = [broad, narrow].map((policy) => !isGeneratedBy(policy, NAME))
  return broadIsManual === narrowIsManual ? byName(broad, narrow) < 0 : narrowIsManual === true
}

function covers(
  broad: KubernetesObject,
  narrow: KubernetesObject,
  direction: Direction,
  field: string,
  coverage: Coverage,
): boolean {
  const rules = rulesOf(narrow, direction, field)
  return (
    rules.length > 0 &&
    coversSelector(valueAt(broad, ['spec', 'podSelector']), valueAt(narrow, ['spec', 'podSelector'])) &&
    coversRules(rulesOf(broad, direction, field), rules, narrow.metadata.namespace ?? '', coverage)
  )
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/: without policyTypes, Ingress always and Egress where it has rules. */
function rulesOf(policy: KubernetesObject, direction: Direction, field: string): NetworkPolicyRule[] {
  const types = valueAt(policy, ['spec', 'policyTypes'])
  const rules = valueAt(policy, ['spec', field])
  return Array.isArray(rules) && (!Array.isArray(types) || types.includes(direction)) ? rules : []
}

function redundant(policy: KubernetesObject, broader: KubernetesObject, field: string): Finding {
  const { name } = broader.metadata
  const fix = isGeneratedBy(policy, NAME) ? `narrow ${name}, or remove it` : `remove it, or narrow ${name}`
  return findings.redundant({ object: policy, field: { path: `spec.${field}` } }, name, fix)
}
