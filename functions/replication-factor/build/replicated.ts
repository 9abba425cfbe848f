import type { Topology } from '../../lib/flows/topology.ts'
import { isFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { namesOf } from '../../lib/kubernetes/previous-names.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'

// Rule: an Argo Rollout may take its pods from another workload, by workloadRef, which its controller scales to zero. Then
// the Rollout is what is scaled, counted, targeted by an autoscaler and named in the policy; the template is the other's.
// Source: https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout

/** A workload that keeps a number of pods running. Its template may be in another object. */
export interface Replicated extends Workload {
  /** The LabelSelector of its pods, as it is written. */
  selector: unknown
  /** The label by which its controller tells the pods of its revisions apart. */
  revisionLabel: string
}

/** Does the object take its pods from another one? */
export const isBorrower = (object: KubernetesObject): boolean => referenceOf(object) !== undefined

/** The workload from which the object takes its pods, as messages call it; undefined if it has its own. */
export function borrowedFrom(object: KubernetesObject): string | undefined {
  const reference = referenceOf(object)
  const { namespace } = object.metadata
  return reference && `${reference.kind} ${namespace ? `${namespace}/` : ''}${reference.name}`
}

function referenceOf(object: KubernetesObject): { kind?: unknown; name?: unknown } | undefined {
  const path = workloadKindOf(object)?.reference
  const reference = path && valueAt(object, path)
  return isFields(reference) ? reference : undefined
}

/** The workload that stands in for another one, by the object of the other: a Rollout for the Deployment it refers to. */
export function standInsOf(objects: readonly KubernetesObject[], topology: Topology): Map<KubernetesObject, Workload> {
  const standIns = new Map<KubernetesObject, Workload>()
  for (const object of objects) {
    const reference = referenceOf(object)
    if (!reference) continue
    const namespace = object.metadata.namespace ?? ''
    const lender = topology
      .workloadsIn(namespace)
      .find(({ object: other, kind }) => kind === reference.kind && namesOf(other).includes(String(reference.name)))
    if (lender) standIns.set(lender.object, { ...lender, object, kind: object.kind, name: object.metadata.name })
  }
  return standIns
}

/** The workloads that keep a number of pods running, by name: not Jobs, not DaemonSets. */
export const replicatedOf = (topology: Topology, standIns: ReadonlyMap<KubernetesObject, Workload>): Replicated[] =>
  topology.workloads.flatMap((own) => asReplicated(standIns.get(own.object) ?? own, own)).sort(byName)

function asReplicated(workload: Workload, lender: Workload): Replicated[] {
  const replicated = workloadKindOf(workload.object)?.replicated
  if (!replicated) return []
  const selector = valueAt(workload.object, ['spec', 'selector']) ?? valueAt(lender.object, ['spec', 'selector'])
  return [{ ...workload, selector, revisionLabel: replicated.revisionLabel }]
}

const sortKey = ({ namespace, kind, name }: Workload): string => [namespace, kind, name].join('\n')
const byName = (a: Workload, b: Workload): number => (sortKey(a) < sortKey(b) ? -1 : 1)
