import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { findings } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, type Draft, drafts, isPrivileged, type PodView } from '../pod/view.ts'
import { isPersistent, type Mount, mountsOf, shutsOthersOut } from '../pod/volumes.ts'
import type { WorkloadSettings } from './settings.ts'

/**
 * Judges the users that were filled in although nobody chose them. A user that cannot work is refused, and one that may
 * not work is a warning. An entry for the container or the workload settles the question, because somebody then knows
 * the image. `refused` are the checks that fail with an error: their fix may make the question disappear.
 */
export function judgeUsers(
  pod: PodView,
  settings: WorkloadSettings,
  refused: ReadonlySet<string | undefined>,
): Finding[] {
  return [
    ...administrators(pod, settings),
    ...pod.containers.flatMap((container) => {
      const user = unchosenUser(container, pod, settings)
      return user === undefined ? [] : judgeUser(container, user, pod, settings, refused)
    }),
    ...judgeClaims(pod, settings),
  ]
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
  refused: ReadonlySet<string | undefined>,
): Finding[] {
  const details = { object: pod.owner, field: { path: formatPath([...container.path, 'runAsUser']) } }
  const key = `containers.${settings.workload}/${container.name}`
  if (isPrivileged(container))
    return refused.has('privileged') ? [] : [findings['user-of-privileged-container'](details, user, key)]
  const added = (container.securityContext.capabilities?.add ?? []).filter((name) => !isPlaceholder(name))
  const needed = added.filter((name) => name !== 'NET_BIND_SERVICE')
  if (needed.length > 0)
    return refused.has('capabilities') ? [] : [findings['user-with-capabilities'](details, user, needed, key)]
  return [
    ...(added.length > 0 ? [findings['user-binds-low-port'](details, user, key)] : []),
    ...onePerVolume(mountsOf(container, pod)).flatMap((mount) => judgeMount(mount, user)),
  ]

  function judgeMount(mount: Mount, id: number): Finding[] {
    const workload = `workloads.${settings.workload}`
    if (mount.type === 'hostPath') {
      if (refused.has('hostPathVolumes')) return []
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
  isReadOnly && !['Socket', 'CharDevice', 'BlockDevice'].includes(String(source.type))

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

/** Windows' counterpart of root. The kubelet compares user names without regard to case. */
const ADMINISTRATOR = 'containeradministrator'

function administrators(pod: PodView, settings: WorkloadSettings): Finding[] {
  const names = pod.containers.map(({ securityContext }) => securityContext.windowsOptions?.runAsUserName)
  return drafts(pod).flatMap(({ draft, container }) => {
    const name = draft.securityContext.windowsOptions?.runAsUserName
    if (name?.toLowerCase() !== ADMINISTRATOR) return []
    // The pod's user counts for the containers that name none.
    const runs = container ? [container] : pod.containers.filter((_, index) => !isSet(names[index]))
    if (!runs.some((each) => saysNonRoot(each, pod))) return []
    const details = {
      object: pod.owner,
      field: { path: formatPath([...draft.path, 'windowsOptions', 'runAsUserName']), currentValue: name },
    }
    return [findings['windows-administrator'](details, `exceptions.${settings.workload}.runAsNonRoot`)]
  })
}

const saysNonRoot = ({ securityContext }: ContainerView, pod: PodView): boolean =>
  (securityContext.runAsNonRoot ?? pod.securityContext.runAsNonRoot) === true
