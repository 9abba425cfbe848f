import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'

/** The Gateways to which a route of the Gateway API is bound; a parent of another kind, such as a Service, is none. */
export function parentGateways(route: KubernetesObject): { namespace: string; name: string }[] {
  const parents = valueAt(route, ['spec', 'parentRefs'])
  return (Array.isArray(parents) ? parents : [])
    .filter(isFields)
    .filter(({ kind, name }) => (kind === undefined || kind === 'Gateway') && typeof name === 'string')
    .map(({ name, namespace }) => ({
      namespace: String(namespace ?? route.metadata.namespace ?? ''),
      name: String(name),
    }))
}
