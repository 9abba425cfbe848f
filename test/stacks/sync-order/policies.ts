import { isFields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { type Need, type Objects, ofKind, pairs } from './need.ts'
import { isSelectedBy } from './selects.ts'
import { CLUSTER, STRIMZI } from './strimzi.ts'

/** The paths of the labels by which a policy selects its pods. */
const SELECTORS: readonly [group: string, kind: string, path: readonly string[]][] = [
  ['networking.k8s.io', 'NetworkPolicy', ['spec', 'podSelector', 'matchLabels']],
  ['cilium.io', 'CiliumNetworkPolicy', ['spec', 'endpointSelector', 'matchLabels']],
  ['networking.istio.io', 'Sidecar', ['spec', 'workloadSelector', 'labels']],
  ['security.istio.io', 'PeerAuthentication', ['spec', 'selector', 'matchLabels']],
  ['telemetry.istio.io', 'Telemetry', ['spec', 'selector', 'matchLabels']],
  ['policy', 'PodDisruptionBudget', ['spec', 'selector', 'matchLabels']],
]

/** Pods need their policies when they start; under default-deny, those that an operator makes reach nothing without them. */
export const policies = (objects: Objects): Need[] =>
  SELECTORS.flatMap(([group, kind, path]) =>
    ofKind(objects, group, kind).flatMap((policy) => {
      const selected = workloadsOf(objects).filter((workload) => isSelectedBy(workload, policy, path))
      const labels = valueAt(policy, path)
      const cluster = isFields(labels) ? labels[CLUSTER] : undefined
      const operated = ofKind(objects, STRIMZI, 'Kafka').filter(({ metadata }) => metadata.name === cluster)
      return pairs([policy], [...selected.map(({ object }) => object), ...operated], 'same wave')
    }),
  )
