import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, isPrivileged, type PodView } from '../pod/view.ts'
import type { Check, CheckResult } from './check.ts'

/** What container runtimes grant when nothing is said. */
const RUNTIME_DEFAULTS = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]
const RESTRICTED = ['NET_BIND_SERVICE']

/**
 * capabilities, baseline: no container adds a capability beyond the defaults of the runtime. The spelling is exact:
 * upper case, no CAP_.
 *
 * Refuse: a container that loses a capability fails somewhere with an EPERM that nobody understands.
 */
export const capabilitiesBaseline: Check = {
  name: 'capabilities',
  level: 'baseline',
  *violations(pod) {
    yield* addedBeyond(RUNTIME_DEFAULTS, pod)
  },
}

/**
 * capabilities, restricted: every container drops ALL, spelled so, and adds NET_BIND_SERVICE at most. Pods that declare
 * Windows are exempt.
 *
 * Mend a missing drop, override a drop without ALL; refuse an add, which states a need. A privileged container has
 * every capability whatever stands here, so only its privilege is reported.
 */
export const capabilitiesRestricted: Check = {
  name: 'capabilities',
  level: 'restricted',
  replaces: capabilitiesBaseline,
  *violations(pod) {
    if (pod.isWindows) return
    for (const container of pod.containers) {
      const { capabilities } = container.securityContext
      const drop = capabilities?.drop
      if (drop?.includes('ALL')) continue
      const unknown = drop?.findIndex(isPlaceholder) ?? -1
      if (unknown >= 0) {
        yield {
          container,
          path: [...container.path, 'capabilities', 'drop', unknown],
          found: drop?.[unknown],
          expected: 'ALL',
        }
        continue
      }
      yield {
        container,
        path: [...container.path, 'capabilities', 'drop'],
        found: drop ?? undefined,
        expected: '["ALL"]',
        ...causeOf(container),
        ...(isSet(drop) &&
          !isPrivileged(container) && {
            repair: { draft: container, field: 'capabilities', value: { ...capabilities, drop: ['ALL'] } },
          }),
      }
    }
    yield* addedBeyond(RESTRICTED, pod)
  },
}

function* addedBeyond(allowed: readonly string[], pod: PodView): Generator<CheckResult> {
  for (const container of pod.containers)
    for (const [index, found] of (container.securityContext.capabilities?.add ?? []).entries())
      if (!allowed.includes(found))
        yield {
          container,
          path: [...container.path, 'capabilities', 'add', index],
          found,
          expected: allowed === RESTRICTED ? 'NET_BIND_SERVICE at most' : `one of ${allowed.join(', ')}`,
          ...wayOut(found),
          ...causeOf(container),
        }
}

/** The API takes any text, and runtimes read CAP_KILL and kill as KILL; admission does not. */
function wayOut(found: string): { advice: string; knob?: string } {
  const exact = found.toUpperCase().replace(/^CAP_/, '')
  return exact === found
    ? { advice: 'remove it', knob: `addCapabilities: [${found}] and a reason` }
    : { advice: `remove it, or write ${exact}: only the exact spelling counts` }
}

const causeOf = (container: ContainerView): { because?: 'privileged' } =>
  isPrivileged(container) ? { because: 'privileged' } : {}
