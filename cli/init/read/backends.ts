import { BACKEND, backendCalls } from '../../../functions/lib/flows/backends.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { join, type Read } from '../proposal.ts'
import { missing } from './missing.ts'
import { resolveHost } from './resolve-host.ts'

/** Services that routes, Ingresses and webhooks send to, and that do not exist. What does exist is served without a flow. */
export const readBackends = (objects: readonly KubernetesObject[], topology: Topology): Read =>
  join([...derived(objects, topology), ...objects.flatMap((object) => readVirtualService(object, topology))])

const derived = (objects: readonly KubernetesObject[], topology: Topology): Read[] =>
  backendCalls(objects, topology).findings.flatMap(({ tags = {}, object }) => {
    const [namespace = '', name = ''] = tags[BACKEND]?.split('/') ?? []
    return name === '' || topology.serviceCalled(namespace, name) || !isHere(namespace, object, topology)
      ? []
      : [{ proposals: [], notes: [missing(sourceOf(object), { namespace, name }, topology)] }]
  })

const sourceOf = (object: Pick<KubernetesObject, 'kind' | 'metadata'> | undefined): string =>
  object ? `${object.kind} ${object.metadata.name}` : ''

/** A namespace of which the build has objects; of any other, the Service may be in another build. */
const isHere = (
  namespace: string,
  object: KubernetesObject | undefined,
  { ownNamespaces, workloadsIn }: Topology,
): boolean =>
  object?.metadata.namespace === namespace || ownNamespaces.has(namespace) || workloadsIn(namespace).length > 0

/** What a VirtualService sends to, also within the mesh. */
function readVirtualService(object: KubernetesObject, topology: Topology): Read[] {
  if (!isKind(object, 'networking.istio.io', 'VirtualService')) return []
  const own = object.metadata.namespace ?? ''
  const hosts = ['http', 'tcp', 'tls']
    .flatMap((protocol) => listAt(object, 'spec', protocol))
    .flatMap(({ route }) => listAt(route).map((one) => valueAt(one, ['destination', 'host'])))
  return hosts.flatMap((host) => {
    const target = typeof host === 'string' ? resolveHost(host.toLowerCase(), own, topology) : undefined
    return target?.type === 'missing' ? [{ proposals: [], notes: [missing(sourceOf(object), target, topology)] }] : []
  })
}
