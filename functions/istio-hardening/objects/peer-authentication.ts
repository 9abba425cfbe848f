import type { Finding } from '../../lib/framework/finding.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import { type Fields, formatPath, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { MtlsStage } from '../config-workload.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import type { PermissivePorts } from './permissive-ports.ts'
import type { PolicyKind, Wanted } from './policy-kind.ts'

const STRICT = 'STRICT'
const PERMISSIVE = 'PERMISSIVE'
/** The mode of the whole workload, which is STRICT unless a person wrote another. */
const UNSET = 'UNSET'

/**
 * Mutual TLS is STRICT, or PERMISSIVE while the policy says so, except for ports that take plain text by intent
 * (permissive-ports.ts). Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/: ports are
 * those of the pod.
 */
export function peerAuthenticationFor(member: Member, { ports, reasons }: PermissivePorts, mtls: MtlsStage): Wanted {
  const levels = [...ports].map((port) => [String(port), { mode: PERMISSIVE }])
  return {
    member,
    spec: {
      mtls: { mode: mtls === 'strict' ? STRICT : PERMISSIVE },
      ...(levels.length > 0 && { portLevelMtls: Object.fromEntries(levels) }),
    },
    reasons,
  }
}

export const peerAuthentication: PolicyKind = {
  group: 'security.istio.io',
  kind: 'PeerAuthentication',
  apiVersion: 'security.istio.io/v1',
  selector: ['spec', 'selector', 'matchLabels'],
  complete(existing, wanted) {
    const ports = Object.assign({}, ...wanted.map(({ spec }) => spec.portLevelMtls)) as Fields
    const found = [...(wanted.some(isStrict) ? weakened(existing, ports) : []), ...refused(existing, ports)]
    for (const { spec } of wanted) fillUnset(existing, { spec })
    return found
  },
}

const isStrict = ({ spec }: Wanted): boolean => valueAt(spec, ['mtls', 'mode']) === STRICT

function weakened(existing: KubernetesObject, wanted: Fields): Finding[] {
  const modes = [
    { path: ['spec', 'mtls', 'mode'], mode: valueAt(existing, ['spec', 'mtls', 'mode']) },
    ...Object.keys(portLevels(existing))
      .filter((port) => !Object.hasOwn(wanted, port))
      .map((port) => {
        const path = ['spec', 'portLevelMtls', port, 'mode']
        return { path, mode: valueAt(existing, path) }
      }),
  ]
  return modes
    .filter(({ mode }) => mode !== undefined && mode !== STRICT)
    .map(({ path, mode }) =>
      findings['weaker-mtls'](
        { object: existing, field: { path: formatPath(path), currentValue: mode, proposedValue: STRICT } },
        mode,
      ),
    )
}

/** Ports that take plain text by policy, but not by the hand-written object. */
function refused(existing: KubernetesObject, wanted: Fields): Finding[] {
  return Object.keys(wanted)
    .map((port) => ['spec', 'portLevelMtls', port, 'mode'])
    .map((path) => ({ path: formatPath(path), currentValue: valueAt(existing, path) ?? PERMISSIVE }))
    .filter(({ currentValue }) => currentValue === STRICT || currentValue === UNSET)
    .map((field) => findings['stricter-mtls']({ object: existing, field }, field.currentValue))
}

const portLevels = (object: KubernetesObject): Fields => {
  const levels = valueAt(object, ['spec', 'portLevelMtls'])
  return isFields(levels) ? levels : {}
}
