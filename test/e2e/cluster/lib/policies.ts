import type { Fields } from '../../../../functions/lib/kubernetes/objects.ts'
import fc from '../../../support/fast-check.ts'
import { mostly, oneOf, several, someOf } from './arbitraries.ts'

const reason = fc.constant('because')
/** Policies of SecurityContextEnforcer for those pods: half of them ask for nothing, the others for less or more. */
export const policies: fc.Arbitrary<Fields> = fc.oneof(
  fc.constant({}),
  fc.record({
    level: mostly('restricted', 'baseline'),
    containers: fc.record({
      'app-0': fc
        .tuple(
          someOf(2, {
            runAsUser: oneOf(1000),
            privileged: oneOf(false, false, true),
            addCapabilities: several(oneOf('CHOWN', 'NET_BIND_SERVICE', 'SYS_ADMIN'), 1),
            writable: oneOf(['/tmp', '/var/run']),
          }),
          reason,
        )
        .map(([override, why]) => ({ ...override, reason: why })),
      'init-0': fc.record({
        omit: fc.subarray(['runAsUser', 'runAsNonRoot', 'seccompProfile', 'capabilities', 'allowPrivilegeEscalation']),
        reason,
      }),
    }),
  }),
)
