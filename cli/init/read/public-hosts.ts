import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { describe, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'

/** Who serves a host under which the build is reached from outside. */
export interface PublicHost {
  /** The object that says so. */
  by: string
  workloads: ReadonlySet<Workload>
}

/** The hosts under which the build is reached from outside: a URL with one of them is its own address. */
export function publicHosts(objects: readonly KubernetesObject[], topology: Topology): ReadonlyMap<string, PublicHost> {
  const hosts = new Map<string, PublicHost>()
  for (const object of objects)
    for (const { host, services } of routesOf(object)) {
      const own = object.metadata.namespace ?? ''
      const workloads = services.flatMap((name) => {
        const [service = '', namespace = own] = name.split('.')
        const found = topology.serviceCalled(namespace, service)
        return found ? topology.workloadsBehind(found) : []
      })
      const { by = describe(object), workloads: others = [] } = hosts.get(host) ?? {}
      hosts.set(host, { by, workloads: new Set([...others, ...workloads]) })
    }
  return hosts
}

interface Route {
  host: string
  services: string[]
}

const strings = (values: unknown): string[] =>
  Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []

function routesOf(object: KubernetesObject): Route[] {
  if (isKind(object, 'networking.k8s.io', 'Ingress'))
    return listAt(object, 'spec', 'rules').flatMap((rule) =>
      strings([rule.host]).map((host) => ({
        host,
        services: listAt(rule, 'http', 'paths').flatMap((path) =>
          strings([valueAt(path, ['backend', 'service', 'name'])]),
        ),
      })),
    )
  if (object.apiVersion.startsWith('gateway.networking.k8s.io/')) {
    const services = listAt(object, 'spec', 'rules').flatMap((rule) =>
      listAt(rule, 'backendRefs').flatMap(({ name }) => strings([name])),
    )
    return strings(valueAt(object, ['spec', 'hostnames'])).map((host) => ({ host, services }))
  }
  if (!isKind(object, 'networking.istio.io', 'VirtualService')) return []
  const services = listAt(object, 'spec', 'http').flatMap((rule) =>
    listAt(rule, 'route').flatMap((route) => strings([valueAt(route, ['destination', 'host'])])),
  )
  return strings(valueAt(object, ['spec', 'hosts'])).map((host) => ({ host, services }))
}
