import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { overrideFor } from '../../lib/kubernetes/workload.ts'
import type { Violation } from '../checks/check.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import type { ContainerOverride, Field } from '../config-container.ts'
import type { Exceptions } from '../config-exceptions.ts'
import { isSet } from '../pod/security-context.ts'
import type { ContainerView, PodView } from '../pod/view.ts'

/** What the configuration says of one workload. */
export interface Policy {
  level: SecurityContextEnforcerSpec['level']
  runAsUser: number
  workload: string
  exceptions: Exceptions
  /** Fields that the operator or the image of a custom resource cannot do with. */
  omit: readonly Field[]
  override(container: { name: string }): ContainerOverride | undefined
}

export function policyFor(
  object: KubernetesObject,
  spec: SecurityContextEnforcerSpec,
  omit: readonly Field[] = [],
): Policy {
  const workload = { kind: object.kind, name: object.metadata.name }
  const { containers } = spec
  return {
    level: spec.level,
    runAsUser: spec.runAsUser,
    workload: workload.name,
    exceptions: overrideFor(spec.exceptions, workload) ?? {},
    omit,
    override: ({ name }) => {
      if (!containers) return undefined
      const key = containerKeys(workload, name).find((candidate) => Object.hasOwn(containers, candidate))
      return key === undefined ? undefined : containers[key]
    },
  }
}

/** The names by which the configuration may call a container, the most exact first. */
export const containerKeys = (workload: { kind: string; name: string }, container: string): string[] => [
  `${workload.kind}/${workload.name}/${container}`,
  `${workload.name}/${container}`,
  container,
]

/** Is the field left as the manifest has it, set or unset? */
export const isKept = (policy: Policy, field: Field, container?: ContainerView): boolean =>
  policy.omit.includes(field) ||
  (container && policy.override(container))?.omit?.includes(field) === true ||
  (field !== 'readOnlyRootFilesystem' && policy.exceptions[field] !== undefined)

/** The entry of a container that leaves a field as it is and takes it from its pod, where the field then stays too. */
export const heirOf = (policy: Policy, field: string, pod: PodView): ContainerOverride | undefined =>
  pod.containers
    .filter(({ securityContext }) => !isSet((securityContext as Fields)[field]))
    .map((container) => policy.override(container))
    .find((override) => override?.omit?.some((kept) => kept === field))

/** Why this violation may stand, or undefined where nothing says so. */
export const allowReason = (policy: Policy, violation: Violation, pod: PodView): string | undefined => {
  const { check, container, found, repair } = violation
  // Without a repair, the containers that take the value from the pod too cannot be spared it.
  const override = container ? policy.override(container) : repair && heirOf(policy, check, pod)
  if (override?.omit?.some((field) => field === check)) return override.reason
  if (check === 'privileged' && override?.privileged) return override.reason
  if (check === 'capabilities' && override?.addCapabilities?.some((capability) => capability === found))
    return override.reason
  return policy.exceptions[check]
}
