import { namesBackends, parentGateways, referencesOf } from '../../../functions/lib/flows/backend-references.ts'
import { backendCalls } from '../../../functions/lib/flows/backends.ts'
import { topologyOf } from '../../../functions/lib/flows/topology.ts'
import { lateVariables } from '../../../functions/lib/flows/variables.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { HTTP, namespace, service, workload } from './lib.ts'

const object = (type: string, body: object): KubernetesObject => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata: { name: 'edge', namespace: 'shop' }, ...body }
}
/** `route namespace/service:port/protocol` of each reference. */
const namedBy = (type: string, body: object): string[] =>
  referencesOf(object(type, body)).map(
    ({ route, namespace: place, service: name, port, protocol }) =>
      `${route} ${place}/${name}:${port}${protocol ? `/${protocol}` : ''}`,
  )

const INGRESS = 'networking.k8s.io/v1 Ingress'
const ROUTE = 'gateway.networking.k8s.io/v1 HTTPRoute'
const VIRTUAL_SERVICE = 'networking.istio.io/v1 VirtualService'
const HOOK = 'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration'
const backend = (more: object = {}) => ({ name: 'cart', port: 80, ...more })
const rules = (...backendRefs: unknown[]) => ({ spec: { rules: [{ backendRefs }] } })
const routed = (destination: object, more: object = { gateways: ['edge'] }) => ({
  spec: { ...more, http: [{ route: [{ destination }] }] },
})

