import { type Finding, info, warning } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { type ContainerOverride, weakens } from '../config-container.ts'
import { type ContainerView, type PodView, selectsWindows } from '../pod/view.ts'
import type { Policy } from './settings.ts'

/** What no check of the standards says and a person should know. `said` are reasons that findings name already. */
export function advise(
  pod: PodView,
  policy: Policy,
  weakened: readonly WeakenedContainer[],
  said: ReadonlySet<string>,
): Finding[] {
  const { owner: object } = pod
  const findings = weakened
    .filter(({ reason }) => !said.has(reason))
    .map(({ container, override, reason }) =>
      info(`${lessThanDefault(override)}: ${reason}`, { object, field: { path: formatPath(container.path) } }),
    )
  if (policy.level === 'restricted')
    for (const container of pod.containers) findings.push(...writableRoot(pod, policy, container))
  if (selectsWindows(pod))
    findings.push(
      warning('selects Windows nodes without declaring it, which exempts from nothing; set os.name: windows', {
        object,
        field: { path: formatPath([...pod.specPath, 'os']) },
      }),
    )
  if (Array.isArray(pod.spec.ephemeralContainers) && pod.spec.ephemeralContainers.length > 0)
    findings.push(
      warning('cannot be applied: the API takes ephemeral containers through their subresource only; remove them', {
        object,
        field: { path: formatPath([...pod.specPath, 'ephemeralContainers']) },
      }),
    )
  return findings
}

/** A container of which the configuration asks less than of others, and why. */
export interface WeakenedContainer {
  container: ContainerView
  override: ContainerOverride
  reason: string
}

export function weakenedContainers(pod: PodView, policy: Policy): WeakenedContainer[] {
  return pod.containers.flatMap((container) => {
    const override = policy.override(container)
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

/** The image may write outside of volumes, and no standard forbids it: an explicit false stays. */
function writableRoot(pod: PodView, policy: Policy, container: ContainerView): Finding[] {
  const override = policy.override(container)
  const isMeant = override?.readOnlyRootFilesystem === false || override?.omit?.includes('readOnlyRootFilesystem')
  if (container.securityContext.readOnlyRootFilesystem !== false || isMeant) return []
  return [
    warning(
      'found false, which stays, since the program may write to its root file system; set it to true, with writable paths, or say why it may in containers',
      {
        object: pod.owner,
        field: { path: formatPath([...container.path, 'readOnlyRootFilesystem']), currentValue: false },
      },
    ),
  ]
}
