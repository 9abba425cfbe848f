import type { Topology } from '../../functions/lib/flows/topology.ts'
import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import type { Service } from '../../functions/lib/kubernetes/service.ts'

/** What a host is, as far as a build tells. */
export type Target =
  /** A Service of the build; `pod` where one of its pods is dialled. */
  | { type: 'service'; service: Service; isPod: boolean }
  /** A Service by its cluster name, which stands in another build. */
  | { type: 'elsewhere'; namespace: string; name: string }
  /** A name or address outside the cluster. */
  | { type: 'external'; host: string }

const CLUSTER_SUFFIX = /\.svc(?:\..*)?$/
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z-]*[a-z]$/
/** This pod, every address of it, and this node. */
const NOWHERE = /^(?:localhost|127\..*|0\.0\.0\.0|169\.254\..*)$|\.localhost$/
const API_SERVER = /^kubernetes(?:\.default)?$/

/**
 * What a pod of the namespace reaches under a host. Undefined for itself, the API server, which follows from the
 * token, and what is no host.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function resolveHost(host: string, namespace: string, topology: Topology): Target | undefined {
  const name = host.replace(/\.$/, '').replace(CLUSTER_SUFFIX, '')
  if (NOWHERE.test(host) || API_SERVER.test(name)) return undefined
  const service = serviceNamed(name.split('.'), namespace, topology)
  if (service) return externalName(service.service) ?? service
  if (CLUSTER_SUFFIX.test(host)) return elsewhere(name.split('.'))
  return ADDRESS.test(name) || DOMAIN.test(name) ? { type: 'external', host: name } : undefined
}

/** `service`, `service.namespace`, `pod.service` and `pod.service.namespace`. */
function serviceNamed(
  labels: readonly string[],
  own: string,
  topology: Topology,
): Extract<Target, { type: 'service' }> | undefined {
  const [first = '', second, third] = labels
  const readings = [
    { length: 1, name: first, namespace: own, isPod: false },
    { length: 2, name: first, namespace: second ?? own, isPod: false },
    { length: 2, name: second, namespace: own, isPod: true },
    { length: 3, name: second, namespace: third ?? own, isPod: true },
  ]
  for (const { length, name = '', namespace, isPod } of readings) {
    const service = labels.length === length ? topology.serviceCalled(namespace, name) : undefined
    if (service && (!isPod || service.headless)) return { type: 'service', service, isPod }
  }
  return undefined
}

function externalName({ object }: Service): Target | undefined {
  const name = valueAt(object, ['spec', 'externalName'])
  return typeof name === 'string' ? { type: 'external', host: name } : undefined
}

const elsewhere = (labels: readonly string[]): Target | undefined => {
  const [name, namespace] = labels.slice(-2)
  return name === undefined || namespace === undefined ? undefined : { type: 'elsewhere', namespace, name }
}
