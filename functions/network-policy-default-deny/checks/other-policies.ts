import { isKind, type TypeMeta } from '../../lib/kubernetes/objects.ts'

/**
 * Kinds of policies that also decide about the traffic of pods. Sources: https://docs.cilium.io/en/stable/security/policy/,
 * https://docs.tigera.io/calico/latest/reference/resources/, https://network-policy-api.sigs.k8s.io/ and
 * https://antrea.io/docs/main/docs/antrea-network-policy/
 */
const KINDS: readonly (readonly [group: string, kind: string])[] = [
  ['cilium.io', 'CiliumNetworkPolicy'],
  ['cilium.io', 'CiliumClusterwideNetworkPolicy'],
  ['projectcalico.org', 'NetworkPolicy'],
  ['projectcalico.org', 'GlobalNetworkPolicy'],
  ['crd.projectcalico.org', 'NetworkPolicy'],
  ['crd.projectcalico.org', 'GlobalNetworkPolicy'],
  ['policy.networking.k8s.io', 'AdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'BaselineAdminNetworkPolicy'],
  ['policy.networking.k8s.io', 'ClusterNetworkPolicy'],
  ['crd.antrea.io', 'NetworkPolicy'],
  ['crd.antrea.io', 'ClusterNetworkPolicy'],
]

/** Is it a policy for the traffic of pods, of another kind than NetworkPolicy? */
export const isOtherPolicy = (item: TypeMeta): boolean => KINDS.some(([group, kind]) => isKind(item, group, kind))
