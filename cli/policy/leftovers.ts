import { isChartLock } from '../../functions/lib/charts/chart-lock.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { verification } from '../findings.ts'
import { isPolicy } from './policies.ts'

/** What names a function, in this and in the former spelling. Source: https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/fn/runtime/runtimeutil/functiontypes.go */
const FUNCTION_ANNOTATIONS = ['config.kubernetes.io/function', 'config.k8s.io/function']

/** Policies, locks and annotations that a build should have used up. A cluster has no use for them, and no function ran there. */
export function leftoversOf(object: KubernetesObject): Finding[] {
  const found = FUNCTION_ANNOTATIONS.filter((annotation) => object.metadata?.annotations?.[annotation] !== undefined)
  return [
    ...(isChartLock(object) ? [verification['lock-in-rendering']({ object })] : []),
    ...(isPolicy(object) && !isChartLock(object) ? [verification['policy-in-rendering']({ object })] : []),
    ...found.map((annotation) => verification['function-not-run']({ object }, annotation)),
  ]
}