describe('the backends that an object names', () => {
  test.each<[string, string, object, string[]]>([
    [
      'a webhook, by default on 443',
      HOOK,
      {
        webhooks: [
          { clientConfig: { service: { name: 'hook', namespace: 'tools' } } },
          { clientConfig: { url: 'https://a' } },
        ],
      },
      ['apiServer tools/hook:443'],
    ],
    [
      'a webhook on a port of its own, in its own namespace',
      'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
      { webhooks: [{ clientConfig: { service: { name: 'hook', port: 8443 } } }] },
      ['apiServer shop/hook:8443'],
    ],
    [
      'a conversion',
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      { spec: { conversion: { webhook: { clientConfig: { service: { name: 'hook', namespace: 'tools' } } } } } },
      ['apiServer tools/hook:443'],
    ],
    [
      'an APIService',
      'apiregistration.k8s.io/v1 APIService',
      { spec: { service: { name: 'metrics', namespace: 'tools', port: 8443 } } },
      ['apiServer tools/metrics:8443'],
    ],
    [
      'an Ingress by number and by name, and its default',
      INGRESS,
      {
        spec: {
          defaultBackend: { service: { name: 'home', port: { number: 80 } } },
          rules: [{ http: { paths: [{ backend: { service: { name: 'cart', port: { name: 'http' } } } }] } }],
        },
      },
      ['ingress shop/home:80', 'ingress shop/cart:http'],
    ],
    [
      'an Ingress of v1beta1',
      'extensions/v1beta1 Ingress',
      {
        spec: {
          backend: { serviceName: 'home', servicePort: 80 },
          rules: [{ http: { paths: [{ backend: { serviceName: 'cart', servicePort: 'http' } }] } }, {}],
        },
      },
      ['ingress shop/home:80', 'ingress shop/cart:http'],
    ],
    ['an Ingress whose backend is no Service', INGRESS, { spec: { defaultBackend: { resource: {} } } }, []],
    [
      'a route',
      ROUTE,
      rules(backend(), backend({ namespace: 'blog' })),
      ['gatewayApi shop/cart:80', 'gatewayApi blog/cart:80'],
    ],
    [
      'a route to what is no Service',
      ROUTE,
      rules(backend({ kind: 'Bucket' }), backend({ kind: 'Service' })),
      ['gatewayApi shop/cart:80'],
    ],
    ['a route to no port', ROUTE, rules({ name: 'cart' }), []],
    [
      'a route that mirrors',
      ROUTE,
      { spec: { rules: [{ filters: [{ requestMirror: { backendRef: backend({ name: 'copy' }) } }, {}] }] } },
      ['gatewayApi shop/copy:80'],
    ],
    [
      'a route of which a parent is a Gateway',
      ROUTE,
      { spec: { ...rules(backend()).spec, parentRefs: [{ kind: 'Service', name: 'a' }, { name: 'b' }] } },
      ['gatewayApi shop/cart:80'],
    ],
    [
      'a route of Services alone',
      ROUTE,
      { spec: { ...rules(backend()).spec, parentRefs: [{ kind: 'Service', name: 'a' }] } },
      [],
    ],
    ...['GRPCRoute', 'TCPRoute', 'TLSRoute'].map((kind): [string, string, object, string[]] => [
      `a ${kind}`,
      `gateway.networking.k8s.io/v1 ${kind}`,
      rules(backend()),
      ['gatewayApi shop/cart:80'],
    ]),
    ['a UDPRoute', 'gateway.networking.k8s.io/v1 UDPRoute', rules(backend()), ['gatewayApi shop/cart:80/UDP']],
    [
      'a VirtualService',
      VIRTUAL_SERVICE,
      routed({ host: 'cart', port: { number: 80 } }),
      ['istioGateway shop/cart:80'],
    ],
    [
      'a VirtualService by a full name, without a port',
      VIRTUAL_SERVICE,
      routed({ host: 'cart.blog.svc.cluster.local' }),
      ['istioGateway blog/cart:undefined'],
    ],
    [
      'a VirtualService that mirrors, and TCP and TLS',
      VIRTUAL_SERVICE,
      {
        spec: {
          gateways: ['mesh', 'edge'],
          http: [{ mirror: { host: 'a' }, mirrors: [{ destination: { host: 'b' } }] }],
          tcp: [{ route: [{ destination: { host: 'c' } }] }],
          tls: [{ route: [{ destination: { host: 'd' } }] }],
        },
      },
      ['b', 'a', 'c', 'd'].map((name) => `istioGateway shop/${name}:undefined`),
    ],
    [
      'a VirtualService of the mesh alone',
      VIRTUAL_SERVICE,
      routed({ host: 'cart' }, { gateways: ['mesh'], hosts: ['cart'] }),
      [],
    ],
    ['a VirtualService of no gateway', VIRTUAL_SERVICE, routed({ host: 'cart' }, { hosts: ['cart'] }), []],
    [
      'a delegate, which has no hosts',
      VIRTUAL_SERVICE,
      routed({ host: 'cart' }, {}),
      ['istioGateway shop/cart:undefined'],
    ],
    [
      'a route of Traefik',
      'traefik.io/v1alpha1 IngressRoute',
      { spec: { routes: [{ services: [backend(), backend({ kind: 'TraefikService' })] }] } },
      ['ingress shop/cart:80'],
    ],
    [
      'a TCP route of Traefik',
      'traefik.io/v1alpha1 IngressRouteTCP',
      { spec: { routes: [{ services: [backend()] }] } },
      ['ingress shop/cart:80'],
    ],
    [
      'a UDP route of Traefik',
      'traefik.io/v1alpha1 IngressRouteUDP',
      { spec: { routes: [{ services: [backend()] }] } },
      ['ingress shop/cart:80/UDP'],
    ],
    [
      'a proxy of Contour',
      'projectcontour.io/v1 HTTPProxy',
      { spec: { routes: [{ services: [backend()] }], tcpproxy: { services: [backend({ name: 'db' })] } } },
      ['ingress shop/cart:80', 'ingress shop/db:80'],
    ],
    [
      'a Route of OpenShift',
      'route.openshift.io/v1 Route',
      {
        spec: {
          to: { kind: 'Service', name: 'cart' },
          alternateBackends: [{ name: 'new' }, { kind: 'Other', name: 'x' }],
          port: { targetPort: 'http' },
        },
      },
      ['ingress shop/cart:http', 'ingress shop/new:http'],
    ],
    [
      'one without a port',
      'route.openshift.io/v1 Route',
      { spec: { to: { name: 'cart' } } },
      ['ingress shop/cart:undefined'],
    ],
    ['a kind of another group', 'example.com/v1 Ingress', { spec: { defaultBackend: { service: backend() } } }, []],
    ['nothing where there is none', INGRESS, {}, []],
  ])('%s', (_, type, body, expected) => expect(namedBy(type, body)).toEqual(expected))

  test('are looked for where there may be some', () => {
    expect(namesBackends(object(INGRESS, {}))).toBe(true)
    expect(namesBackends(object('v1 Service', {}))).toBe(false)
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
    expect(namesBackends(definition)).toBe(true)
    expect(namesBackends({ ...definition, text: 'clientConfig' })).toBe(true)
    expect(namesBackends({ ...definition, text: 'schema' })).toBe(false)
  })

  test('of a route are served by its parents that are Gateways', () => {
    const parentRefs = [
      { name: 'a' },
      { kind: 'Gateway', name: 'b', namespace: 'infra' },
      { kind: 'Service', name: 'c' },
      { kind: 'Gateway' },
    ]
    expect(parentGateways(object(ROUTE, { spec: { parentRefs } }))).toEqual([
      { namespace: 'shop', name: 'a' },
      { namespace: 'infra', name: 'b' },
    ])
    expect(
      parentGateways({ ...object(ROUTE, { spec: { parentRefs: [{ name: 'a' }] } }), metadata: { name: 'x' } }),
    ).toEqual([{ namespace: '', name: 'a' }])
  })
})

