import type { Finding } from '../lib/finding.ts'
import type { KubernetesObject } from '../lib/kubernetes/object.ts'
import type { NetworkPolicyDefaultDenySpec } from './config.ts'

export function transform(_objects: KubernetesObject[], _spec: NetworkPolicyDefaultDenySpec): Finding[] {
  return []
}
