import { BACKEND, backendCalls } from '../../../functions/lib/flows/backends.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { listAt, textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { workloadKindOf } from '../../../functions/lib/kubernetes/workload-kinds.ts'
import { join, type Read } from '../proposal.ts'
import { missing } from './missing.ts'
import { resolveHost } from './resolve-host.ts'

/** Services that routes, webhooks and StatefulSets name and that do not exist. What does exist is served without a flow. */
export const readBackends = (objects: readonly KubernetesObject[], topology: Topology): Read =>
  join([
    ...derived(objects, topology),
    ...objects.flatMap((object) => [...readMesh(object, topology), ...readMembers(object, topology)]),
  ])

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

/** The hosts that Istio's routes send to and its rules are about, also within the mesh. */
function readMesh(object: KubernetesObject, topology: Topology): Read[] {
  const own = object.metadata.namespace ?? ''
  return meshHosts(object).flatMap((host) => {
    const target = typeof host === 'string' ? resolveHost(host.toLowerCase(), own, topology) : undefined
    return target?.type === 'missing' ? [{ proposals: [], notes: [missing(sourceOf(object), target, topology)] }] : []
  })
}

function meshHosts(object: KubernetesObject): unknown[] {
  if (isKind(object, 'networking.istio.io', 'DestinationRule')) return [valueAt(object, ['spec', 'host'])]
  if (!isKind(object, 'networking.istio.io', 'VirtualService')) return []
  return ['http', 'tcp', 'tls']
    .flatMap((protocol) => listAt(object, 'spec', protocol))
    .flatMap((rule) => [
      ...[...listAt(rule, 'route'), ...listAt(rule, 'mirrors')].map((one) => valueAt(one, ['destination', 'host'])),
      valueAt(rule, ['mirror', 'host']),
    ])
}

/** The Service that gives the pods of a StatefulSet their names. */
function readMembers(object: KubernetesObject, topology: Topology): Read[] {
  const name = workloadKindOf(object)?.ordinals ? textAt(object, 'spec', 'serviceName') : undefined
  const namespace = object.metadata.namespace ?? ''
  return name === undefined || topology.serviceCalled(namespace, name)
    ? []
    : [{ proposals: [], notes: [missing(sourceOf(object), { namespace, name }, topology)] }]
}
