import type { SecurityContextEnforcerSpec } from '../config.ts'
import type { CustomResourceSpec } from '../config-custom-resource.ts'
import { CUSTOM_RESOURCES } from './table.ts'

/** The custom resource kinds of the table, with the changes and additions of the policy. */
export function customResources(
  spec: Pick<SecurityContextEnforcerSpec, 'customResources'>,
): Map<string, CustomResourceSpec> {
  const kinds = new Map(Object.entries(CUSTOM_RESOURCES))
  for (const [kind, configured] of Object.entries(spec.customResources ?? {})) {
    const known = kinds.get(kind) ?? {}
    kinds.set(kind, {
      ...known,
      ...configured,
      podSecurityContexts: { ...known.podSecurityContexts, ...configured.podSecurityContexts },
      flags: { ...known.flags, ...configured.flags },
    })
  }
  return kinds
}
