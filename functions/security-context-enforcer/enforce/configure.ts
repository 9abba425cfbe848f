import { isDeepStrictEqual } from 'node:util'
import { type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import type { ContainerOverride } from '../config-container.ts'
import { isSet, type SecurityContext } from '../pod/security-context.ts'
import { type ContainerView, edit, type PodView } from '../pod/view.ts'
import type { Policy } from './settings.ts'

/** Puts the values that the configuration has for a container in place; says where that replaces an explicit one. */
export function configure(pod: PodView, policy: Policy): Finding[] {
  return pod.containers.flatMap((container) => {
    const override = policy.override(container)
    if (!override) return []
    const values = valuesOf(override, container)
    const isWritable = override.writable !== undefined
    if (pod.isWindows && (values.length > 0 || isWritable)) return [noEffect(pod, container, WINDOWS)]
    return [
      ...(pod.isOperated && isWritable ? [noEffect(pod, container, OPERATED)] : []),
      ...values.flatMap(([field, value]) => put(pod, container, field, value)),
    ]
  })
}

function valuesOf(override: ContainerOverride, container: ContainerView): [keyof SecurityContext, unknown][] {
  const { runAsUser, privileged, readOnlyRootFilesystem, addCapabilities } = override
  const { allowPrivilegeEscalation, capabilities } = container.securityContext
  const add = addCapabilities && [...new Set([...(capabilities?.add ?? []), ...addCapabilities])]
  const values: [keyof SecurityContext, unknown][] = [
    ['privileged', privileged],
    ['capabilities', add && { ...capabilities, add }],
    ['readOnlyRootFilesystem', readOnlyRootFilesystem],
    ['runAsUser', runAsUser],
  ]
  const set = values.filter(([, value]) => value !== undefined)
  // Beside privileged: true the API refuses false, which unset is not.
  return privileged && allowPrivilegeEscalation === false ? [...set, ['allowPrivilegeEscalation', undefined]] : set
}

function put(pod: PodView, container: ContainerView, field: keyof SecurityContext, value: unknown): Finding[] {
  const present = container.securityContext[field]
  if (isDeepStrictEqual(present, value)) return []
  edit(container, field, value)
  if (!isSet(present) || field === 'capabilities') return []
  const done = value === undefined ? 'removed' : `set to ${JSON.stringify(value)}`
  return [
    warning(`found ${JSON.stringify(present)}, ${done}, as containers says`, {
      object: pod.owner,
      field: {
        path: formatPath([...container.path, field]),
        currentValue: present,
        ...(value !== undefined && { proposedValue: value }),
      },
    }),
  ]
}

const WINDOWS = 'the pod declares Windows, where the API refuses what containers says of this container; nothing is set'
const OPERATED = 'containers names writable paths, which cannot be mounted in a custom resource; nothing is mounted'

const noEffect = (pod: PodView, container: ContainerView, message: string): Finding =>
  warning(message, { object: pod.owner, field: { path: formatPath(container.path) } })
