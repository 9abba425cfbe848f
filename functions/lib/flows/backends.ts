import type { Finding } from '../framework/finding.ts'
import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { replicaOf, type Service, servicePortFor, targetPortNumber } from '../kubernetes/service.ts'
import type { Workload } from '../kubernetes/workload.ts'
import { findings } from './findings.ts'
import { isBehind, type MadePods, portOfMade, targetOfMade } from './made-pods.ts'
import { type Port, tcp } from './port.ts'
import type { Topology } from './topology.ts'

/** What calls a Service because another object says so. Nobody declares these flows. */
export type Route = 'apiServer' | 'istioGateway' | 'gatewayApi' | 'ingress'

/** A Service that an object names, as it names it. */
interface Reference {
  route: Route
  source: KubernetesObject
  namespace: string
  service: string
  /** undefined: the only one that the Service has. */
  port: number | string | undefined
}

/** A call that follows from an object of the build. */
export interface BackendCall {
  route: Route
  /** The webhook configuration, APIService, VirtualService, route or Ingress that names the backend. */
  source: KubernetesObject
  workload: Workload
  /** The one pod of the StatefulSet that is called, by its name. */
  replica?: string
  /** Port on the pod. */
  port: Port
}

/** The same to pods that an operator makes. */
export interface MadeCall extends Omit<BackendCall, 'workload' | 'replica'> {
  pods: MadePods
}

/** Tag of a finding: the Service that a call goes to. */
export const BACKEND = 'backend'

/** May this item name backends? The schemas of CRDs are long, and few of them convert by webhook. */
export const namesBackends = (item: { apiVersion: string; kind: string; text?: string }): boolean =>
  READERS.some(([group, kind]) => isKind(item, group, kind)) &&
  (item.kind !== 'CustomResourceDefinition' || item.text === undefined || item.text.includes('clientConfig'))

/** Every call to a workload of the build that follows from an object of the build. */
export function backendCalls(
  objects: readonly KubernetesObject[],
  topology: Topology,
): { calls: BackendCall[]; madeCalls: MadeCall[]; findings: Finding[] } {
  const found: Finding[] = []
  const references = objects.flatMap((object) => {
    const reader = READERS.find(([group, kind]) => isKind(object, group, kind))
    return reader ? reader[2](object) : []
  })
  const madeCalls = references
    .filter(({ service }) => !service.includes('$('))
    .map((reference) => ({ reference, calls: madeCallsOf(reference, topology) }))
  const calls = madeCalls.flatMap(({ reference, calls: toMade }) =>
    toMade.length > 0 ? [] : callOf(reference, topology, found),
  )
  return { calls, madeCalls: madeCalls.flatMap(({ calls: toMade }) => toMade), findings: found }
}

/** The Service may be in the build, or one that the operator makes. */
function madeCallsOf({ route, source, namespace, service: name, port }: Reference, topology: Topology): MadeCall[] {
  const service = topology.serviceCalled(namespace, name)
  if (service && topology.workloadsBehind(service).length > 0) return []
  return topology.madeWith(namespace, {}).flatMap((pods) => {
    const ports = service ? portsBehind(service, pods) : Object.entries(pods.services?.[name] ?? {})
    const [only, ...others] = ports
    const named = port === undefined ? undefined : portOfMade(pods, port)
    const target =
      port === undefined && others.length === 0
        ? only
        : ports.find(([dialled, onPod]) => dialled === String(port) || onPod === named)
    return target ? [{ route, source, pods, port: tcp(target[1]) }] : []
  })
}

/** The names and numbers of a Service's ports, each with the port on the pods. */
const portsBehind = (service: Service, pods: MadePods): [string, number][] =>
  isBehind(service, pods)
    ? service.ports.flatMap((port) => {
        const target = targetOfMade(pods, port)
        const dialled = [String(port.port), ...(port.name === undefined ? [] : [port.name])]
        return target === undefined ? [] : dialled.map((one): [string, number] => [one, target])
      })
    : []

function callOf(reference: Reference, topology: Topology, found: Finding[]): BackendCall[] {
  const { route, source, namespace, port } = reference
  const service = topology.serviceCalled(namespace, reference.service)
  const behind = service ? topology.workloadsBehind(service) : []
  if (!service || behind.length === 0) {
    const isHere = service !== undefined || topology.ownNamespaces.has(namespace)
    const called = `${namespace}/${reference.service}`
    found.push(
      isHere
        ? findings['unserved-backend'](
            { object: source, tags: { [BACKEND]: called } },
            called,
            service ? whyUnserved(service) : 'is not in the build',
          )
        : findings['backend-elsewhere']({ object: source, tags: { [BACKEND]: called } }, called),
    )
    return []
  }
  const [onlyPort, ...others] = service.ports
  const replica = replicaOf(service)
  return behind.flatMap((workload) => {
    const servicePort =
      port !== undefined ? servicePortFor(service, port, workload, 'TCP') : others.length === 0 ? onlyPort : undefined
    const number = servicePort && targetPortNumber(servicePort, workload)
    if (number !== undefined)
      return [{ route, source, workload, ...(replica !== undefined && { replica }), port: tcp(number) }]
    const written = port === undefined ? 'no port' : `port ${port}`
    const ports = service.ports.map((p) => String(p.name ?? p.port))
    found.push(findings['unknown-backend-port']({ object: source }, written, `${namespace}/${service.name}`, ports))
    return []
  })
}

