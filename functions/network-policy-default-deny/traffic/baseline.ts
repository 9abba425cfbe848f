import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Admission } from '../policies/rules.ts'
import type { Subject } from '../subjects/subject.ts'
import { tcp, udp } from './ports.ts'

const DNS = 53

/** What pods call without a flow: DNS all of them, the mesh those with a sidecar, the API server those with its token. */
export function baseline(
  { injected, usesApiServer }: Subject,
  { istiod, otelAgent, apiServer }: NetworkPolicyDefaultDenySpec,
): Admission[] {
  const mesh = injected ? [istiod, otelAgent] : []
  return [
    { peer: { type: 'dns' }, ports: [udp(DNS), tcp(DNS)] },
    ...mesh.map(({ namespace, labels, port }) => ({
      peer: { type: 'pods', namespace, labels } as const,
      ports: [tcp(port)],
    })),
    ...(usesApiServer ? [{ peer: { type: 'apiServer' } as const, ports: apiServer.ports.map(tcp) }] : []),
  ]
}
