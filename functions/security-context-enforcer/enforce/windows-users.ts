import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, drafts, type PodView } from '../pod/view.ts'
import type { WorkloadSettings } from './settings.ts'

/**
 * Windows' counterpart of root, with or without its domain. User names are compared without regard to case.
 * Source: https://learn.microsoft.com/en-us/virtualization/windowscontainers/manage-containers/container-security
 */
const IS_ADMINISTRATOR = /^(?:User Manager\\)?ContainerAdministrator$/i

/** Refuses the administrator of Windows: with runAsNonRoot: true the kubelet does not start it, or does not recognise it by its domain. */
export function judgeAdministrators(pod: PodView, settings: WorkloadSettings): Finding[] {
  const names = pod.containers.map(({ securityContext }) => securityContext.windowsOptions?.runAsUserName)
  return drafts(pod).flatMap(({ draft, container }) => {
    const name = draft.securityContext.windowsOptions?.runAsUserName
    if (typeof name !== 'string' || !IS_ADMINISTRATOR.test(name)) return []
    // The pod's user counts for the containers that name none.
    const runs = container ? [container] : pod.containers.filter((_, index) => !isSet(names[index]))
    if (!runs.some((each) => saysNonRoot(each, pod))) return []
    const details = {
      object: pod.owner,
      field: { path: formatPath([...draft.path, 'windowsOptions', 'runAsUserName']), currentValue: name },
    }
    return [findings['windows-administrator'](details, name, `exceptions.${settings.workload}.runAsNonRoot`)]
  })
}

const saysNonRoot = ({ securityContext }: ContainerView, pod: PodView): boolean =>
  (securityContext.runAsNonRoot ?? pod.securityContext.runAsNonRoot) === true
