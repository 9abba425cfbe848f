import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import { runtimePodsOf as podsOfOperator } from '../../lib/operators/index.ts'
import { findings } from '../findings/index.ts'
import type { CalledRuntimePods } from '../mesh/traffic.ts'
import { authorizationPolicy } from './authorization-policy.ts'
import { handWritten } from './existing.ts'
import { peerAuthentication } from './peer-authentication.ts'
import type { Kind } from './policy-kind.ts'
import { sidecar } from './sidecar.ts'
import { telemetry } from './telemetry.ts'

/** Kinds that this function does not write: they select pods all the same. */
const OTHER_KINDS: readonly Kind[] = [
  {
    ...{ group: 'security.istio.io', kind: 'RequestAuthentication', apiVersion: 'security.istio.io/v1' },
    selector: ['spec', 'selector', 'matchLabels'],
  },
  {
    ...{ group: 'networking.istio.io', kind: 'EnvoyFilter', apiVersion: 'networking.istio.io/v1alpha3' },
    selector: ['spec', 'workloadSelector', 'labels'],
  },
  {
    ...{ group: 'extensions.istio.io', kind: 'WasmPlugin', apiVersion: 'extensions.istio.io/v1alpha1' },
    selector: ['spec', 'selector', 'matchLabels'],
  },
]

export const SELECTING_KINDS = OTHER_KINDS.map(({ group, kind }) => [group, kind] as const)

const KINDS = [peerAuthentication, telemetry, sidecar, authorizationPolicy, ...OTHER_KINDS]

/**
 * Hand-written objects that select no pod: neither a pod of a workload, nor one that custom resources or flows say an
 * operator makes. Objects of a namespace without pods in the build are not judged.
 */
export function selectingNothing(
  objects: readonly KubernetesObject[],
  topology: Topology,
  runtimePods: readonly CalledRuntimePods[],
): Finding[] {
  const written = KINDS.flatMap((kind) => handWritten(kind, objects))
  if (written.length === 0) return []
  const madeByOthers = [
    ...runtimePods,
    ...objects.flatMap((object) =>
      podsOfOperator(object).map(({ labels }) => ({ namespace: object.metadata.namespace ?? '', labels })),
    ),
  ]
  return written
    .filter(({ object: { metadata }, selector }) => {
      const namespace = metadata.namespace ?? ''
      const isKnown = topology.ownNamespaces.has(namespace) || topology.workloadsIn(namespace).length > 0
      return (
        isKnown &&
        topology.workloadsWith(namespace, selector).length === 0 &&
        !madeByOthers.some((pods) => pods.namespace === namespace && selects(selector, pods.labels))
      )
    })
    .map(({ object, selector }) =>
      findings['selects-nothing'](
        { object },
        Object.entries(selector)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', '),
      ),
    )
}
