import { defineFunction } from '../lib/function.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type NetworkPolicyDefaultDenySpec, networkPolicyDefaultDenySchema } from './config.ts'
import { transform } from './transform.ts'

export const networkPolicyDefaultDeny = defineFunction<NetworkPolicyDefaultDenySpec>({
  name: 'network-policy-default-deny',
  kind: 'NetworkPolicyDefaultDeny',
  section: 'networkPolicy',
  description: '',
  schema: networkPolicyDefaultDenySchema,
  reads: (_spec, item) => isPodOwner(item),
  transform,
})
