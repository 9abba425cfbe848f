import { type Fields, isFields, isKind, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { Protocol } from './port.ts'

/** What calls a Service because another object says so. Nobody declares these flows. */
export type Route = 'apiServer' | 'istioGateway' | 'gatewayApi' | 'ingress'

/** A Service that an object names, as it names it. */
export interface Reference {
  route: Route
  source: KubernetesObject
  namespace: string
  service: string
  /** undefined: the only one that the Service has. */
  port: number | string | undefined
  /** TCP if absent. */
  protocol?: Protocol
}

/** May this item name backends? The schemas of CRDs are long, and few of them convert by webhook. */
export const namesBackends = (item: { apiVersion: string; kind: string; text?: string }): boolean =>
  READERS.some(([group, kind]) => isKind(item, group, kind)) &&
  (item.kind !== 'CustomResourceDefinition' || item.text === undefined || item.text.includes('clientConfig'))

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

/** Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/#ingress-v122: v1beta1 writes backends in other fields. */
const ingress: Reader = (object) => {
  const paths = list(valueAt(object, ['spec', 'rules'])).flatMap((rule) => list(valueAt(rule, ['http', 'paths'])))
  const spec = isFields(object.spec) ? object.spec : {}
  const backends = [spec.defaultBackend, spec.backend, ...paths.map(({ backend }) => backend)].filter(isFields)
  return backends.flatMap(({ service, serviceName, servicePort }) =>
    isFields(service)
      ? reference('ingress', object, {
          name: service.name,
          port: valueAt(service, ['port', 'number']) ?? valueAt(service, ['port', 'name']),
        })
      : reference('ingress', object, { name: serviceName, port: servicePort }),
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

/** Sources: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/, and tcp and udp there. */
const traefik: Reader = (object) =>
  list(valueAt(object, ['spec', 'routes']))
    .flatMap((route) => list(route.services))
    .filter(({ kind }) => kind === undefined || kind === 'Service')
    .flatMap((service) => reference('ingress', object, service))

const overUdp =
  (reader: Reader): Reader =>
  (object) =>
    reader(object).map((one) => ({ ...one, protocol: 'UDP' }))

/** Source: https://projectcontour.io/docs/main/config/api/ */
const contour: Reader = (object) =>
  [
    ...list(valueAt(object, ['spec', 'routes'])).flatMap((route) => list(route.services)),
    ...list(valueAt(object, ['spec', 'tcpproxy', 'services'])),
  ].flatMap((service) => reference('ingress', object, service))

/** Source: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/targetgroupbinding/targetgroupbinding/ */
const targetGroupBinding: Reader = (object) => reference('ingress', object, valueAt(object, ['spec', 'serviceRef']))

/** Source: https://developer.konghq.com/kubernetes-ingress-controller/reference/custom-resources/ */
const kong: Reader = (object) =>
  list(valueAt(object, ['spec', 'rules']))
    .map(({ backend }) => backend)
    .filter(isFields)
    .flatMap(({ serviceName, servicePort }) => reference('ingress', object, { name: serviceName, port: servicePort }))

/** Source: https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html: without a port, the only one. */
const openShift: Reader = (object) => {
  const written = valueAt(object, ['spec', 'port', 'targetPort'])
  const port = typeof written === 'string' || typeof written === 'number' ? written : undefined
  return [valueAt(object, ['spec', 'to']), ...list(valueAt(object, ['spec', 'alternateBackends']))].flatMap((to) => {
    const service = isFields(to) && (to.kind === undefined || to.kind === 'Service') ? text(to.name) : undefined
    return service ? [{ route: 'ingress' as const, source: object, namespace: namespaceOf(object), service, port }] : []
  })
}

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
  ['gateway.networking.k8s.io', 'UDPRoute', overUdp(gatewayApi)],
  ['traefik.io', 'IngressRoute', traefik],
  ['traefik.io', 'IngressRouteTCP', traefik],
  ['traefik.io', 'IngressRouteUDP', overUdp(traefik)],
  ['traefik.containo.us', 'IngressRoute', traefik],
  ['traefik.containo.us', 'IngressRouteTCP', traefik],
  ['traefik.containo.us', 'IngressRouteUDP', overUdp(traefik)],
  ['projectcontour.io', 'HTTPProxy', contour],
  ['elbv2.k8s.aws', 'TargetGroupBinding', targetGroupBinding],
  ['configuration.konghq.com', 'TCPIngress', kong],
  ['configuration.konghq.com', 'UDPIngress', overUdp(kong)],
  ['route.openshift.io', 'Route', openShift],
]

/** The references that an object makes to Services that are to be called. */
export const referencesOf = (object: KubernetesObject): Reference[] =>
  READERS.find(([group, kind]) => isKind(object, group, kind))?.[2](object) ?? []
