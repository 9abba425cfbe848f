import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, service, workload } from './build.ts'

// What the build shows to be called, and the policies cut off: who is named, with which line of policy.

const said = (name: string, objects: readonly KubernetesObject[], spec: Record<string, unknown> = {}): string[] =>
  harden(objects, spec)
    .findings.filter(({ id }) => id === `network-policy-default-deny/${name}`)
    .map(({ object, message }) => `${object?.metadata.name}: ${message}`)
const containing = (...texts: string[]) => texts.map((text) => expect.stringContaining(text))

describe('a Service that is exposed', () => {
  const cart = workload('cart', {
    ports: [
      { name: 'http', containerPort: 8080 },
      { name: 'admin', containerPort: 8081 },
    ],
  })
  const PORTS = [
    { name: 'http', port: 80, targetPort: 'http' },
    { name: 'admin', port: 81, targetPort: 'admin' },
  ]
  const exposed = (more: object, selector?: Record<string, string>): KubernetesObject => {
    const object = service('cart', PORTS, selector)
    return { ...object, spec: { ...(object.spec as object), ...more } }
  }
  const exposing = (objects: readonly KubernetesObject[], spec = {}) =>
    said('exposed-service', [namespace('shop'), ...objects], spec)
  const open = (...keys: string[]) => ({
    flows: Object.fromEntries(keys.map((key) => [key, { from: ['any'], reason: 'public' }])),
  })
  const BOTH = 'flow shop/cart:8080 from: [any] with a reason and flow shop/cart:8081 from: [any] with a reason'

  test.each<[string, object, string | undefined]>([
    ['by its type', { type: 'NodePort' }, 'type NodePort'],
    ['by an address', { externalIPs: ['192.0.2.1'] }, 'type ClusterIP with externalIPs'],
    ['by no address', { externalIPs: [] }, undefined],
    ['in no way', {}, undefined],
  ])('%s', (_, more, how) => {
    const lines = how ? containing(`found ${how}, by which callers outside the cluster reach port 8080, 8081`) : []
    expect(exposing([cart, exposed(more)])).toEqual(lines)
  })

  test('is named with the ports that no flow opens to anyone', () => {
    const both = [cart, exposed({ type: 'NodePort' })]
    expect(exposing(both)).toEqual(containing(`expected ${BOTH},`))
    expect(exposing(both, open('shop/cart:8080'))).toEqual(
      containing('port 8081, and no flow that admits them; expected flow shop/cart:8081 from'),
    )
    expect(exposing(both, open('shop/cart:8080', 'shop/cart:8081'))).toEqual([])
    expect(exposing(both, open('shop/cart:*'))).toEqual([])
    expect(exposing(both, { flows: { 'shop/cart:8080': { from: ['web/a'] } } })).toEqual(containing(BOTH))
  })

  test('is named by protocol if it is not TCP, or if two ports have one number', () => {
    const dns = workload('cart', {
      ports: [
        { name: 'dns', containerPort: 5353, protocol: 'UDP' },
        { name: 'dns-tcp', containerPort: 5353 },
      ],
    })
    const ports = [
      { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, targetPort: 'dns-tcp' },
    ]
    const both = exposed({ type: 'LoadBalancer', ports })
    const udp = 'flow shop/cart:5353/udp from: [any] with a reason'
    const tcp = 'flow shop/cart:5353/tcp from: [any] with a reason'
    expect(exposing([dns, both])).toEqual(containing(`reach port 5353/udp, 5353/tcp,`))
    expect(exposing([dns, both])).toEqual(containing(`expected ${udp} and ${tcp},`))
    expect(exposing([dns, both], open('shop/cart:5353/udp'))).toEqual(containing(`expected ${tcp},`))
    expect(exposing([dns, both], open('shop/cart:5353/udp', 'shop/cart:5353/tcp'))).toEqual([])
    expect(exposing([dns, exposed({ type: 'LoadBalancer', ports: ports.slice(0, 1) })])).toEqual(
      containing(`expected ${udp},`),
    )
  })

  test('names its pods by number, not those of a custom resource that it does not select', () => {
    const queue = {
      apiVersion: 'rabbitmq.com/v1beta1',
      kind: 'RabbitmqCluster',
      metadata: { name: 'queue', namespace: 'shop' },
      spec: {},
    }
    const byNumber = exposed({ type: 'NodePort', ports: [{ port: 80, targetPort: 8080 }] })
    expect(exposing([cart, queue, byNumber], open('shop/cart:*'))).toEqual([])
    const ofQueue = { ...exposed({ type: 'NodePort' }, { 'app.kubernetes.io/component': 'rabbitmq' }) }
    const ports = { ...ofQueue, spec: { ...(ofQueue.spec as object), ports: [{ port: 5672 }] } }
    expect(exposing([cart, queue, ports])).toEqual(containing('expected flow shop/queue-server:5672 from: [any]'))
    expect(exposing([cart, queue, ports], { namespaces: { shop: { off: true, reason: 'moving' } } })).toEqual([])
  })

  test('of a namespace that is left alone is no matter of this function', () => {
    const spec = { namespaces: { shop: { off: true, reason: 'moving' } } }
    expect(exposing([cart, exposed({ type: 'NodePort' })], spec)).toEqual([])
  })
})

