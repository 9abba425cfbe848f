import { isSet } from '../pod/security-context.ts'
import { addsSysAdmin, type ContainerView, isPrivileged } from '../pod/view.ts'
import type { Check, CheckName } from './check.ts'

/**
 * allowPrivilegeEscalation, restricted: exactly false in every container; unset means true. Pods that declare Windows
 * are exempt.
 *
 * Mend where unset, override true: no_new_privs breaks setuid programs only, and those need capabilities that are gone.
 * Not beside `privileged: true` or CAP_SYS_ADMIN, with which the API refuses false.
 */
export const allowPrivilegeEscalation: Check = {
  name: 'allowPrivilegeEscalation',
  level: 'restricted',
  *violations(pod) {
    if (pod.isWindows) return
    for (const container of pod.containers) {
      const found = container.securityContext.allowPrivilegeEscalation
      if (found === false) continue
      const because = impliedBy(container)
      yield {
        container,
        path: [...container.path, 'allowPrivilegeEscalation'],
        found: found ?? undefined,
        expected: 'false',
        ...(because && { because }),
        ...(!because &&
          isSet(found) && { repair: { draft: container, field: 'allowPrivilegeEscalation', value: false } }),
      }
    }
  },
}

function impliedBy(container: ContainerView): CheckName | undefined {
  if (isPrivileged(container)) return 'privileged'
  return addsSysAdmin(container) ? 'capabilities' : undefined
}
