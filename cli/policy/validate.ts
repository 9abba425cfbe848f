import { plan } from '../../functions/hardening/plan.ts'
import { isOfCharts } from '../../functions/lib/charts/charts.ts'
import { copyOf } from '../../functions/lib/exact-integer.ts'
import { readerOf, type Step } from '../../functions/lib/framework/function.ts'
import { isFields, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { type Reported, runSteps } from '../../functions/lib/runner/steps.ts'

/** What is not hardened: every change that the policies would make is an error. The objects stay as they are. */
export async function validate(
  objects: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
): Promise<Reported[]> {
  const reported: Reported[] = []
  for (const policy of policies) {
    const steps = plan(inMode(policy, 'validate'))
    reported.push(...(await runSteps(seenOf(steps, objects), steps)).reported)
  }
  return reported
}

/** The objects as the policies would leave them, and what they would say. The given ones stay as they are. */
export async function harden(
  objects: readonly KubernetesObject[],
  policies: readonly KubernetesObject[],
): Promise<{ objects: KubernetesObject[]; reported: Reported[] }> {
  let hardened = copyOf([...objects])
  const reported: Reported[] = []
  for (const policy of policies) {
    const steps = plan(inMode(policy, 'mutate'))
    const seen = seenOf(steps, hardened)
    const isSeen = new Set(seen)
    const unseen = hardened.filter((object) => !isSeen.has(object))
    reported.push(...(await runSteps(seen, steps)).reported)
    hardened = [...unseen, ...seen]
  }
  return { objects: hardened, reported }
}

/** Does the policy ask for a function at all? One that does not would let everything pass. */
export const asksForSomething = (policy: KubernetesObject): boolean => plan(policy).length > 0

const inMode = (policy: KubernetesObject, mode: string): KubernetesObject => ({
  ...policy,
  spec: { ...(isFields(policy.spec) ? policy.spec : {}), mode },
})

/** What the functions are shown, as in a build; a HelmRelease may take values from any ConfigMap. */
function seenOf(steps: readonly Step[], objects: readonly KubernetesObject[]): KubernetesObject[] {
  const isRead = readerOf(steps)
  return objects.filter(
    (object) =>
      isOfCharts(object) ||
      isKind(object, '', 'ConfigMap') ||
      isRead({ apiVersion: object.apiVersion, kind: object.kind, text: JSON.stringify(object) }),
  )
}
