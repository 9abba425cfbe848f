import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import { type Need, needsOfRoot } from '../pod/commands.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, isPrivileged, type PodView } from '../pod/view.ts'
import type { WorkloadSettings } from './settings.ts'

/** Warns of commands that worked until the container was hardened, because root runs them in a plain container. */
export function judgeCommands(pod: PodView, settings: WorkloadSettings): Finding[] {
  if (settings.level === 'baseline' || pod.isWindows) return []
  return pod.containers.flatMap((container) => {
    if (isPrivileged(container) || ranAsAnother(container, pod)) return []
    const key = `containers.${settings.workload}/${container.name}`
    const object = pod.owner
    const field = { path: formatPath(container.fieldsPath) }
    return needsOfRoot(container).flatMap((need): Finding[] => {
      if (isMet(need, container, pod)) return []
      return need.changesImage
        ? [findings['command-changes-image']({ object, field }, need.program, key)]
        : [findings['command-needs-root']({ object, field }, need.program, need.capabilities, key)]
    })
  })
}

/** Did the manifest itself say that a user other than root runs it? Then it has worked, or failed, without the policy. */
function ranAsAnother(container: ContainerView, pod: PodView): boolean {
  const says = (field: 'runAsUser' | 'runAsNonRoot'): unknown => {
    const draft = isSet(container.securityContext[field]) ? container : pod
    return draft.changed.has(field) ? undefined : draft.securityContext[field]
  }
  const user = says('runAsUser')
  return says('runAsNonRoot') === true || (isSet(user) && user !== 0)
}

/** May the container run it now, as root or as a user that its image chooses? */
function isMet({ capabilities, changesImage }: Need, { securityContext }: ContainerView, pod: PodView): boolean {
  const mayBeRoot =
    (securityContext.runAsUser ?? pod.securityContext.runAsUser ?? 0) === 0 &&
    (securityContext.runAsNonRoot ?? pod.securityContext.runAsNonRoot) !== true
  if (!mayBeRoot) return false
  if (changesImage) return securityContext.readOnlyRootFilesystem !== true
  const add = securityContext.capabilities?.add ?? []
  const drop = securityContext.capabilities?.drop ?? []
  return capabilities.every((capability) => add.includes(capability) || add.includes('ALL') || drop.length === 0)
}
