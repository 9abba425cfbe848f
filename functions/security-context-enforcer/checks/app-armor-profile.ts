import { APPARMOR_OF_CONTAINER, isSet } from '../pod/security-context.ts'
import { drafts } from '../pod/view.ts'
import { defineCheck } from './check.ts'

const ALLOWED_TYPES = ['RuntimeDefault', 'Localhost']

/**
 * appArmorProfile, baseline: the type is RuntimeDefault or Localhost wherever it is set, at pod level and in every
 * container. The annotations of the template, which are older than the field, must say the same.
 *
 * Overridden: a field becomes RuntimeDefault; an annotation is removed, so that the runtime's default applies.
 */
export const appArmorProfile = defineCheck({
  name: 'appArmorProfile',
  allows: 'containers run under no AppArmor profile',
  verdict: 'override',
  means:
    'A pod, a container or an annotation chooses an AppArmor profile other than the default of the runtime or one of the node.',
  why: 'An unconfined container may use every kernel interface that its user can reach.',
  fix: 'Set type: RuntimeDefault or Localhost and remove the annotation, or give a reason in exceptions.<workload>.appArmorProfile.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        for (const { draft, container } of drafts(pod)) {
          const profile = draft.securityContext.appArmorProfile
          if (!isSet(profile) || ALLOWED_TYPES.includes(profile.type ?? '')) continue
          yield {
            ...(container && { container }),
            path: [...draft.path, 'appArmorProfile', 'type'],
            found: profile.type,
            expected: 'RuntimeDefault or Localhost',
            repair: { draft, field: 'appArmorProfile', value: { type: 'RuntimeDefault' } },
          }
        }
        for (const [annotation, found] of Object.entries(pod.annotations))
          if (annotation.startsWith(APPARMOR_OF_CONTAINER) && !isAllowed(found))
            yield {
              path: [...pod.annotationsPath, annotation],
              found,
              shown: 'another profile',
              expected: 'runtime/default or localhost/…',
              repair: { annotation },
            }
      },
    },
  ],
})

const isAllowed = (profile: string): boolean =>
  profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/')