describe('a port of the node that leads to pods', () => {
  const edge = (port: object, spec: Record<string, unknown> = {}): KubernetesObject =>
    workload('edge', { kind: 'DaemonSet', ports: [{ containerPort: 8080, ...port }], spec })
  const exposing = (object: KubernetesObject, spec = {}) => said('exposed-host-port', [namespace('shop'), object], spec)
  const LINE = 'expected flow shop/edge:8080 from: [any] with plain: true and a reason, or no hostPort'

  test('is named with the flow that opens it', () => {
    expect(exposing(edge({ hostPort: 80 }))).toEqual(containing(LINE))
    expect(exposing(edge({ hostPort: 53, protocol: 'UDP' }))).toEqual(containing('flow shop/edge:8080/udp from'))
    const flows = { 'shop/edge:8080': { from: ['any'], plain: true, reason: 'public' } }
    expect(exposing(edge({ hostPort: 80 }), { flows })).toEqual([])
    const withService = [namespace('shop'), edge({ hostPort: 80 }), service('edge', [{ port: 80, targetPort: 8080 }])]
    expect(said('exposed-host-port', withService)).toEqual(containing('from: [any] with a reason, or'))
  })

  test.each([
    ['without one', edge({})],
    ['on the network of the node', edge({ hostPort: 8080 }, { hostNetwork: true })],
  ])('is not there %s', (_, object) => {
    expect(exposing(object)).toEqual([])
  })
})

describe('the class of an Ingress', () => {
  const ingress = (ingressClassName?: string, annotations = {}): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'cart', namespace: 'shop', annotations },
    spec: {
      ingressClassName,
      rules: ['/a', '/b'].map((path) => ({
        http: { paths: [{ path, backend: { service: { name: 'cart', port: { number: 80 } } } }] },
      })),
    },
  })
  const route: KubernetesObject = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { gateways: ['istio-system/public'], http: [{ route: [{ destination: { host: 'cart' } }] }] },
  }
  const unserved = (object: KubernetesObject, gateways?: object, more: object = {}) =>
    said(
      'unserved-ingress-class',
      [
        namespace('shop'),
        workload('cart', { ports: [{ containerPort: 80 }] }),
        service('cart', [{ port: 80 }]),
        route,
        object,
      ],
      { ...(gateways && { gateways }), ...more },
    )
  const OWN = { ingress: { own: { namespace: 'edge', labels: { app: 'edge' }, class: 'internal' } } }

  test('that no controller serves is named once, with the classes that are served', () => {
    expect(unserved(ingress('internal'))).toEqual(
      containing('found class internal, which no entry of gateways.ingress serves'),
    )
    expect(unserved(ingress('public'), OWN)).toEqual(containing('expected one of nginx, internal, or an entry'))
    expect(unserved(ingress(undefined, { 'kubernetes.io/ingress.class': 'old' }))).toEqual(
      containing('found class old,'),
    )
  })

  test('is served by an entry of its name, by one without a class, and by any where it has none', () => {
    expect(unserved(ingress('nginx'))).toEqual([])
    expect(unserved(ingress('internal'), OWN)).toEqual([])
    expect(unserved(ingress('internal'), { ingress: { any: { namespace: 'edge', labels: { app: 'edge' } } } })).toEqual(
      [],
    )
    expect(unserved(ingress())).toEqual([])
    expect(unserved(ingress('internal'), undefined, { directions: ['Egress'] })).toEqual([])
  })
})

