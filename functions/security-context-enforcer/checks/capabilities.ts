import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { isSet } from '../pod/security-context.ts'
import { type ContainerView, isPrivileged, type PodView } from '../pod/view.ts'
import { type CheckResult, defineCheck } from './check.ts'

/** The capabilities that container runtimes grant by default. */
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
 * capabilities. Baseline: no container adds a capability beyond the defaults of the runtime. Restricted: every container
 * drops ALL and adds NET_BIND_SERVICE at most; pods that declare Windows are exempt. The spelling is exact: upper case,
 * no CAP_.
 *
 * A missing drop is filled and a drop without ALL is overridden. An add is refused, because it states a need: a program
 * that loses a capability fails somewhere with an EPERM that nobody understands. A privileged container has every
 * capability whatever this field says, so only its privilege is reported.
 */
export const capabilities = defineCheck({
  name: 'capabilities',
  allows: 'containers have capabilities',
  verdict: 'refuse',
  means: 'A container adds a Linux capability that its level forbids, or does not drop ALL.',
  why: 'Each capability is a part of what root may do on the node.',
  fix: 'Remove the capability, or set addCapabilities, omit: [runAsUser, runAsNonRoot] and a reason in containers.<workload>/<container>.',
  forms: [
    {
      level: 'baseline',
      *violations(pod) {
        yield* addedBeyond(RUNTIME_DEFAULTS, pod)
      },
    },
    {
      level: 'restricted',
      replaces: 'capabilities',
      *violations(pod) {
        if (pod.isWindows) return
        for (const container of pod.containers) yield* missingDrop(container)
        yield* addedBeyond(RESTRICTED, pod)
      },
    },
  ],
})

function* missingDrop(container: ContainerView): Generator<CheckResult> {
  const { capabilities } = container.securityContext
  const drop = capabilities?.drop
  if (drop?.includes('ALL')) return
  const placeholder = drop?.findIndex(isPlaceholder) ?? -1
  if (placeholder >= 0)
    yield {
      container,
      path: [...container.path, 'capabilities', 'drop', placeholder],
      found: drop?.[placeholder],
      expected: 'ALL',
    }
  else
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

function* addedBeyond(allowed: readonly string[], pod: PodView): Generator<CheckResult> {
  for (const container of pod.containers)
    for (const [index, found] of (container.securityContext.capabilities?.add ?? []).entries())
      if (!allowed.includes(found))
        yield {
          container,
          path: [...container.path, 'capabilities', 'add', index],
          found,
          expected: allowed === RESTRICTED ? 'NET_BIND_SERVICE at most' : `one of ${allowed.join(', ')}`,
          ...(isPlaceholder(found) ? {} : wayOut(found)),
          ...causeOf(container),
        }
}

/** The API takes any text, and runtimes read CAP_KILL and kill as KILL; admission does not. */
function wayOut(found: string): { advice: string; knob?: string } {
  const exact = found.toUpperCase().replace(/^CAP_/, '')
  return exact === found
    ? { advice: 'remove it', knob: `addCapabilities: [${found}], omit: [runAsUser, runAsNonRoot] and a reason` }
    : { advice: `remove it, or write ${exact}, because only the exact spelling counts` }
}

const causeOf = (container: ContainerView): { because?: 'privileged' } =>
  isPrivileged(container) ? { because: 'privileged' } : {}
