import { isDeepStrictEqual } from 'node:util'
import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import type { ContainerOverride } from '../config-container.ts'
import { findings, show } from '../findings/index.ts'
import { isSet, type SecurityContext } from '../pod/security-context.ts'
import { type ContainerView, edit, type PodView } from '../pod/view.ts'
import type { WorkloadSettings } from './settings.ts'

/** Sets the values that the policy has for a container, with a warning for each explicit value that it replaces. */
export function configure(pod: PodView, settings: WorkloadSettings): Finding[] {
  return pod.containers.flatMap((container) => {
    const override = settings.override(container)
    if (!override) return []
    const values = valuesOf(override, container)
    const isWritable = override.writable !== undefined
    const details = { object: pod.owner, field: { path: formatPath(container.path) } }
    if (pod.isWindows && (values.length > 0 || isWritable)) return [findings['no-effect-on-windows'](details)]
    return [
      ...(pod.isOperated && isWritable ? [findings['no-effect-in-custom-resource'](details)] : []),
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
    ['runAsUser', typeof runAsUser === 'number' ? runAsUser : undefined],
  ]
  const set = values.filter(([, value]) => value !== undefined)
  // Next to privileged: true the API refuses false and accepts an unset field.
  return privileged && allowPrivilegeEscalation === false ? [...set, ['allowPrivilegeEscalation', undefined]] : set
}

function put(pod: PodView, container: ContainerView, field: keyof SecurityContext, value: unknown): Finding[] {
  const present = container.securityContext[field]
  if (isDeepStrictEqual(present, value)) return []
  edit(container, field, value)
  if (!isSet(present) || field === 'capabilities') return []
  const details = {
    object: pod.owner,
    field: {
      path: formatPath([...container.path, field]),
      currentValue: present,
      ...(value !== undefined && { proposedValue: value }),
    },
  }
  return [findings['replaced-by-policy'](details, show(present), value === undefined ? undefined : show(value))]
}
