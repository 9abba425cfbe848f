import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { findings } from '../findings/index.ts'
import { isWithin } from '../namespace/user-ranges.ts'
import { devicesOf } from '../pod/devices.ts'
import { lowPorts } from '../pod/low-ports.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, type Draft, drafts, isPrivileged, type PodView } from '../pod/view.ts'
import { isPersistent, type Mount, mountsOf, shutsOthersOut } from '../pod/volumes.ts'
import type { WorkloadSettings } from './settings.ts'
import { judgeAdministrators } from './windows-users.ts'

/**
 * Judges the users that were filled in although nobody chose them. A user that cannot work is refused, and one that may
 * not work is a warning. An entry for the container or the workload settles the question, because somebody then knows
 * the image. `failed` are the checks that fail with an error: their fix may make the question disappear.
 */
export function judgeUsers(
  pod: PodView,
  settings: WorkloadSettings,
  failed: ReadonlySet<string | undefined>,
): Finding[] {
  const administrators = judgeAdministrators(pod, settings)
  const refused = judgeRange(pod, settings)
  if (refused) return [...administrators, refused]
  return [
    ...administrators,
    ...pod.containers.flatMap((container) => {
      const user = unchosenUser(container, pod, settings)
      return user === undefined ? [] : judgeUser(container, user, pod, settings, failed)
    }),
    ...judgeClaims(pod, settings),
  ]
}

/** The cluster hands out users and refuses all others: one refusal for the pod says so. */
function judgeRange(pod: PodView, settings: WorkloadSettings): Finding | undefined {
  const { userRange, workload } = settings
  if (!userRange) return undefined
  for (const { draft, container } of drafts(pod)) {
    const user = filledUser(draft, settings.user(container).isChosen)
    if (user === undefined || isWithin(userRange, user)) continue
    const details = { object: pod.owner, field: { path: formatPath([...draft.path, 'runAsUser']) } }
    return findings['user-outside-range'](details, user, userRange.text, `workloads.${workload}`)
  }
  return undefined
}

/** The user that was filled in for a container, or for its pod, unless somebody chose it. */
function unchosenUser(container: ContainerView, pod: PodView, settings: WorkloadSettings): number | undefined {
  const draft = isSet(container.securityContext.runAsUser) ? container : pod
  return filledUser(draft, settings.user(container).isChosen)
}

const filledUser = ({ changed, securityContext: { runAsUser } }: Draft, isChosen: boolean): number | undefined =>
  changed.has('runAsUser') && !isChosen ? (runAsUser ?? undefined) : undefined

function judgeUser(
  container: ContainerView,
  user: number,
  pod: PodView,
  settings: WorkloadSettings,
  failed: ReadonlySet<string | undefined>,
): Finding[] {
  const details = { object: pod.owner, field: { path: formatPath([...container.path, 'runAsUser']) } }
  const key = `containers.${settings.workload}/${container.name}`
  if (isPrivileged(container))
    return failed.has('privileged') ? [] : [findings['user-of-privileged-container'](details, user, key)]
  const added = (container.securityContext.capabilities?.add ?? []).filter((name) => !isPlaceholder(name))
  const needed = added.filter((name) => name !== 'NET_BIND_SERVICE')
  if (needed.length > 0)
    return failed.has('capabilities') ? [] : [findings['user-with-capabilities'](details, user, needed, key)]
  const ports = lowPorts(container, pod)
  return [
    ...(added.length + ports.length > 0 ? [findings['user-binds-low-port'](details, user, ports, key)] : []),
    ...devicesOf(container).map((device) => findings['user-of-device'](details, user, device, key)),
    ...onePerVolume(mountsOf(container, pod)).flatMap((mount) => judgeMount(mount, user)),
  ]

  function judgeMount(mount: Mount, id: number): Finding[] {
    const workload = `workloads.${settings.workload}`
    if (mount.type === 'hostPath') {
      if (failed.has('hostPathVolumes')) return []
      const make = findings[isReadable(mount) ? 'user-reads-host-path' : 'user-of-host-path']
      return [make(details, id, mount.volume, key)]
    }
    if (hasGroup(pod, settings)) return []
    if (isPersistent(mount)) return [findings['user-of-volume'](details, id, mount.volume, workload)]
    return shutsOthersOut(mount) ? [findings['user-of-files'](details, id, mount.volume, workload)] : []
  }
}

/** A container may mount parts of a volume at several paths; a mount that it writes to counts. */
const onePerVolume = (mounts: readonly Mount[]): Mount[] => [
  ...new Map(
    [...mounts].sort((a, b) => Number(b.isReadOnly) - Number(a.isReadOnly)).map((mount) => [mount.volume, mount]),
  ).values(),
]

/** A socket or a device cannot be used through a read-only mount either, unless its owner allows it. */
const isReadable = ({ isReadOnly, source }: Mount): boolean =>
  isReadOnly &&
  !['Socket', 'CharDevice', 'BlockDevice'].includes(String(source.type)) &&
  !/^\/dev\/|\.sock$/.test(String(source.path))

/** Is there a group for the volumes, or does the policy say that they need none? */
const hasGroup = (pod: PodView, { fsGroup }: WorkloadSettings): boolean =>
  isSet(pod.securityContext.fsGroup) || fsGroup !== undefined

/** Volumes that an operator claims for pods whose user was filled in at pod level. */
function judgeClaims(pod: PodView, settings: WorkloadSettings): Finding[] {
  const user = filledUser(pod, settings.user().isChosen)
  if (user === undefined || hasGroup(pod, settings)) return []
  const details = { object: pod.owner, field: { path: formatPath([...pod.path, 'runAsUser']) } }
  return pod.claims.map((claim) => findings['user-of-volume'](details, user, claim, `workloads.${settings.workload}`))
}
