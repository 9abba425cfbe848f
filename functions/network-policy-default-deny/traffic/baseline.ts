import { type Port, tcp, udp } from '../../lib/flows/port.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { namesIn } from '../config-peers.ts'
import type { Admission } from '../policy.ts'
import { KUBELET_PORT } from '../subjects/kubelet-readers.ts'
import type { Subject } from '../subjects/subject.ts'

/** Pods that pods of every namespace call, and the ports. */
interface Receiver {
  namespace: string
  labels: Labels
  ports: readonly Port[]
}

const dnsPorts = ({ dns: { port } }: NetworkPolicyDefaultDenySpec): Port[] => [udp(port), tcp(port)]

const calledBySidecars = ({ istiod, otelAgent }: NetworkPolicyDefaultDenySpec): Receiver[] =>
  [istiod, ...(otelAgent ? [otelAgent] : [])].map(({ namespace, labels, port }) => ({
    namespace,
    labels,
    ports: [tcp(port)],
  }))

/** Cilium tells nodes by itself. */
export const knowsNodes = ({ dialect, nodes }: NetworkPolicyDefaultDenySpec): boolean =>
  dialect === 'cilium' || namesIn(nodes).length > 0

/** Who is called without a flow: the other end of what `baseline` admits. The API server is no pod. */
export const calledByEveryPod = (spec: NetworkPolicyDefaultDenySpec): Receiver[] => [
  { namespace: spec.dns.namespace, labels: spec.dns.labels, ports: dnsPorts(spec) },
  ...calledBySidecars(spec),
]

/**
 * What pods call without a flow. All of them call DNS, those with a sidecar the mesh, those with a token the API server,
 * and those with a right to what kubelets serve call kubelets.
 */
export function baseline(
  { injected, usesApiServer, readsKubelets }: Subject,
  spec: NetworkPolicyDefaultDenySpec,
): Admission[] {
  return [
    { peer: { type: 'dns' }, ports: dnsPorts(spec) },
    ...(injected ? calledBySidecars(spec) : []).map(({ namespace, labels, ports }) => ({
      peer: { type: 'pods', namespace, labels } as const,
      ports,
    })),
    ...(readsKubelets && knowsNodes(spec) ? [{ peer: { type: 'nodes' } as const, ports: [tcp(KUBELET_PORT)] }] : []),
    ...(usesApiServer ? [{ peer: { type: 'apiServer' } as const, ports: spec.apiServer.ports.map(tcp) }] : []),
  ]
}