describe('the port of a Service that the build of a caller elsewhere cannot translate', () => {
  const build = [
    namespace('shop'),
    workload('cart', { ports: [{ name: 'http', containerPort: 8080 }] }),
    service('cart', [{ name: 'web', port: 80, targetPort: 'http' }]),
    workload('web'),
  ]
  const elsewhere = (key: string, from: unknown[], more = {}) =>
    said('service-port-elsewhere', build, { flows: { [key]: { from, reason: 'a test', ...more } } })

  test('is named with the key to write, and with the caller', () => {
    expect(elsewhere('shop/cart:80', ['web', 'blog/blog'])).toEqual(
      containing('the build of the caller blog/blog cannot translate it, so expected shop/cart:8080, or podPort: 8080'),
    )
  })

  test('is none if the flow says what it is on the pods, goes to every port, or is for anyone', () => {
    expect(elsewhere('shop/cart:80', ['blog/blog'], { podPort: 8080 })).toEqual([])
    expect(elsewhere('shop/cart:*', ['blog/blog'])).toEqual([])
    expect(elsewhere('shop/cart:80', ['any'])).toEqual([])
    expect(elsewhere('external/192.0.2.1:80', ['shop/web', 'blog/blog'])).toEqual([])
  })
})

test('ports below 1024 of pods elsewhere are named together, each flow once, where somebody here calls them', () => {
  const flows = {
    'blog/a:80': { from: ['shop/cart'] },
    'blog/b:443': { from: ['shop/cart'] },
    'blog/c:1024': { from: ['shop/cart'] },
    'blog/d:80': { from: ['web/web'] },
    'blog/e:80': { from: ['shop/cart'], selector: { app: 'e' } },
  }
  expect(said('untranslated-port', [namespace('shop'), workload('cart')], { flows })).toEqual(
    containing('by a port below 1024: blog/a:80, blog/b:443; nothing'),
  )
})

test('hosts without addresses are named together, each once', () => {
  const flows = {
    'external/a.example.com:443': { from: ['shop/cart'] },
    'external/a.example.com:80': { from: ['shop/cart'] },
    'external/b.example.com:443': { from: ['shop/cart'] },
    'external/192.0.2.1:443': { from: ['shop/cart'] },
  }
  expect(said('private-ranges-left-out', [namespace('shop'), workload('cart')], { flows })).toEqual(
    containing('hosts outside without addresses: a.example.com, b.example.com; NetworkPolicy'),
  )
})

describe('pods that read what kubelets serve', () => {
  const agent = workload('agent', { spec: { serviceAccountName: 'agent' } })
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'agent' },
    rules: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
  } as KubernetesObject
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'agent' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'agent' },
    subjects: [{ kind: 'ServiceAccount', name: 'agent', namespace: 'shop' }],
  } as KubernetesObject
  const cutOff = (spec: Record<string, unknown> = {}) =>
    said('kubelets-without-nodes', [namespace('shop'), agent, workload('cart'), role, binding], spec)

  test('are named unless nodes have addresses, or egress is open', () => {
    expect(cutOff()).toEqual(containing('agent: shop/agent: its service account may read'))
    expect(cutOff({ nodes: { '192.0.2.0/24': true } })).toEqual([])
    expect(cutOff({ openEgress: { agent: { reason: 'reads anything' } } })).toEqual([])
    expect(cutOff({ directions: ['Ingress'] })).toEqual([])
  })
})