/** Source: https://kubernetes.io/docs/concepts/services-networking/service/#services-without-selectors */
function whyUnserved({ object, selector }: Service): string {
  const host = valueAt(object, ['spec', 'externalName'])
  if (typeof host === 'string') return `is a name for the host ${host} (ExternalName)`
  return selector === undefined
    ? 'has no selector, because something else makes its endpoints'
    : 'selects no pod of the build'
}

type Reader = (object: KubernetesObject) => Reference[]

const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const list = (value: unknown): Fields[] => items(value).filter(isFields)
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? ''

function reference(route: Route, source: KubernetesObject, service: unknown, defaultPort?: number): Reference[] {
  if (!isFields(service)) return []
  const name = text(service.name)
  const port = service.port ?? defaultPort
  if (name === undefined || (typeof port !== 'number' && typeof port !== 'string')) return []
  return [{ route, source, namespace: text(service.namespace) ?? namespaceOf(source), service: name, port }]
}

/** Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#service-reference: port 443 unless given. */
const webhooks: Reader = (object) =>
  list(object.webhooks).flatMap((webhook) =>
    reference('apiServer', object, valueAt(webhook, ['clientConfig', 'service']), 443),
  )

const conversion: Reader = (object) =>
  reference('apiServer', object, valueAt(object, ['spec', 'conversion', 'webhook', 'clientConfig', 'service']), 443)

const apiService: Reader = (object) => reference('apiServer', object, valueAt(object, ['spec', 'service']), 443)

const ingress: Reader = (object) => {
  const paths = list(valueAt(object, ['spec', 'rules'])).flatMap((rule) => list(valueAt(rule, ['http', 'paths'])))
  const backends = [
    valueAt(object, ['spec', 'defaultBackend', 'service']),
    ...paths.map((path) => valueAt(path, ['backend', 'service'])),
  ]
  return backends.flatMap((backend) =>
    isFields(backend)
      ? reference('ingress', object, {
          name: backend.name,
          port: valueAt(backend, ['port', 'number']) ?? valueAt(backend, ['port', 'name']),
        })
      : [],
  )
}

/** A route whose parents are only Services routes what sidecars send, and flows declare that. */
const gatewayApi: Reader = (object) => {
  const parents = list(valueAt(object, ['spec', 'parentRefs']))
  if (parents.length > 0 && parents.every(({ kind }) => kind === 'Service')) return []
  return list(valueAt(object, ['spec', 'rules']))
    .flatMap((rule) => [
      ...list(rule.backendRefs),
      ...list(rule.filters).map((filter) => valueAt(filter, ['requestMirror', 'backendRef'])),
    ])
    .filter(isFields)
    .filter((backend) => backend.kind === undefined || backend.kind === 'Service')
    .flatMap((backend) => reference('gatewayApi', object, backend))
}

/**
 * A VirtualService that is bound to `mesh` alone, or names no gateways, routes what sidecars send, and flows declare that.
 * One without hosts is a delegate, to which a VirtualService bound to gateways sends. Source:
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/: a port may be left out where it is the only
 * one.
 */
const virtualService: Reader = (object) => {
  const gateways = items(valueAt(object, ['spec', 'gateways']))
  const isDelegate = gateways.length === 0 && items(valueAt(object, ['spec', 'hosts'])).length === 0
  if (!isDelegate && gateways.every((gateway) => gateway === 'mesh')) return []
  return ['http', 'tcp', 'tls']
    .flatMap((protocol) => list(valueAt(object, ['spec', protocol])))
    .flatMap((rule) => [
      ...[...list(rule.route), ...list(rule.mirrors)].map(({ destination }) => destination),
      rule.mirror,
    ])
    .flatMap((destination) => {
      const [service, namespace] = (text(valueAt(destination, ['host'])) ?? '').split('.')
      if (!service) return []
      const port = (valueAt(destination, ['port', 'number']) ?? undefined) as number | undefined
      return [{ route: 'istioGateway', source: object, namespace: namespace || namespaceOf(object), service, port }]
    })
}

/** The Gateways to which a route of the Gateway API is bound; parents of other kinds, such as a Service, are left out. */
export const parentGateways = (route: KubernetesObject): { namespace: string; name: string }[] =>
  list(valueAt(route, ['spec', 'parentRefs']))
    .filter(({ kind, name }) => (kind === undefined || kind === 'Gateway') && typeof name === 'string')
    .map(({ name, namespace }) => ({
      namespace: String(namespace ?? route.metadata.namespace ?? ''),
      name: String(name),
    }))

const READERS: readonly (readonly [group: string, kind: string, reader: Reader])[] = [
  ['admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', webhooks],
  ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', webhooks],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', conversion],
  ['apiregistration.k8s.io', 'APIService', apiService],
  ['networking.k8s.io', 'Ingress', ingress],
  ['networking.istio.io', 'VirtualService', virtualService],
  ['gateway.networking.k8s.io', 'HTTPRoute', gatewayApi],
  ['gateway.networking.k8s.io', 'GRPCRoute', gatewayApi],
  ['gateway.networking.k8s.io', 'TCPRoute', gatewayApi],
  ['gateway.networking.k8s.io', 'TLSRoute', gatewayApi],
]
