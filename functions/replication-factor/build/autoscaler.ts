import { describe, isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { namesOf } from '../../lib/kubernetes/previous-names.ts'
import { type Scalable, wholeNumber } from './scalable.ts'

/** An object that decides how many pods something runs, and its minimum. */
export interface Autoscaler {
  object: KubernetesObject
  field: string
  /** undefined where it is a placeholder. */
  min: number | undefined
  /** The fewest pods while any run; undefined where it is a placeholder. */
  leastRunning: number | undefined
}

/** Is this a HorizontalPodAutoscaler or a ScaledObject of KEDA? */
export const isAutoscaler = (type: { apiVersion: string; kind: string }): boolean =>
  isKind(type, 'autoscaling', 'HorizontalPodAutoscaler') || isKind(type, 'keda.sh', 'ScaledObject')

/**
 * The autoscaler of each scalable that has one; of several, the one with the lowest minimum. A reference may still have
 * the name from before Kustomize's prefix.
 */
export function autoscalersOf(
  objects: readonly KubernetesObject[],
  scalables: readonly Scalable[],
): Map<Scalable, Autoscaler> {
  const byName = new Map(
    scalables
      .filter(({ path }) => path.length === 2)
      .flatMap((scalable) =>
        namesOf(scalable.object).map((name) => [keyOf(scalable.namespace, scalable.kind, name), scalable] as const),
      ),
  )
  const autoscalers = new Map<Scalable, Autoscaler>()
  for (const object of objects.filter(isAutoscaler)) {
    const target = valueAt(object, ['spec', 'scaleTargetRef']) as { kind?: string; name?: string } | undefined
    const key = keyOf(object.metadata.namespace ?? '', target?.kind ?? 'Deployment', target?.name ?? '')
    const scalable = byName.get(key)
    const present = scalable && autoscalers.get(scalable)
    const found = autoscaler(object)
    if (scalable && (!present || leastOf(found) < leastOf(present))) autoscalers.set(scalable, found)
  }
  return autoscalers
}

/** A placeholder may become any number. */
const leastOf = ({ min = -1 }: Autoscaler): number => min

const keyOf = (namespace: string, kind: string, name: string): string => [namespace, kind, name].join('\n')

/**
 * The minimum defaults to 1 for a HorizontalPodAutoscaler and to 0 for a ScaledObject. A ScaledObject with an
 * idleReplicaCount goes down to that while no trigger is active.
 * Source: https://keda.sh/docs/latest/reference/scaledobject-spec/#idlereplicacount
 */
function autoscaler(object: KubernetesObject): Autoscaler {
  const isKeda = object.kind === 'ScaledObject'
  const isIdle = isKeda && (valueAt(object, ['spec', 'idleReplicaCount']) ?? undefined) !== undefined
  const field = isIdle ? 'idleReplicaCount' : isKeda ? 'minReplicaCount' : 'minReplicas'
  const min = wholeNumber(valueAt(object, ['spec', field]) ?? (isKeda ? 0 : 1))
  const whileActive = wholeNumber(valueAt(object, ['spec', isKeda ? 'minReplicaCount' : field]) ?? 0)
  const leastRunning = min === 0 && whileActive !== undefined ? Math.max(whileActive, 1) : min
  return { object, field: `spec.${field}`, min, leastRunning }
}

/** `minReplicas 1 of HorizontalPodAutoscaler mimir/mimir-proxy` */
export const describeMin = ({ object, field, min }: Autoscaler): string =>
  `${field.slice('spec.'.length)} ${min} of ${describe(object)}`

/** `1 pod that ScaledObject shop/worker runs at least while it is active`, or as `describeMin` where it is always active */
export const describeRunning = (autoscaler: Autoscaler): string => {
  const { object, min, leastRunning } = autoscaler
  if (leastRunning === min) return describeMin(autoscaler)
  return `${leastRunning} ${leastRunning === 1 ? 'pod' : 'pods'} that ${describe(object)} runs at least while it is active`
}