describe('an operator and the pods that it makes', () => {
  const cluster = (inNamespace = 'shop'): KubernetesObject => ({
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata: { name: 'orders', namespace: inNamespace },
    spec: {},
  })
  const cutOff = (flows = {}, more: readonly KubernetesObject[] = [cluster()], spec = {}) =>
    said('operator-cut-off', [namespace('shop'), ...more], { flows, ...spec })
  const from = (...callers: unknown[]) => ({ from: callers, reason: 'a test' })
  const OPERATOR = 'cnpg-system/cloudnative-pg'

  test('are cut off on each port to which no flow admits it', () => {
    expect(cutOff()).toEqual(
      containing(
        'on 5432 and 8000, and no flow admits it; expected flow shop/orders:5432 and flow shop/orders:8000 from: [cnpg-system/cloudnative-pg],',
      ),
    )
    expect(cutOff({ 'shop/orders:5432': from(OPERATOR) })).toEqual(containing('on 8000, and'))
    expect(cutOff({ 'shop/orders:8000': from('any') })).toEqual(containing('on 5432, and'))
    expect(cutOff({ 'shop/orders:*': from(OPERATOR) })).toEqual([])
    expect(cutOff({ 'shop/orders:5432': from(OPERATOR), 'shop/orders:8000': from(OPERATOR) })).toEqual([])
  })

  test('are reached by other pods, or the pods of other clusters by it, which is not enough', () => {
    const both = (callers: unknown[], pods = 'shop/orders') => ({
      [`${pods}:5432`]: from(...callers),
      [`${pods}:8000`]: from(...callers),
    })
    expect(cutOff(both(['cnpg-system/other']))).toHaveLength(1)
    expect(cutOff(both(['cnpg-system/*']))).toEqual([])
    expect(cutOff(both([OPERATOR], 'blog/orders'))).toHaveLength(1)
  })

  test('may be in one build: then its own pods are the caller', () => {
    const operator = workload('controller', {
      namespace: 'databases',
      labels: { 'app.kubernetes.io/name': 'cloudnative-pg', tier: 'operators' },
    })
    expect(cutOff({}, [cluster(), workload('cart'), operator])).toEqual(containing('from: [databases/cloudnative-pg]'))
  })

  test('are left alone where their namespace is', () => {
    expect(cutOff({}, [cluster('elsewhere')])).toEqual([])
    expect(cutOff({}, [cluster()], { directions: ['Egress'] })).toEqual([])
  })
})

describe('a Gateway whose pods a controller makes', () => {
  const gateway = (spec: object, inNamespace = 'shop'): KubernetesObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: inNamespace },
    spec: { gatewayClassName: 'istio', ...spec },
  })
  const listeners = [80, 443, 80, '8080'].map((port) => ({ port }))
  const LABELS = { 'gateway.networking.k8s.io/gateway-name': 'public' }
  const cutOff = (object: KubernetesObject, spec = {}, more: readonly KubernetesObject[] = []) =>
    said('gateway-without-callers', [namespace('shop'), object, ...more], spec)
  const flowTo = (place: string, selector: object = LABELS) => ({
    flows: { [`${place}:443`]: { selector, from: ['any'], reason: 'public' } },
  })

  test('is named with a flow for each of its ports', () => {
    expect(cutOff(gateway({ listeners }))).toEqual(
      containing(
        'expected flow shop/public:80 and flow shop/public:443 from: [any] with a reason, and selector: {"gateway.networking.k8s.io/gateway-name":"public"}',
      ),
    )
  })

  test('is called if one of several flows goes to its pods', () => {
    const other = { 'shop/cart:8080': { from: ['any'], reason: 'public' } }
    const spec = { flows: { ...other, ...flowTo('shop/public').flows } }
    expect(cutOff(gateway({ listeners }), spec, [workload('cart', { ports: [{ containerPort: 8080 }] })])).toEqual([])
    expect(cutOff(gateway({ listeners }), flowTo('blog/public'))).toHaveLength(1)
    const out = { flows: { 'external/192.0.2.1:443': { from: ['shop/cart'] } } }
    expect(cutOff(gateway({ listeners }), out, [workload('cart')])).toHaveLength(1)
    expect(cutOff(gateway({ listeners }), flowTo('shop/other', { app: 'other' }))).toHaveLength(1)
  })

  test('is left alone in a namespace that is not denied, where the build has its pods, and where policy names the gateways', () => {
    expect(cutOff(gateway({ listeners }, 'elsewhere'))).toEqual([])
    expect(cutOff(gateway({ listeners }), {}, [workload('edge', { labels: LABELS })])).toEqual([])
    const gatewayApi = { own: { namespace: 'edge', labels: { app: 'edge' } } }
    expect(cutOff(gateway({ listeners }), { gateways: { gatewayApi } })).toEqual([])
    expect(cutOff(gateway({ listeners }), { directions: ['Egress'] })).toEqual([])
  })

  test('that is a waypoint is called by the pods of the mesh', () => {
    const waypoint = gateway({ gatewayClassName: 'istio-waypoint', listeners: [{ port: 15008 }] })
    expect(cutOff(waypoint)).toEqual([])
    expect(said('waypoint-cut-off', [namespace('shop'), waypoint], { ambient: true })).toEqual(
      containing('expected flow shop/public:15008 with selector: {"gateway'),
    )
  })
})

