import { isSet, type SeLinuxOptions } from '../pod/security-context.ts'
import { drafts } from '../pod/view.ts'
import { defineCheck } from './check.ts'

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const ENGINE_TYPE = { name: 'container_engine_t', since: 31 }
/** What every container has anyway: naming it says nothing. */
const SYSTEM = { user: 'system_u', role: 'system_r' } as const

/**
 * seLinuxOptions, baseline: at pod level and in every container the type is one of the container types, and user and
 * role are empty; the level is free.
 *
 * Refused: a custom type may be tighter than the default, or as lax as spc_t. Only user system_u and role system_r,
 * which change nothing, are overridden: they are removed.
 */
export const seLinuxOptions = defineCheck({
  name: 'seLinuxOptions',
  allows: 'pods choose SELinux options',
  verdict: 'refuse',
  means: 'A pod or a container chooses an SELinux type, user or role of its own.',
  why: 'Types such as spc_t leave the container unconfined.',
  fix: 'Remove the option, or give a reason in exceptions.<workload>.seLinuxOptions.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        const types = pod.minor >= ENGINE_TYPE.since ? [...TYPES, ENGINE_TYPE.name] : TYPES
        for (const { draft, container } of drafts(pod)) {
          const options = draft.securityContext.seLinuxOptions
          if (!isSet(options)) continue
          const at = { ...(container && { container }) }
          if (!types.includes(options.type ?? ''))
            yield {
              ...at,
              path: [...draft.path, 'seLinuxOptions', 'type'],
              found: options.type,
              expected: `one of ${types.slice(1).join(', ')}`,
              advice: 'the manifest does not show whether a custom type is laxer or tighter',
            }
          for (const key of ['user', 'role'] as const) {
            if (!options[key]) continue
            yield {
              ...at,
              path: [...draft.path, 'seLinuxOptions', key],
              found: options[key],
              expected: 'nothing',
              ...(options[key] === SYSTEM[key] && {
                repair: { draft, field: 'seLinuxOptions' as const, value: withoutSystem(options) },
              }),
            }
          }
        }
      },
    },
  ],
})

function withoutSystem(options: SeLinuxOptions): SeLinuxOptions | undefined {
  const rest = Object.entries(options).filter(
    ([key, value]) => isSet(value) && !(Object.hasOwn(SYSTEM, key) && value === SYSTEM[key as keyof typeof SYSTEM]),
  )
  return rest.length > 0 ? Object.fromEntries(rest) : undefined
}
