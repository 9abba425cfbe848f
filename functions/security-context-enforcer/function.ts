import { defineFunction } from '../lib/function.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type SecurityContextEnforcerSpec, securityContextEnforcerSchema } from './config.ts'
import { transform } from './transform.ts'

export const securityContextEnforcer = defineFunction<SecurityContextEnforcerSpec>({
  name: 'security-context-enforcer',
  kind: 'SecurityContextEnforcer',
  section: 'securityContext',
  description: '',
  schema: securityContextEnforcerSchema,
  reads: (_spec, item) => isPodOwner(item),
  transform,
})
