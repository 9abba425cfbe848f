import { tcp, udp } from '../../lib/flows/port.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import type { Admission } from '../policies/rules.ts'
import type { Subject } from '../subjects/subject.ts'

/** What pods call without a flow: DNS all of them, the mesh those with a sidecar, the API server those with its token. */
export function baseline(
  { injected, usesApiServer }: Subject,
  { dns, istiod, otelAgent, apiServer }: NetworkPolicyDefaultDenySpec,
): Admission[] {
  const mesh = injected ? [istiod, ...(otelAgent ? [otelAgent] : [])] : []
  return [
    { peer: { type: 'dns' }, ports: [udp(dns.port), tcp(dns.port)] },
    ...mesh.map(({ namespace, labels, port }) => ({
      peer: { type: 'pods', namespace, labels } as const,
      ports: [tcp(port)],
    })),
    ...(usesApiServer ? [{ peer: { type: 'apiServer' } as const, ports: apiServer.ports.map(tcp) }] : []),
  ]
}
