import { placeOf } from '../../lib/flows/check-environment.ts'
import { elsewhereEntry } from '../../lib/flows/elsewhere.ts'
import { APP, writeCaller } from '../../lib/flows/flow.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'

/**
 * Callers in a denied namespace that are neither pods of the build nor declared run-time pods. The other end admits them,
 * but nothing here gives them egress. They belong to another build, are made at run time, or are misspelt, which is a
 * warning.
 */
export function callersWithoutPods({ declared, scope, spec, subjects, topology }: Build): Finding[] {
  if (!spec.directions.includes('Egress')) return []
  const denied = new Set(scope.denied)
  const runtime = subjects.filter(({ workload }) => !workload)
  const isKnown = (namespace: string, labels: Labels): boolean =>
    topology.workloadsWith(namespace, labels).length > 0 ||
    runtime.some((subject) => subject.namespace === namespace && selects(labels, subject.carried))
  return declared.flatMap(({ key, callers }) =>
    callers.flatMap((caller) => {
      if (caller.type !== 'pods' || !denied.has(caller.namespace)) return []
      const { namespace, labels = {} } = caller
      const place = placeOf(namespace, writeCaller(namespace, labels))
      const isDeclared = elsewhereEntry(spec.elsewhere, place) !== undefined
      return isDeclared || isKnown(namespace, labels) ? [] : unknownCaller(key, namespace, labels, topology)
    }),
  )
}

/** A caller of pods as flows write it. */
export const writeCallerIn = ({ namespace, labels = {} }: { namespace: string; labels?: Labels | undefined }): string =>
  writeCaller(namespace, labels)

function unknownCaller(key: string, namespace: string, labels: Labels, topology: Topology): Finding[] {
  const name = labels[APP] ?? ''
  // The resolution of flows names the labels that the pods of a namesake carry.
  if (topology.madeNamed(namespace, name).length + topology.workloadsNamed(namespace, name).length > 0) return []
  const meant = didYouMean(Object.values(labels).join('/'), valuesLike(labels, namespace, topology))
  const severity = meant === '' ? 'info' : 'warning'
  return [findings['caller-without-pods']({ severity }, key, writeCaller(namespace, labels), meant)]
}

/** The values that pods of the namespace have under the same label keys. */
function valuesLike(labels: Labels, namespace: string, topology: Topology): string[] {
  const keys = Object.keys(labels)
  return topology
    .workloadsIn(namespace)
    .map((workload) => keys.flatMap((key) => workload.labels[key] ?? []))
    .filter((values) => values.length === keys.length)
    .map((values) => values.join('/'))
}
