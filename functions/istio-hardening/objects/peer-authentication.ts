import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { fillUnset } from '../../lib/framework/generated-objects.ts'
import { type Fields, formatPath, isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import type { Member } from '../mesh/member.ts'
import type { PolicyKind, Wanted } from './one-per-workload.ts'
import type { PermissivePorts } from './permissive-ports.ts'

const STRICT = 'STRICT'
const PERMISSIVE = 'PERMISSIVE'
/** As the workload has it, which is STRICT unless a person wrote something else. */
const UNSET = 'UNSET'

/**
 * Mutual TLS is STRICT, but for the ports that are PERMISSIVE (permissive-ports.ts). Source:
 * https://istio.io/latest/docs/reference/config/security/peer_authentication/: ports are those of the pod.
 */
export function peerAuthenticationFor(member: Member, { ports, reasons }: PermissivePorts): Wanted {
  const levels = [...ports].map((port) => [String(port), { mode: PERMISSIVE }])
  return {
    member,
    spec: { mtls: { mode: STRICT }, ...(levels.length > 0 && { portLevelMtls: Object.fromEntries(levels) }) },
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
    const findings = [...weakened(existing, ports), ...refused(existing, ports)]
    for (const { spec } of wanted) fillUnset(existing, { spec })
    return findings
  },
}

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
      warning(
        `found ${mode}, expected ${STRICT}: it weakens mutual TLS, and nothing in the policy asks for it; remove it, or give the port a reason under permissivePorts`,
        { object: existing, field: { path: formatPath(path), currentValue: mode, proposedValue: STRICT } },
      ),
    )
}

/** Ports that take plain text by policy, and would not by what a person wrote. */
function refused(existing: KubernetesObject, wanted: Fields): Finding[] {
  return Object.keys(wanted)
    .map((port) => ['spec', 'portLevelMtls', port, 'mode'])
    .map((path) => ({ path: formatPath(path), currentValue: valueAt(existing, path) ?? PERMISSIVE }))
    .filter(({ currentValue }) => currentValue === STRICT || currentValue === UNSET)
    .map((field) =>
      error(
        `found ${field.currentValue}, expected ${PERMISSIVE}: plain text is sent to this port, by a plain flow, the API server or permissivePorts; remove the field`,
        { object: existing, field },
      ),
    )
}

const portLevels = (object: KubernetesObject): Fields => {
  const levels = valueAt(object, ['spec', 'portLevelMtls'])
  return isFields(levels) ? levels : {}
}
