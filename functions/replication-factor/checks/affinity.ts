import type { Finding } from '../../lib/framework/finding.ts'
import { listAt } from '../../lib/kubernetes/fields.ts'
import { type Fields, isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { runsPods, type Workload } from '../../lib/kubernetes/workload.ts'
import type { Build } from '../build/build.ts'
import { describeAll, mayReachRuntimePods, selectedBy } from '../build/selected-workloads.ts'
import { findings } from '../findings/index.ts'

// Rule: an affinity to pods, or against them, selects pods that there are. One against pods usually keeps those of the
// workload apart from each other, so one that selects only others is named.
// Source: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity

export const checkAffinity = (build: Build): Finding[] =>
  build.topology.workloads.filter(runsPods).flatMap((workload) => {
    if (!isFields(workload.template.spec.affinity)) return []
    const together = termsOf(workload, 'podAffinity', build)
    const apart = termsOf(workload, 'podAntiAffinity', build)
    const { object } = workload
    const dead = [...together, ...apart]
      .filter(({ selected, mayBeElsewhere }) => selected.length === 0 && !mayBeElsewhere)
      .map(({ field, text }) => findings['affinity-selects-nothing']({ object, field: { path: field } }, text))
    const reached = apart.filter(({ selected }) => selected.length > 0)
    const isApart = reached.some(({ selected }) => selected.some((other) => isSame(workload, other, build)))
    const foreign = isApart
      ? []
      : reached.map(({ field, text, selected }) =>
          findings['anti-affinity-of-others']({ object, field: { path: field } }, text, describeAll(selected)),
        )
    return [...dead, ...foreign]
  })

/** A Rollout runs the pods of the Deployment that it refers to. */
const isSame = (workload: Workload, other: Workload, { standIns }: Build): boolean =>
  (standIns.get(workload.object) ?? workload).object === other.object

interface Term {
  field: string
  /** The selector as text. */
  text: string
  selected: readonly Workload[]
  /** May the term select pods that this build does not have? */
  mayBeElsewhere: boolean
}

function termsOf(workload: Workload, kind: 'podAffinity' | 'podAntiAffinity', build: Build): Term[] {
  const affinity = valueAt(workload.template.spec.affinity, [kind])
  const required = listAt(affinity, 'requiredDuringSchedulingIgnoredDuringExecution')
  const preferred = listAt(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap(
    ({ podAffinityTerm }) => (isFields(podAffinityTerm) ? [podAffinityTerm] : []),
  )
  return [...required, ...preferred].map((term) => readTerm(term, `spec.affinity.${kind}`, workload, build))
}

/** A term is about its own namespace, unless it names others. */
function readTerm(term: Fields, field: string, { namespace: own }: Workload, build: Build): Term {
  const { labelSelector, namespaces: named, namespaceSelector } = term
  const namespaces = Array.isArray(named) && named.length > 0 ? named.map(String) : [own]
  return {
    field,
    text: JSON.stringify(labelSelector ?? null),
    selected: namespaces.flatMap((namespace) => selectedBy(build, namespace, labelSelector)),
    mayBeElsewhere:
      isFields(namespaceSelector) ||
      namespaces.some((namespace) => namespace !== own || mayReachRuntimePods(build, namespace, labelSelector)),
  }
}
