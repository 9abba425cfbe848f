import { describe, isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { matchesSelector, selects } from '../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'
import type { Direction } from './policies.ts'

/** Where a policy of Istio without a selector holds for the whole mesh: https://istio.io/latest/docs/reference/config/security/authorization-policy/ */
const ROOT_NAMESPACE = 'istio-system'

interface OtherPolicy {
  name: string
  applies(workload: Workload, direction: Direction): boolean
}

/** The policies of a rendering that also decide about connections, and are not evaluated: by name, for each end. */
export class OtherPolicies {
  readonly #all: readonly OtherPolicy[]

  constructor(objects: readonly KubernetesObject[]) {
    this.#all = objects.flatMap((object) => ofIstio(object) ?? ofCilium(object) ?? [])
  }

  namesFor(workload: Workload, direction: Direction): string[] {
    return this.#all.filter(({ applies }) => applies(workload, direction)).map(({ name }) => name)
  }
}

function ofIstio(object: KubernetesObject): OtherPolicy | undefined {
  if (!isKind(object, 'security.istio.io', 'AuthorizationPolicy')) return undefined
  const home = object.metadata.namespace ?? ''
  const labels = valueAt(object, ['spec', 'selector', 'matchLabels'])
  const applies = (workload: Workload, direction: Direction): boolean =>
    direction === 'ingress' &&
    (home === workload.namespace || home === ROOT_NAMESPACE) &&
    selects(isFields(labels) ? (labels as Record<string, string>) : {}, workload.labels)
  return { name: describe(object), applies }
}

function ofCilium(object: KubernetesObject): OtherPolicy | undefined {
  const isOfCluster = isKind(object, 'cilium.io', 'CiliumClusterwideNetworkPolicy')
  if (!isOfCluster && !isKind(object, 'cilium.io', 'CiliumNetworkPolicy')) return undefined
  const specs = [object.spec, ...(Array.isArray(object.specs) ? object.specs : [])].filter(isFields)
  const applies = ({ namespace, labels }: Workload, direction: Direction): boolean =>
    (isOfCluster || object.metadata.namespace === namespace) &&
    specs.some(
      (spec) =>
        (spec[direction] !== undefined || spec[`${direction}Deny`] !== undefined) &&
        matchesSelector(spec.endpointSelector, labels),
    )
  return { name: describe(object), applies }
}