describe('a Probe of Prometheus', () => {
  const probe = (...targets: unknown[]): KubernetesObject => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'Probe',
    metadata: { name: 'up', namespace: 'shop' },
    spec: { prober: { url: 'blackbox.shop.svc:9115' }, targets: { staticConfig: { static: targets } } },
  })
  const build = [
    namespace('shop'),
    workload('blackbox', { ports: [{ containerPort: 9115 }] }),
    service('blackbox', [{ port: 9115 }]),
    workload('cart', { ports: [{ containerPort: 8080 }] }),
    service('cart', [
      { port: 80, targetPort: 8080 },
      { name: 'b', port: 81, targetPort: 8081 },
    ]),
    workload('other'),
  ]
  const cutOff = (targets: unknown[], flows: Record<string, object> = {}, spec = {}) =>
    said('probe-target-cut-off', [...build, probe(...targets)], { flows, ...spec })
  const from = (...callers: string[]) => ({ from: callers, reason: 'a test' })

  test.each<[target: string, flow: string]>([
    ['http://cart/ready', 'flow shop/cart:8080'],
    ['http://cart.shop:81/', 'flow shop/cart:8081'],
    ['http://cart.shop.svc.cluster.local', 'flow shop/cart:8080'],
    ['https://ledger.bank.svc', 'flow bank/ledger:443'],
    ['https://www.example.com', 'flow external/www.example.com:443'],
  ])('of %s needs a flow, %s', (target, flow) => {
    expect(cutOff([target])).toEqual(containing(`expected ${flow} from: [shop/blackbox]`))
    const key = flow.replace('flow ', '')
    expect(cutOff([target], { [key]: from('shop/blackbox') })).toEqual([])
    expect(cutOff([target], { [key]: from('shop/blackbox', 'shop/other') })).toEqual([])
    expect(cutOff([target], { [key]: from('shop/other') })).toHaveLength(1)
    expect(cutOff([target], { [key.replace(/\d+$/, '9')]: from('shop/blackbox') })).toHaveLength(1)
  })

  test('of a name that nothing here has is taken for one of its own namespace', () => {
    expect(cutOff(['http://unknown'])).toEqual(containing('expected flow shop/unknown:80 from: [shop/blackbox]'))
  })

  test('names each flow once, and those alone that are missing', () => {
    const flows = { 'bank/ledger:80': from('shop/blackbox') }
    expect(cutOff(['http://cart/a', 'http://cart/b', 'http://a.bank.svc', 'http://ledger.bank.svc'], flows)).toEqual(
      containing('expected flow shop/cart:8080 and flow bank/a:80 from'),
    )
  })

  test('is served if its prober may call anything, or if egress is not denied', () => {
    expect(cutOff(['http://cart'], {}, { openEgress: { blackbox: { reason: 'probes all' } } })).toEqual([])
    expect(cutOff(['http://cart'], {}, { directions: ['Ingress'] })).toEqual([])
    expect(cutOff([])).toEqual([])
    expect(cutOff(['http://${HOST}/', 7])).toEqual([])
  })
})

describe('a port by a name that nothing declares', () => {
  const cart = workload('cart', { ports: [{ name: 'http', containerPort: 8080 }] })
  const lost = (ports: Parameters<typeof service>[1], more: readonly KubernetesObject[] = [cart]) =>
    said('port-without-container', [namespace('shop'), ...more, service('cart', ports)])

  test('is named with those that the pods have', () => {
    expect(lost([{ port: 80, targetPort: 'web' }])).toEqual(
      containing(
        'found targetPort web, and no container of Deployment shop/cart has a port of this name; expected one of http,',
      ),
    )
    expect(lost([{ port: 80, targetPort: 'web' }], [workload('cart')])).toEqual(
      containing('expected the number of a port,'),
    )
  })

  test.each<[string, number | string | undefined]>([
    ['the pods declare it', 'http'],
    ['it is a number', 9090],
    ['it is left to its default', undefined],
    ['a sidecar declares it', 'http-envoy-prom'],
    ['a substitution gives it', '${PORT}'],
  ])('is none where %s', (_, targetPort) => {
    expect(lost([{ port: 80, ...(targetPort !== undefined && { targetPort }) }])).toEqual([])
  })

  test('is found if one of several workloads declares it', () => {
    const old = workload('old', { labels: { 'app.kubernetes.io/name': 'cart', version: '1' } })
    expect(lost([{ port: 80, targetPort: 'http' }], [old, cart])).toEqual([])
    const second = workload('second', { labels: { 'app.kubernetes.io/name': 'cart', version: '2' } })
    expect(lost([{ port: 80, targetPort: 'http' }], [old, second])).toEqual(
      containing('no container of Deployment shop/old, Deployment shop/second has a port'),
    )
  })

  test('of a probe or a hook is looked for in its container alone', () => {
    const container = (name: string, more: object) => ({
      name,
      image: 'a',
      ports: [{ name, containerPort: 80 }],
      ...more,
    })
    const httpGet = (port: unknown) => ({ httpGet: { port } })
    const probes = (...containers: object[]) =>
      said('probe-without-port', [namespace('shop'), workload('cart', { spec: { containers } })])
    const own = container('a', {
      livenessProbe: httpGet('a'),
      readinessProbe: httpGet(81),
      startupProbe: httpGet('${P}'),
    })
    expect(probes(own)).toEqual([])
    expect(probes(own, container('b', { livenessProbe: httpGet('a') }))).toEqual(
      containing(
        'container b: livenessProbe.httpGet.port: found port a, which the container does not declare; expected one of b,',
      ),
    )
    expect(probes({ name: 'c', image: 'a', lifecycle: { preStop: httpGet('web') } })).toEqual(
      containing(
        'container c: lifecycle.preStop.httpGet.port: found port web, which the container does not declare; expected the number',
      ),
    )
  })
})

