// Rule: how many pods run, and every value that follows from it, is given once, in the policy.
// - replicas/: replicas come from the policy, and from presets that know which workloads hold data.
// - derive/, presets/: values that follow from replicas are computed and written where they belong: a variable, an
//   argument, a text of a ConfigMap, a field of any object.
// - spread/, disruption-budgets/: every Deployment, StatefulSet and Rollout gets spec.topologySpreadConstraints and a
//   PodDisruptionBudget; every Service that is not headless gets spec.trafficDistribution.
// - checks/: then the numbers are compared with each other, whoever wrote them, and contradictions are refused.
// The files of the shelves open with their own rules.

import type { Finding } from '../lib/framework/finding.ts'
import type { KubernetesObject } from '../lib/kubernetes/objects.ts'
import { buildOf } from './build/build.ts'
import { expandPresets } from './build/known-parts.ts'
import { named } from './build/scalable.ts'
import { checkAffinity } from './checks/affinity.ts'
import { checkAutoscalerTargets } from './checks/autoscaler-targets.ts'
import { checkEvictions } from './checks/eviction.ts'
import { checkFactorGiven, checkFactors, type Holding } from './checks/factor.ts'
import { checkKafka } from './checks/kafka.ts'
import { checkMemberLists } from './checks/member-list.ts'
import { checkOddMembers } from './checks/odd-members.ts'
import { quorumsOf } from './checks/quorum.ts'
import { checkReferences } from './checks/references.ts'
import { checkTidb } from './checks/tidb.ts'
import type { ReplicationFactorSpec } from './config.ts'
import { derive } from './derive/derive.ts'
import { needsFactor } from './derive/evaluate.ts'
import { writeBudgets } from './disruption-budgets/write-budgets.ts'
import { noteExceptions } from './exceptions.ts'
import { setReplicas } from './replicas/set-replicas.ts'
import { writeSpread } from './spread/topology-spread.ts'
import { distributeTraffic } from './spread/traffic-distribution.ts'
import { unknownNames } from './unknown-keys.ts'

export async function transform(
  objects: KubernetesObject[],
  spec: ReplicationFactorSpec,
  name: string,
): Promise<Finding[]> {
  const build = buildOf(objects, spec)
  const { parts, rules: known, findings } = expandPresets(build)
  const own = Object.entries(spec.derive).map(([key, rule]) => ({ ...rule, name: `derive.${key}` }))
  const written = [
    ...unknownNames(build),
    ...noteExceptions(build, name),
    ...findings,
    ...setReplicas(build, parts),
    ...(await derive(build, [...known, ...own])),
    ...writeSpread(build),
    ...distributeTraffic(build),
    ...writeBudgets(objects, build, name),
  ]
  const quorums = quorumsOf(build, parts)
  const copies: Holding[] = [
    ...parts.filter(({ replicas }) => replicas !== undefined),
    ...own
      .filter(({ formula }) => needsFactor(formula))
      .map(({ name: where, from, formula }) => ({
        where,
        scalables: named(build.scalables, from),
        mayClamp: formula === 'min(factor, count)',
      })),
  ]
  return [
    ...written,
    ...checkFactorGiven(build, copies),
    ...checkFactors(build, copies),
    ...checkOddMembers(build, quorums),
    ...checkMemberLists(build, quorums),
    ...checkEvictions(objects, build, quorums),
    ...checkAutoscalerTargets(build),
    ...checkAffinity(build),
    ...checkReferences(build),
    ...checkKafka(build),
    ...checkTidb(build),
  ]
}
