import type { MadePods } from '../../../functions/lib/flows/made-pods.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { Service } from '../../../functions/lib/kubernetes/service.ts'

/** What a host is, if the build shows it. */
export type ResolvedHost =
  /** A Service of the build; `isPod` if one of its pods is dialled, `isQualified` if the host names its namespace. */
  | { type: 'service'; service: Service; isPod: boolean; isQualified: boolean }
  /** A Service that an operator makes for an object of the build, and the pods behind it. */
  | { type: 'made'; service: string; pods: readonly MadePods[] }
  /** A Service in a namespace that the build does not have; without `.svc` behind it, a name could be something else. */
  | { type: 'elsewhere'; namespace: string; name: string; isClusterName: boolean }
  /** The name of a Service that should be in the build and is not. */
  | { type: 'missing'; namespace: string; name: string }
  /** A name or address outside the cluster; `alias` is the ExternalName Service that stands for it. */
  | { type: 'external'; host: string; alias?: string }

const CLUSTER_SUFFIX = /\.svc(?:\..*)?$/
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/
const LABEL = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z-]*[a-z]$/
/** Endings of public names and of files: such a name with one dot is no Service and its namespace. */
const TOP_LEVEL =
  /\.(?:com|net|org|io|dev|app|cloud|ai|co|info|edu|gov|me|eu|uk|de|fr|nl|jp|us|ca|ch|at|be|it|es|pl|se|no|fi|dk|cz|ru|cn|in|br|au|sh|xyz|tech|example|test|local|internal|corp|lan|home|arpa|ya?ml|json|toml|conf|cfg|ini|xml|txt|log|properties|py|js|ts|rb|php|java|go|rs|jar|html?|css|md|sql|csv|png|jpe?g|svg|gif|pem|crt|csr|tmpl|tpl|lua|vcl|pid|sock|db|zip|t?gz|tar|exe|svc)$/
/** This pod, every address of it, and this node. */
const NOWHERE = /^(?:localhost|127\..*|0\.0\.0\.0|169\.254\..*|255\..*)$|\.localhost$/
const API_SERVER = /^kubernetes(?:\.default)?$/

/**
 * What a pod of the namespace reaches under a host. Undefined for the pod itself, for the API server, which follows from
 * the token, and for text that is no host. Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function resolveHost(host: string, namespace: string, topology: Topology): ResolvedHost | undefined {
  const name = host.replace(/\.$/, '').replace(CLUSTER_SUFFIX, '')
  if (NOWHERE.test(host) || API_SERVER.test(name)) return undefined
  const labels = name.split('.')
  const service = serviceNamed(labels, namespace, topology)
  if (service) return externalName(service.service) ?? service
  const made = madeService(labels, namespace, topology)
  if (made) return made
  const isClusterName = CLUSTER_SUFFIX.test(host)
  const [first = '', second] = labels.slice(-2)
  if (labels.length === 1 && LABEL.test(first)) return { type: 'missing', namespace, name: first }
  if (second !== undefined && (isClusterName || isServiceName(labels, topology)))
    return isHere(second, namespace, topology)
      ? { type: 'missing', namespace: second, name: first }
      : { type: 'elsewhere', namespace: second, name: first, isClusterName }
  return ADDRESS.test(name) || DOMAIN.test(name) ? { type: 'external', host: name } : undefined
}

/** `search.catalog`: a name of two labels that no public name ends like is a Service and its namespace. */
const isServiceName = (labels: readonly string[], topology: Topology): boolean =>
  labels.length === 2 &&
  labels.every((label) => LABEL.test(label)) &&
  (topology.workloadsIn(labels[1] ?? '').length > 0 || !TOP_LEVEL.test(labels.join('.')))

const isHere = (namespace: string, own: string, topology: Topology): boolean =>
  namespace === own || topology.ownNamespaces.has(namespace)

/** `service`, `service.namespace`, `pod.service` and `pod.service.namespace`. */
function serviceNamed(
  labels: readonly string[],
  own: string,
  topology: Topology,
): Extract<ResolvedHost, { type: 'service' }> | undefined {
  const [first = '', second, third] = labels
  const readings = [
    { length: 1, name: first, namespace: own, isPod: false },
    { length: 2, name: first, namespace: second ?? own, isPod: false },
    { length: 2, name: second, namespace: own, isPod: true },
    { length: 3, name: second, namespace: third ?? own, isPod: true },
  ]
  for (const { length, name = '', namespace, isPod } of readings) {
    const service = labels.length === length ? topology.serviceCalled(namespace, name) : undefined
    if (service && (!isPod || service.headless)) return { type: 'service', service, isPod, isQualified: length > 1 }
  }
  return undefined
}

/** `service` and `service.namespace` of a Service that an operator makes. */
function madeService(
  [name = '', namespace, ...more]: readonly string[],
  own: string,
  topology: Topology,
): Extract<ResolvedHost, { type: 'made' }> | undefined {
  if (more.length > 0) return undefined
  const pods = topology.madeWith(namespace ?? own, {}).filter(({ services = {} }) => services[name] !== undefined)
  return pods.length > 0 ? { type: 'made', service: name, pods } : undefined
}

function externalName({ object, name: alias }: Service): ResolvedHost | undefined {
  const host = valueAt(object, ['spec', 'externalName'])
  return typeof host === 'string' ? { type: 'external', host, alias } : undefined
}
