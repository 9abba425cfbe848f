import { defineFunction } from '../lib/framework/function.ts'
import { isBinding } from '../lib/kubernetes/bound-accounts.ts'
import { isForeignType } from '../lib/kubernetes/foreign-pods.ts'
import { isKind, typeOf } from '../lib/kubernetes/objects.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { type SecurityContextEnforcerSpec, securityContextEnforcerSchema } from './config.ts'
import { CUSTOM_RESOURCES } from './custom-resources/table.ts'
import { NAME } from './name.ts'
import { transform } from './transform.ts'

export const securityContextEnforcer = defineFunction<SecurityContextEnforcerSpec>({
  name: NAME,
  kind: 'SecurityContextEnforcer',
  section: 'securityContext',
  description:
    'Brings every pod to a level of the Pod Security Standards and labels its namespace with the level that all its pods meet',
  schema: securityContextEnforcerSchema,
  reads: (spec, item) =>
    isPodOwner(item) ||
    isKind(item, '', 'Namespace') ||
    (spec.automountServiceAccountToken !== 'none' && isBinding(item)) ||
    (isKind(item, '', 'ServiceAccount') && item.text.includes('automountServiceAccountToken')) ||
    Object.hasOwn(CUSTOM_RESOURCES, typeOf(item)) ||
    Object.hasOwn(spec.customResources ?? {}, typeOf(item)) ||
    (isForeignType(item) && item.text.includes('containers')),
  transform,
})