describe('a monitor that no Prometheus reads', () => {
  const monitor: KubernetesObject = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name: 'all', namespace: 'shop' },
    spec: { selector: {}, podMetricsEndpoints: [{ port: 'a' }, { port: 'b' }] },
  }
  const pods = (name: string) =>
    workload(name, {
      ports: [
        { name: 'a', containerPort: 9100 },
        { name: 'b', containerPort: 9200 },
      ],
    })
  const unread = (flows: Record<string, object> = {}, spec: Record<string, unknown> = {}) =>
    said('monitor-without-scraper', [namespace('shop'), pods('cart'), pods('web'), monitor], {
      scrape: undefined,
      flows,
      ...spec,
    })
  const from = (...callers: string[]) => ({ from: callers, plain: true, reason: 'a test' })

  test('is named once, with all that it asks for', () => {
    expect(unread()).toEqual(
      containing('a scrape of shop/cart:9100, shop/cart:9200, shop/web:9100, shop/web:9200, and'),
    )
  })

  test('is served where a flow admits somebody whose pods are not here', () => {
    expect(unread({ 'shop/cart:9100': from('agents/agent'), 'shop/web:9100': from('shop/cart') })).toEqual(
      containing('a scrape of shop/cart:9200, shop/web:9100, shop/web:9200, and'),
    )
    expect(unread({ 'shop/cart:9100': from('any') })).toEqual(
      containing('a scrape of shop/cart:9200, shop/web:9100, shop/web:9200, and'),
    )
    expect(unread({}, { directions: ['Egress'] })).toEqual([])
    expect(unread({}, { namespaces: { shop: { off: true, reason: 'moving' } } })).toEqual([])
  })
})

describe('a Service whose pods an operator may make', () => {
  const pods = { 'app.kubernetes.io/name': 'queue', 'app.kubernetes.io/component': 'rabbitmq' }
  const queue = (inNamespace = 'shop'): KubernetesObject => ({
    apiVersion: 'rabbitmq.com/v1beta1',
    kind: 'RabbitmqCluster',
    metadata: { name: 'queue', namespace: inNamespace },
    spec: {},
  })
  const lost = (selector: Record<string, string>, made = queue()) =>
    said('service-selects-nothing', [namespace('shop'), made, service('queue', [{ port: 5672 }], selector)])

  test('may select them by labels of which some are not known, but none contradicts', () => {
    expect(lost({ ...pods, 'example.com/tier': 'data' })).toEqual([])
    expect(lost({ 'example.com/tier': 'data' })).toHaveLength(1)
    expect(lost({ ...pods, 'app.kubernetes.io/name': 'other' })).toHaveLength(1)
    expect(lost(pods, queue('elsewhere'))).toHaveLength(1)
  })

  test('selects nothing by intent if it has no selector', () => {
    expect(lost({})).toEqual([])
  })
})

test('a Namespace without the label of its name is named where policies select by labels', () => {
  const labels = { namespaceLabel: 'example.com/name' }
  const unlabelled = (spec: object) =>
    said('unlabelled-namespace', [namespace('shop'), workload('cart')], { ...labels, ...spec })
  expect(unlabelled({})).toEqual(containing('shop: found no such label, expected shop,'))
  expect(unlabelled({ dialect: 'cilium' })).toEqual([])
})
