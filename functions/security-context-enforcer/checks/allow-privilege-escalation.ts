import { isSet } from '../pod/security-context.ts'
import { addsSysAdmin, type ContainerView, isPrivileged } from '../pod/view.ts'
import { defineCheck } from './check.ts'

/**
 * allowPrivilegeEscalation, restricted: exactly false in every container; unset means true. Pods that declare Windows
 * are exempt.
 *
 * Unset is filled and true is overridden: no_new_privs breaks setuid programs only, and those need capabilities that the
 * container no longer has. Not next to `privileged: true` or CAP_SYS_ADMIN, because the API refuses false there.
 */
export const allowPrivilegeEscalation = defineCheck({
  name: 'allowPrivilegeEscalation',
  allows: 'containers may gain privileges',
  verdict: 'override',
  means:
    'A container lets its programs gain more privileges than the program that started them, by setuid or file capabilities.',
  why: 'Without no_new_privs a setuid program in the image is a way from an ordinary user to root.',
  fix: 'Set allowPrivilegeEscalation: false in the manifest, or give a reason in exceptions.<workload>.allowPrivilegeEscalation.',
  forms: [
    {
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
    },
  ],
})

function impliedBy(container: ContainerView): string | undefined {
  if (isPrivileged(container)) return 'privileged'
  return addsSysAdmin(container) ? 'capabilities' : undefined
}
