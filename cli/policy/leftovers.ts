import { error, type Finding } from '../../functions/lib/framework/finding.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { isPolicy } from './policies.ts'

/** What names a function, in this and in the former spelling. Source: https://github.com/kubernetes-sigs/kustomize/blob/master/kyaml/fn/runtime/runtimeutil/functiontypes.go */
const FUNCTION_ANNOTATIONS = ['config.kubernetes.io/function', 'config.k8s.io/function']

/** What a build should have used up: a cluster has no use for it, and it stands where no function ran. */
export function leftoversOf(object: KubernetesObject): Finding[] {
  const found = FUNCTION_ANNOTATIONS.filter((annotation) => object.metadata?.annotations?.[annotation] !== undefined)
  return [
    ...(isPolicy(object) ? [policyInRendering(object)] : []),
    ...found.map((annotation) => annotationInRendering(object, annotation)),
  ]
}

const policyInRendering = (object: KubernetesObject): Finding =>
  error('is a policy, and in the rendering; expected it under transformers, not under resources', { object })

const annotationInRendering = (object: KubernetesObject, annotation: string): Finding =>
  error(
    `metadata.annotations[${annotation}]: found in the rendering, so no function ran for it; expected the object under transformers, or without the annotation`,
    { object },
  )