describe('a backend is called', () => {
  const callsOf = (body: object, ...objects: KubernetesObject[]) => {
    const all = [object(ROUTE, body), workload('cart'), ...objects]
    const { calls, findings } = backendCalls(all, topologyOf(all))
    return [
      ...calls.map(({ workload: { name }, port, replica }) => `${replica ?? name}:${port.port}/${port.protocol}`),
      ...findings.map(({ id }) => id),
    ]
  }

  test.each<[string, object, KubernetesObject[], string[]]>([
    ['on the pods of its Service', rules(backend()), [service('cart', [HTTP])], ['cart:8080/TCP']],
    [
      'not on a port that the Service lacks',
      rules(backend({ port: 81 })),
      [service('cart', [HTTP])],
      ['flows/unknown-backend-port'],
    ],
    ['in another build', rules(backend({ namespace: 'blog' })), [], ['flows/backend-elsewhere']],
    ['in vain, in a namespace of this build', rules(backend()), [namespace('shop')], ['flows/unserved-backend']],
    [
      'in vain, if its Service selects nothing',
      rules(backend()),
      [service('cart', [HTTP], { selector: { a: 'b' } })],
      ['flows/unserved-backend'],
    ],
    [
      'on the one pod that its Service names',
      rules(backend({ name: 'one', port: 80 })),
      [
        workload('db', { kind: 'StatefulSet' }),
        service('one', [HTTP], { selector: { 'statefulset.kubernetes.io/pod-name': 'db-0' } }),
      ],
      ['db-0:8080/TCP'],
    ],
  ])('%s', (_, body, objects, expected) => expect(callsOf(body, ...objects)).toEqual(expected))
})

describe('a variable that Kustomize replaces later is found where traffic depends on it', () => {
  const late = (...objects: KubernetesObject[]) => lateVariables(objects).map(({ id, field }) => `${id} ${field?.path}`)
  const deployment = (labels: object, container: object, more: object = {}) =>
    object('apps/v1 Deployment', {
      spec: {
        template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a', ...container }], ...more } },
      },
    })

  test.each<[string, KubernetesObject, string[]]>([
    ['a label of pods', deployment({ app: '$(NAME)' }, {}), ['spec.template.metadata.labels.app']],
    [
      'the port of a container',
      deployment({}, { ports: [{ containerPort: '$(PORT)' }] }),
      ['spec.template.spec.containers[0][0].containerPort'],
    ],
    [
      'the selector of a Service',
      object('v1 Service', { spec: { selector: { app: 'x-$(NAME)' } } }),
      ['spec.selector.app'],
    ],
    [
      'a monitor',
      object('monitoring.coreos.com/v1 PodMonitor', { spec: { selector: { matchLabels: { a: '$(A.b-c)' } } } }),
      ['spec.selector.matchLabels.a'],
    ],
    ['a route', object(ROUTE, rules({ name: '$(NAME)', port: 80 })), ['spec.rules[0].backendRefs[0].name']],
    ['no variable of the kubelet', deployment({}, { args: ['$(NAME)'], env: [{ name: 'A', value: '$(B)' }] }), []],
    [
      'no text that is none',
      object('v1 Service', { spec: { a: '$NAME', b: '${NAME}', c: '$()', d: '$(1)', e: 1, f: null } }),
      [],
    ],
    ['no other object', object('v1 ConfigMap', { data: { a: '$(NAME)' } }), []],
    ['no name of an object', { ...object('v1 Service', {}), metadata: { name: '$(NAME)' } }, []],
  ])('%s', (_, given, paths) =>
    expect(late(given)).toEqual(paths.map((path) => expect.stringContaining(path) as never)),
  )
})
