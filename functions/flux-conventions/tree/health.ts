import { listAt } from '../../lib/kubernetes/fields.ts'
import { ensureFields, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'

/** `spec.wait` of a Kustomization. */
export const waitOf = (object: KubernetesObject): unknown => valueAt(object, ['spec', 'wait'])

/** The repair that lets Flux wait for what a Kustomization applies. */
export const waitForAll = (object: KubernetesObject) => (): void => {
  ensureFields(object, 'spec').wait = true
}

/** Does a Kustomization name what has to be ready? */
export const hasHealthChecks = (object: KubernetesObject): boolean =>
  listAt(object, 'spec', 'healthChecks').length > 0 || listAt(object, 'spec', 'healthCheckExprs').length > 0
