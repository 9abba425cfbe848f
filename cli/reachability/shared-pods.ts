import { isDeepStrictEqual } from 'node:util'
import { topologyOf } from '../../functions/lib/flows/topology.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { GENERATED_BY } from '../../functions/lib/framework/generated-objects.ts'
import { describe, isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'
import { environment as findings } from '../findings.ts'

/** Kinds of generated objects, and where each has the labels of the pods that it is for. */
const SELECTORS = [
  ['security.istio.io', 'PeerAuthentication', ['spec', 'selector', 'matchLabels']],
  ['security.istio.io', 'AuthorizationPolicy', ['spec', 'selector', 'matchLabels']],
  ['telemetry.istio.io', 'Telemetry', ['spec', 'selector', 'matchLabels']],
  ['networking.istio.io', 'Sidecar', ['spec', 'workloadSelector', 'labels']],
  ['networking.k8s.io', 'NetworkPolicy', ['spec', 'podSelector', 'matchLabels']],
  ['policy', 'PodDisruptionBudget', ['spec', 'selector', 'matchLabels']],
] as const

/**
 * Workloads whose generated objects also select the pods of another workload that has its own: of two builds in one
 * namespace, neither sees the labels of the other.
 */
export function sharedPods(objects: readonly KubernetesObject[]): Finding[] {
  const topology = topologyOf(objects)
  const owned = objects.flatMap((object) => {
    const { name, namespace = '', annotations } = object.metadata
    const selector = SELECTORS.find(([group, kind]) => isKind(object, group, kind))
    const labels = selector && annotations?.[GENERATED_BY] !== undefined ? valueAt(object, selector[2]) : undefined
    const [owner] = isFields(labels) ? topology.workloadsNamed(namespace, name) : []
    return owner ? [{ kind: object.kind, owner, labels: labels as Labels, spec: object.spec }] : []
  })
  const specs = new Map(owned.map(({ kind, owner, spec }) => [`${kind} ${describe(owner.object)}`, spec]))
  /** Policies that say the same add nothing to each other: a chart may give two hooks one set of labels. */
  const isHarmless = (kind: string, spec: unknown, other: unknown): boolean =>
    kind === 'NetworkPolicy' && isDeepStrictEqual(spec, other)
  const pairs = new Map<string, { owner: Workload; other: Workload; kinds: string[] }>()
  for (const { kind, owner, labels, spec } of owned)
    for (const other of topology.workloadsWith(owner.namespace, labels)) {
      const another = specs.get(`${kind} ${describe(other.object)}`)
      if (other.object === owner.object || another === undefined || isHarmless(kind, spec, another)) continue
      const key = [describe(owner.object), describe(other.object)].sort().join()
      const pair = pairs.get(key) ?? { owner, other, kinds: [] }
      if (!pair.kinds.includes(kind)) pair.kinds.push(kind)
      pairs.set(key, pair)
    }
  return [...pairs.values()].map(({ owner, other, kinds }) =>
    findings['selected-twice']({ object: owner.object }, kinds.join(', '), describe(other.object)),
  )
}
