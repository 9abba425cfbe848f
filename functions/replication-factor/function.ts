import { defineFunction, type KrmFunction } from '../lib/framework/function.ts'
import { isKind } from '../lib/kubernetes/objects.ts'
import { isPodOwner } from '../lib/kubernetes/pod-template.ts'
import { makesPods } from '../lib/operators/index.ts'
import { STRIMZI } from '../lib/operators/strimzi-pods.ts'
import { isAutoscaler } from './build/autoscaler.ts'
import { isScalable } from './build/scalable.ts'
import { isVerticalAutoscaler } from './checks/autoscaler-targets.ts'
import { type ReplicationFactorSpec, replicationFactorSchema } from './config.ts'
import { isBudget } from './disruption-budgets/budget.ts'
import { NAME } from './name.ts'
import { presetOf } from './presets/index.ts'
import { transform } from './transform.ts'

const reads: KrmFunction<ReplicationFactorSpec>['reads'] = (spec, item) =>
  isPodOwner(item) ||
  isScalable(item) ||
  isAutoscaler(item) ||
  isVerticalAutoscaler(item) ||
  isBudget(item) ||
  makesPods(item) ||
  isKind(item, '', 'Service') ||
  isKind(item, STRIMZI, 'KafkaTopic') ||
  isTarget(spec, item)

/** May a rule of the policy write into an object of this kind? */
const isTarget = (spec: ReplicationFactorSpec, item: { kind: string; text: string }): boolean =>
  targetsOf(spec).some(({ configMap, object }) =>
    configMap ? item.kind === 'ConfigMap' && item.text.includes(configMap.key) : object?.kind === item.kind,
  )

const targetsOf = (spec: ReplicationFactorSpec) => [
  ...Object.values(spec.derive).map(({ target }) => target),
  ...Object.entries(spec.presets).flatMap(([key, { values }]) =>
    Object.entries(presetOf(key)?.values ?? {}).map(([name, { target }]) => {
      const own = values?.[name]
      return (typeof own === 'object' ? own.target : undefined) ?? target
    }),
  ),
]

export const replicationFactor = defineFunction<ReplicationFactorSpec>({
  name: NAME,
  kind: 'ReplicationFactor',
  section: 'replication',
  description:
    'Writes replicas, disruption budgets and topology spread, computes every value that follows from replicas, and checks the numbers against each other.',
  schema: replicationFactorSchema,
  reads,
  transform,
})
