import { namesBackends } from '../lib/flows/backend-references.ts'
import { isMonitor } from '../lib/flows/monitor-kinds.ts'
import { defineFunction } from '../lib/framework/function.ts'
import { isKind, type TypeMeta } from '../lib/kubernetes/objects.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { makesPods } from '../lib/operators/index.ts'
import { isOtherPolicy } from './checks/other-policies.ts'
import { type NetworkPolicyDefaultDenySpec, networkPolicyDefaultDenySchema } from './config.ts'
import { NAME } from './name.ts'
import { transform } from './transform.ts'

const READ: readonly (readonly [group: string, kind: string])[] = [
  ['', 'Namespace'],
  ['', 'Service'],
  ['networking.k8s.io', 'NetworkPolicy'],
  ['networking.istio.io', 'Gateway'],
  ['networking.istio.io', 'Sidecar'],
  ['gateway.networking.k8s.io', 'Gateway'],
  ['rbac.authorization.k8s.io', 'ClusterRole'],
  ['rbac.authorization.k8s.io', 'ClusterRoleBinding'],
]

const isRead = (item: TypeMeta): boolean => READ.some(([group, kind]) => isKind(item, group, kind))

export const networkPolicyDefaultDeny = defineFunction<NetworkPolicyDefaultDenySpec>({
  name: NAME,
  kind: 'NetworkPolicyDefaultDeny',
  section: 'networkPolicy',
  description:
    'Denies a namespace all traffic by default and admits what flows declare, with policies for both ends of each flow.',
  schema: networkPolicyDefaultDenySchema,
  reads: (_spec, item) =>
    isPodOwner(item) ||
    isRead(item) ||
    isOtherPolicy(item) ||
    namesBackends(item) ||
    isMonitor(item) ||
    makesPods(item),
  transform,
})
