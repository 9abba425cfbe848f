import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { overrideFor } from '../../lib/kubernetes/workload.ts'
import type { Violation } from '../checks/check.ts'
import type { SecurityContextEnforcerSpec } from '../config.ts'
import type { ContainerOverride, Field } from '../config-container.ts'
import type { Exceptions } from '../config-exceptions.ts'
import type { UserRange } from '../namespace/user-ranges.ts'
import { isSet } from '../pod/security-context.ts'
import type { ContainerView, PodView } from '../pod/view.ts'

/** The user that the policy has for a container: none if it is off. */
export interface User {
  id?: number
  /** Did an entry for the workload or the container choose it? Then somebody knows that it works there. */
  isChosen: boolean
}

/** What is the same for all objects of a run. */
export interface Run {
  functionName: string
  /** By namespace. */
  userRanges: ReadonlyMap<string, UserRange>
}

/** What the policy says about one workload. */
export interface WorkloadSettings {
  /** The function's name, for the annotation that carries reasons. */
  functionName: string
  workload: string
  level: SecurityContextEnforcerSpec['level']
  /** The user to fill in, for a container or for the pod. */
  user(container?: { name: string }): User
  /** The users that the cluster hands out in its namespace, if the build says so. */
  userRange: UserRange | undefined
  fsGroup: SecurityContextEnforcerSpec['fsGroup']
  /** Is it the group of this workload rather than that of all? */
  isFsGroupChosen: boolean
  fsGroupChangePolicy: SecurityContextEnforcerSpec['fsGroupChangePolicy']
  exceptions: Exceptions
  /** Fields that the operator or the image of a custom resource does not work with. */
  omit: readonly Field[]
  override(container: { name: string }): ContainerOverride | undefined
}

/** The settings of one object; `omit` is what its kind leaves out. */
export function settingsFor(
  object: KubernetesObject,
  spec: SecurityContextEnforcerSpec,
  { functionName, userRanges }: Run,
  omit: readonly Field[] = [],
): WorkloadSettings {
  const workload = { kind: object.kind, name: object.metadata.name }
  const { containers } = spec
  const chosen = overrideFor(spec.workloads, workload) ?? {}
  const override: WorkloadSettings['override'] = ({ name }) => {
    if (!containers) return undefined
    const key = containerKeys(workload, name).find((candidate) => Object.hasOwn(containers, candidate))
    return key === undefined ? undefined : containers[key]
  }
  return {
    functionName,
    workload: workload.name,
    level: spec.level,
    exceptions: overrideFor(spec.exceptions, workload) ?? {},
    omit,
    override,
    user: (container) => {
      const user = (container && override(container)?.runAsUser) ?? chosen.runAsUser
      return { ...idOf(user ?? spec.runAsUser), isChosen: user !== undefined }
    },
    userRange: userRanges.get(object.metadata.namespace ?? ''),
    fsGroup: chosen.fsGroup ?? spec.fsGroup,
    isFsGroupChosen: chosen.fsGroup !== undefined,
    fsGroupChangePolicy: chosen.fsGroupChangePolicy ?? spec.fsGroupChangePolicy,
  }
}

const idOf = (user: SecurityContextEnforcerSpec['runAsUser']): { id?: number } =>
  typeof user === 'number' ? { id: user } : {}

/** The keys by which the policy may name a container, the most exact first. */
export const containerKeys = (workload: { kind: string; name: string }, container: string): string[] => [
  `${workload.kind}/${workload.name}/${container}`,
  `${workload.name}/${container}`,
  container,
]

/** Is the field left as the manifest has it, set or unset? */
export const isKept = (settings: WorkloadSettings, field: Field, container?: ContainerView): boolean =>
  settings.omit.includes(field) ||
  (container && settings.override(container))?.omit?.includes(field) === true ||
  (field !== 'readOnlyRootFilesystem' && settings.exceptions[field] !== undefined)

/** The entries of the containers that take a field from their pod; undefined for a container without an entry. */
const overridesOfHeirs = (settings: WorkloadSettings, field: string, pod: PodView): (ContainerOverride | undefined)[] =>
  pod.containers
    .filter(({ securityContext }) => !isSet((securityContext as Fields)[field]))
    .map((container) => settings.override(container))

const omits = (override: ContainerOverride | undefined, field: string): boolean =>
  override?.omit?.some((kept) => kept === field) === true

/** The entry of a container that leaves a field as it is and takes it from its pod, so that the pod's field stays too. */
export const heirOf = (settings: WorkloadSettings, field: string, pod: PodView): ContainerOverride | undefined =>
  overridesOfHeirs(settings, field, pod).find((override) => omits(override, field))

/** The entry that allows a bad value: that of its container, or those of the containers that take it from the pod. */
function allowingOverride(settings: WorkloadSettings, violation: Violation, pod: PodView) {
  const { check, container, repair } = violation
  if (container) return settings.override(container)
  // With a repair, the other containers can be given the good value. Without one, all must accept the bad value.
  const heirs = overridesOfHeirs(settings, check, pod)
  return repair || heirs.every((override) => omits(override, check))
    ? heirs.find((override) => omits(override, check))
    : undefined
}

/** The reason that allows this violation, or undefined where the policy gives none. */
export const allowReason = (settings: WorkloadSettings, violation: Violation, pod: PodView): string | undefined => {
  const { check, found } = violation
  const override = allowingOverride(settings, violation, pod)
  if (omits(override, check)) return override?.reason
  if (check === 'privileged' && override?.privileged) return override.reason
  if (check === 'capabilities' && override?.addCapabilities?.some((capability) => capability === found))
    return override.reason
  return (settings.exceptions as Readonly<Record<string, string | undefined>>)[check]
}
