import type { Finding } from '../../lib/framework/finding.ts'
import { type FieldPath, formatPath } from '../../lib/kubernetes/objects.ts'
import { type ContainerOverride, weakens } from '../config-container.ts'
import { findings, show } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, type PodView, selectsWindows } from '../pod/view.ts'
import type { WorkloadSettings } from './settings.ts'

/** Advice that no check of the standards gives. `said` are the reasons that other findings already name. */
export function advise(
  pod: PodView,
  settings: WorkloadSettings,
  weakened: readonly WeakenedContainer[],
  said: ReadonlySet<string>,
): Finding[] {
  const { owner: object } = pod
  const at = (path: FieldPath) => ({ object, field: { path: formatPath(path) } })
  const advice = weakened
    .filter(({ reason }) => !said.has(reason))
    .map(({ container, override, reason }) =>
      findings['weakened-container'](at(container.path), lessThanDefault(override), reason),
    )
  if (settings.level === 'restricted')
    for (const container of pod.containers) advice.push(...writableRoot(pod, settings, container))
  if (selectsWindows(pod)) advice.push(findings['undeclared-windows'](at([...pod.specPath, 'os'])))
  if (Array.isArray(pod.spec.ephemeralContainers) && pod.spec.ephemeralContainers.length > 0)
    advice.push(findings['ephemeral-containers'](at([...pod.specPath, 'ephemeralContainers'])))
  return advice
}

/** A container for which the policy asks less than for others, and why. */
export interface WeakenedContainer {
  container: ContainerView
  override: ContainerOverride
  reason: string
}

export function weakenedContainers(pod: PodView, settings: WorkloadSettings): WeakenedContainer[] {
  return pod.containers.flatMap((container) => {
    const override = settings.override(container)
    const reason = override?.reason
    return override && reason !== undefined && weakens(override) ? [{ container, override, reason }] : []
  })
}

const lessThanDefault = ({ omit = [], addCapabilities = [], ...override }: ContainerOverride): string =>
  [
    ...omit.map((field) => `${field} is left as it is`),
    ...addCapabilities.map((capability) => `${capability} is added`),
    ...(override.privileged ? ['it is privileged'] : []),
    ...(override.readOnlyRootFilesystem === false ? ['its root file system is writable'] : []),
  ].join(', ')

/** The image may write outside of volumes, and no standard forbids it, so an explicit value is kept. */
function writableRoot(pod: PodView, settings: WorkloadSettings, container: ContainerView): Finding[] {
  const override = settings.override(container)
  const found = container.securityContext.readOnlyRootFilesystem
  const isIntended = override?.readOnlyRootFilesystem === false || override?.omit?.includes('readOnlyRootFilesystem')
  if (!isSet(found) || found === true || isIntended) return []
  const field = { path: formatPath([...container.path, 'readOnlyRootFilesystem']), currentValue: found }
  return [findings['writable-root']({ object: pod.owner, field }, show(found))]
}
