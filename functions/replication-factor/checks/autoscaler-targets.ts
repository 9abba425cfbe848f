import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import {
  describe,
  isFields,
  isKind,
  type KubernetesObject,
  type TypeMeta,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { namesOf } from '../../lib/kubernetes/previous-names.ts'
import { isPlaceholder } from '../../lib/kubernetes/type-check.ts'
import { workloadKindOf } from '../../lib/kubernetes/workload-kinds.ts'
import { isAutoscaler } from '../build/autoscaler.ts'
import type { Build } from '../build/build.ts'
import { findings } from '../findings/index.ts'

// Rule: an autoscaler targets something that runs pods. A Deployment that lends its pods to a Rollout is scaled down, so the
// autoscaler must target the Rollout.
// Source: https://argo-rollouts.readthedocs.io/en/stable/features/hpa-support/

export const checkAutoscalerTargets = (build: Build): Finding[] => {
  const targets = targetsIn(build)
  const scaling = build.objects.filter((object) => isAutoscaler(object) || isVerticalAutoscaler(object))
  return scaling.flatMap((object) => {
    const isVertical = isVerticalAutoscaler(object)
    const target = targetOf(object, isVertical ? 'targetRef' : 'scaleTargetRef')
    if (!target || !(isVertical || target.isScaled)) return []
    const namesakes = targets.get(keyOf(object, target.kind)) ?? new Map<string, KubernetesObject>()
    const found = namesakes.get(target.name)
    const details = { object, field: { path: `spec.${isVertical ? 'targetRef' : 'scaleTargetRef'}` } }
    if (!found)
      return [
        findings['autoscaler-targets-nothing'](details, target.text, didYouMean(target.name, [...namesakes.keys()])),
      ]
    const runner = isVertical ? undefined : build.standIns.get(found)
    return runner ? [findings['autoscaler-targets-lender'](details, describe(found), describe(runner.object))] : []
  })
}

/** A VerticalPodAutoscaler targets anything that runs pods, with a scale or without. */
export const isVerticalAutoscaler = (type: TypeMeta): boolean =>
  isKind(type, 'autoscaling.k8s.io', 'VerticalPodAutoscaler')

/** Every object that an autoscaler can target, by namespace and kind, then by each of its names. */
function targetsIn({ objects }: Build): Map<string, Map<string, KubernetesObject>> {
  const targets = new Map<string, Map<string, KubernetesObject>>()
  for (const object of objects.filter((candidate) => workloadKindOf(candidate))) {
    const key = keyOf(object, object.kind)
    const names = targets.get(key) ?? new Map<string, KubernetesObject>()
    targets.set(key, names)
    for (const name of namesOf(object)) names.set(name, object)
  }
  return targets
}

const keyOf = ({ metadata: { namespace = '' } }: KubernetesObject, kind: string): string => `${namespace}/${kind}`

interface Target {
  kind: string
  name: string
  text: string
  isScaled: boolean
}

/** The target that the autoscaler names, if it is of a kind that is known here. A ScaledObject may leave out the kind. */
function targetOf(object: KubernetesObject, field: 'scaleTargetRef' | 'targetRef'): Target | undefined {
  const reference = valueAt(object, ['spec', field])
  if (!isFields(reference)) return undefined
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = reference
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return undefined
  const known = workloadKindOf({ apiVersion, kind })
  if (isPlaceholder(name) || !known) return undefined
  const { namespace } = object.metadata
  return {
    kind,
    name,
    text: `${kind} ${namespace ? `${namespace}/` : ''}${name}`,
    isScaled: known.scale === true,
  }
}
