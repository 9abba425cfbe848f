import { setExceptions } from '../../lib/framework/exceptions.ts'
import type { KubernetesObject, ObjectMeta } from '../../lib/kubernetes/objects.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { NAME } from '../findings.ts'
import { syncWaveAnnotation } from '../policies/sync-wave.ts'
import type { Policy } from '../policy.ts'
import { toCiliumNetworkPolicy } from './cilium.ts'
import { toNetworkPolicy } from './kubernetes.ts'

/** A policy as an object of the dialect. */
export function write(policy: Policy, spec: NetworkPolicyDefaultDenySpec): KubernetesObject {
  const toObject = spec.dialect === 'cilium' ? toCiliumNetworkPolicy : toNetworkPolicy
  const { apiVersion, kind, spec: written } = toObject(policy, spec)
  const object: KubernetesObject = { apiVersion, kind, metadata: metadataOf(policy), spec: written }
  setExceptions(object, NAME, policy.exceptions)
  return object
}

function metadataOf({ name, namespace, labels, syncWave }: Policy): ObjectMeta {
  const annotations = syncWaveAnnotation(syncWave)
  return {
    name,
    ...(namespace !== '' && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels: { ...labels } }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
}
