import { setExceptions } from '../../lib/framework/exceptions.ts'
import { generatedObject } from '../../lib/framework/generated-objects.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { NAME } from '../name.ts'
import type { Policy } from '../policy.ts'
import { toCiliumNetworkPolicy } from './cilium.ts'
import { toNetworkPolicy } from './kubernetes.ts'

/** A policy as an object of the dialect. */
export function write(policy: Policy, spec: NetworkPolicyDefaultDenySpec): KubernetesObject {
  const toObject = spec.dialect === 'cilium' ? toCiliumNetworkPolicy : toNetworkPolicy
  const { apiVersion, kind, spec: written } = toObject(policy, spec)
  const { name, namespace, labels, owner } = policy
  const content = { apiVersion, kind, name, namespace, labels, spec: written }
  const object = generatedObject(owner ? [owner] : [], content)
  setExceptions(object, NAME, policy.exceptions)
  return object
}
