import { APPARMOR_OF_CONTAINER, isSet } from '../pod/security-context.ts'
import { drafts } from '../pod/view.ts'
import type { Check } from './check.ts'

const ALLOWED_TYPES = ['RuntimeDefault', 'Localhost']

/**
 * appArmorProfile, baseline: the type at pod level and in every container is RuntimeDefault or Localhost where it is
 * set, and so say the annotations of the template, which are older than the field.
 *
 * Override: a field becomes RuntimeDefault, an annotation goes, so that the default of the runtime applies.
 */
export const appArmorProfile: Check = {
  name: 'appArmorProfile',
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
          expected: 'runtime/default or localhost/…',
          repair: { annotation },
        }
  },
}

const isAllowed = (profile: string): boolean =>
  profile === '' || profile === 'runtime/default' || profile.startsWith('localhost/')
