import { declaredBy, WHOLE } from '../../functions/hardening/shared-fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { HardenedStack } from '../policy/policies.ts'
import { harden } from '../policy/validate.ts'

const SINGLE = 'NetworkPolicyDefaultDeny'

/**
 * A rendering as it would be at the last stage: before that policies cut off nothing, and what they will cut off is what a
 * person wants to see. Of several stacks each has a stage of its own, so they are taken as they are.
 */
export async function atFullStage(
  objects: readonly KubernetesObject[],
  stacks: readonly HardenedStack[],
): Promise<readonly KubernetesObject[]> {
  const [only, ...others] = stacks
  const policies = (only?.policies ?? []).flatMap((policy) => networkPolicyAlone(policy) ?? [])
  if (others.length > 0 || policies.length === 0) return objects
  return (await harden(objects, policies)).objects
}

/** The network policies of a policy that is at an earlier stage, at the last one. */
function networkPolicyAlone(policy: KubernetesObject): KubernetesObject | undefined {
  const spec = isFields(policy.spec) ? policy.spec : {}
  const section = policy.kind === SINGLE ? spec : valueAt(spec, ['networkPolicy'])
  if (!isFields(section) || (section.stage ?? 'full') === 'full') return undefined
  const { stage, workloads, [WHOLE]: whole, ...others } = section
  return { ...policy, kind: SINGLE, spec: { ...others, ...declaredBy(policy) } }
}
