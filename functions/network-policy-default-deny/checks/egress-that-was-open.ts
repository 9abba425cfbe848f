import type { Finding } from '../../lib/framework/finding.ts'
import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { matchesSelector } from '../../lib/kubernetes/selector.ts'
import { findings } from '../findings.ts'
import { NAME } from '../name.ts'
import type { Build } from '../subjects/build.ts'
import { deniedTo, ownStage } from '../subjects/stage.ts'
import type { Subject } from '../subjects/subject.ts'

/**
 * Workloads whose hand-written policies restrict ingress and leave egress open. The generated policies deny egress as well.
 * A stage of the workload's own, or a reason for open egress, shows that somebody has decided this.
 */
export function egressThatWasOpen(build: Build, open: ReadonlyMap<Subject, string>): Finding[] {
  const byHand = build.objects.filter(
    (object) => isKind(object, 'networking.k8s.io', 'NetworkPolicy') && !isGeneratedBy(object, NAME),
  )
  if (byHand.length === 0) return []
  const byNamespace = groupBy(byHand, ({ metadata }) => metadata.namespace ?? '')
  return build.subjects.flatMap((subject) => {
    const { workload, namespace, name, carried } = subject
    if (!workload || open.has(subject) || ownStage(subject, build.spec) !== undefined) return []
    if (!deniedTo(subject, build.spec).includes('Egress')) return []
    const selecting = (byNamespace.get(namespace) ?? []).filter((policy) =>
      matchesSelector(valueAt(policy, ['spec', 'podSelector']), carried),
    )
    if (selecting.length === 0 || selecting.some(restrictsEgress)) return []
    return [findings['egress-was-open']({ object: workload.object }, selecting.map(describe).join(', '), name)]
  })
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/: without types, where it has rules for it. */
function restrictsEgress(policy: KubernetesObject): boolean {
  const types = valueAt(policy, ['spec', 'policyTypes'])
  return Array.isArray(types) ? types.includes('Egress') : valueAt(policy, ['spec', 'egress']) !== undefined
}
