import { namesBackends } from '../../functions/lib/flows/backend-references.ts'
import { backendCalls } from '../../functions/lib/flows/backends.ts'
import { type Flow, parseFlows } from '../../functions/lib/flows/flow.ts'
import { numberOf, tcp } from '../../functions/lib/flows/port.ts'
import { resolveFlows } from '../../functions/lib/flows/resolve.ts'
import { type FlowsSpec, flowsSchema } from '../../functions/lib/flows/schema.ts'
import { policySelector, topologyOf } from '../../functions/lib/flows/topology.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const APP = 'app.kubernetes.io/name'
const COMPONENT = 'app.kubernetes.io/component'

type Labels = Record<string, string>

const namespace = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

const workload = (
  name: string,
  {
    kind = 'Deployment',
    namespace = 'shop',
    labels = { [APP]: name },
    ports = { http: 8080 },
  }: { kind?: string; namespace?: string; labels?: Labels; ports?: Record<string, number> } = {},
): KubernetesObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec: {
    ...(kind !== 'Job' && { selector: { matchLabels: labels } }),
    template: {
      metadata: { labels: { ...labels } },
      spec: {
        containers: [
          {
            name: 'app',
            image: 'app',
            ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
          },
        ],
      },
    },
  },
})

const service = (
  name: string,
  ports: Record<string, unknown>[],
  { selector = { [APP]: name }, headless = false }: { selector?: Labels; headless?: boolean } = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { ...(headless && { clusterIP: 'None' }), selector, ports },
})

const HTTP = { name: 'http', port: 80, targetPort: 'http' }

const spec = (flows: Record<string, object>): FlowsSpec => parseConfig(flowsSchema as never, flows, 'flows')
const resolve = (objects: KubernetesObject[], flows: Record<string, object>) =>
  resolveFlows(parseFlows(spec(flows)), topologyOf(objects))
const messages = (objects: KubernetesObject[], flows: Record<string, object>): string[] =>
  resolve(objects, flows).findings.map(({ severity, message }) => `${severity}: ${message}`)
const callee = (objects: KubernetesObject[], flows: Record<string, object>) => {
  const { flows: resolved, findings } = resolve(objects, flows)
  expect(findings).toEqual([])
  return resolved.flatMap(({ callees }) => callees.map(({ workload, ...rest }) => rest))
}
const callerNames = (objects: KubernetesObject[], flows: Record<string, object>): string[] =>
  resolve(objects, flows).flows.flatMap(({ callers }) => callers.map(({ name }) => name))

describe('parsing', () => {
  const caller = (from: unknown): Flow['callers'][number] | undefined =>
    parseFlows(spec({ 'shop/cart:http': { from: [from] } }))[0]?.callers[0]

  test.each([
    ['web', { type: 'workload', name: 'web' }],
    ['self', { type: 'self' }],
    ['any', { type: 'any' }],
    ['stock/stock', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock' } }],
    ['stock/stock/api', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock', [COMPONENT]: 'api' } }],
    ['stock/stock/', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock', [COMPONENT]: '' } }],
    ['stock/*', { type: 'pods', namespace: 'stock', labels: undefined }],
    [
      { namespace: 'stock', labels: { tier: 'a' } },
      { type: 'pods', namespace: 'stock', labels: { tier: 'a' } },
    ],
  ])('caller %j', (from, expected) => expect(caller(from)).toEqual(expected))

  test.each([
    ['shop/cart:http', { type: 'workload', namespace: 'shop', name: 'cart' }, 'http'],
    ['shop/cart:8080', { type: 'workload', namespace: 'shop', name: 'cart' }, 8080],
    ['shop/*:http', { type: 'workload', namespace: 'shop', name: '*' }, 'http'],
    ['external/api.example.com:443', { type: 'external', host: 'api.example.com' }, 443],
    ['shop/*:*', { type: 'workload', namespace: 'shop', name: '*' }, '*'],
    ['external/*.example.com:443', { type: 'external', host: '*.example.com' }, 443],
    ['external/api.$(DOMAIN):443', { type: 'external', host: 'api.$(DOMAIN)' }, 443],
    ['external/[2001:db8::10]:443', { type: 'external', host: '2001:db8::10' }, 443],
    ['external/192.0.2.1:443', { type: 'external', host: '192.0.2.1' }, 443],
  ])('destination %s', (key, destination, port) => {
    expect(parseFlows(spec({ [key]: { from: ['a/b'] } }))[0]).toMatchObject({ key, destination, port })
  })

  test.each([
    ['dns/unbound:53/udp', { port: 53, protocol: 'UDP', endPort: undefined }],
    ['shop/cart:sip/sctp', { port: 'sip', protocol: 'SCTP', endPort: undefined }],
    ['external/turn.example.com:30000-30100/udp', { port: 30000, endPort: 30100, protocol: 'UDP' }],
    ['shop/cart:80', { port: 80, protocol: undefined, endPort: undefined }],
  ])('ports of %s', (key, expected) => {
    const [flow] = parseFlows(spec({ [key]: { from: ['a/b'] } }))
    expect({ port: flow?.port, protocol: flow?.protocol, endPort: flow?.endPort }).toEqual(expected)
  })

  test('flows come in the order of their keys, however policy was merged', () => {
    const flows = { 'shop/web:80': { from: ['a'] }, 'shop/cart:80': { from: ['a'] } }
    expect(parseFlows(spec(flows)).map(({ key }) => key)).toEqual(['shop/cart:80', 'shop/web:80'])
  })

  const callersOf = (flow: object) =>
    parseFlows(spec({ 'shop/cart:http': flow })).map(({ plain, callers }) => ({ plain, callers }))

  test('a map of callers is the list of its keys, without those that are null', () => {
    const map = {
      web: {},
      'stock/stock/api': {},
      gone: null,
      report: { namespace: 'batch', labels: { job: 'report' } },
    }
    const list = ['web', 'stock/stock/api', { namespace: 'batch', labels: { job: 'report' } }]
    expect(callersOf({ from: map })).toEqual(callersOf({ from: list }))
    expect(callersOf({ from: { web: {} }, plain: true })).toEqual(callersOf({ from: ['web'], plain: true }))
  })

  test('callers through the proxies and past them are two flows of one key', () => {
    const both = [
      { plain: false, callers: [{ type: 'workload', name: 'web' }] },
      { plain: true, callers: [{ type: 'workload', name: 'agent' }] },
    ]
    expect(callersOf({ from: { agent: { plain: true }, web: {} } })).toEqual(both)
    expect(callersOf({ from: { agent: {}, web: { plain: false } }, plain: true })).toEqual(both)
  })

  test.each([
    [
      { cart: { from: ['web'] } },
      'flows.cart: expected a destination namespace/workload:port or external/host:port, an IPv6 address in brackets, and UDP or SCTP as port/udp as key, found "cart"',
    ],
    [{ 'shop/cart': { from: ['web'] } }, 'flows["shop/cart"]: expected a destination'],
    [
      { 'external/API.example.com:443': { from: ['shop/web'] } },
      'flows["external/API.example.com:443"]: expected external/host:port, its host in lower case, and * for nothing but its first label as key',
    ],
    [{ 'external/*:443': { from: ['shop/web'] } }, 'flows["external/*:443"]: expected external/host:port'],
    [{ 'external/a.example.com:*': { from: ['a/b'] } }, 'expected a destination with a port from 1 to 65535 or *'],
    [{ '*/cart:80': { from: ['web'] } }, 'flows["*/cart:80"]: expected a destination namespace/workload:port'],
    [{ 'shop/cart:0': { from: ['web'] } }, 'flows["shop/cart:0"]: expected a destination with a port from 1 to 65535'],
    [{ 'shop/cart:65536': { from: ['web'] } }, 'expected a destination with a port from 1 to 65535'],
    [
      { 'shop/cart:80-90': { from: ['web'] } },
      'expected a destination with a port from 1 to 65535 or *, or external/host',
    ],
    [
      { 'external/a.example.com:90-80': { from: ['a/b'] } },
      'expected a destination with a port from 1 to 65535 or *, or',
    ],
    [{ 'shop/[::1]:80': { from: ['web'] } }, 'expected external/host:port'],
    [{ 'external/2001:db8::10:443': { from: ['a/b'] } }, 'an IPv6 address in brackets'],
    [{ 'shop/cart:80/icmp': { from: ['web'] } }, 'UDP or SCTP as port/udp'],
    [{ 'shop/kafka:80': { from: ['web'], selector: {} } }, '.selector: expected at least one label, found {}'],
    [{ 'shop/cart:80': {} }, 'flows["shop/cart:80"].from: expected callers, or expect: uncalled in place of them'],
    [{ 'shop/cart:80': { from: {} } }, 'from: expected at least one caller; null for the flow takes it away, found {}'],
    [{ 'shop/cart:80': { from: { web: null } } }, 'from: expected at least one caller'],
    [
      { 'shop/cart:80': { from: { 'a b': {} } } },
      'from: expected keys that are a caller such as workload, namespace/app',
    ],
    [{ 'shop/cart:80': { from: { a: { namespace: 'b' } } } }, 'from.a: expected namespace and labels together'],
    [{ 'shop/cart:80': { from: { a: { plian: true } } } }, 'from.a.plian: unknown key (did you mean plain?)'],
    [{ 'shop/cart:80': { from: [] } }, 'flows["shop/cart:80"].from: expected a length of at least 1'],
    [
      { 'shop/cart:80': { from: ['a b'] } },
      'flows["shop/cart:80"].from[0]: expected a caller such as workload, namespace/app',
    ],
    [
      { 'shop/cart:80': { from: ['web'], plian: true } },
      'flows["shop/cart:80"].plian: unknown key (did you mean plain?)',
    ],
    [
      { 'shop/cart:80': { from: ['any'], reason: '' } },
      'flows["shop/cart:80"].reason: expected a length of at least 1',
    ],
    ...['shop/', 'shop/*/api', '*/web', 'shop/we*', '*'].map((caller): [object, string] => [
      { 'shop/cart:80': { from: [caller] } },
      'flows["shop/cart:80"].from[0]: expected a caller such as workload, namespace/app',
    ]),
  ])('refuses %j', (flows, message) => expect(() => spec(flows as never)).toThrow(message))
})

describe('the callee', () => {
  const from = { from: ['web'] }
  const web = workload('web')

  test('is called at the port of its Service, and admits the port of its pods', () => {
    expect(callee([web, workload('cart'), service('cart', [HTTP])], { 'shop/cart:http': from })).toEqual([
      {
        namespace: 'shop',
        name: 'cart',
        isHere: true,
        labels: { [APP]: 'cart' },
        port: tcp(8080),
        dialled: tcp(80),
        host: 'cart.shop.svc.cluster.local',
      },
    ])
  })

  test.each([
    ['name of the Service port', 'public', 8080, 80],
    ['number of the Service port', 80, 8080, 80],
    ['name of the port on the pod', 'http', 8080, 80],
    ['number of the port on the pod', 8080, 8080, 80],
  ])('by the %s', (_, port, onPod, dialled) => {
    const objects = [web, workload('cart'), service('cart', [{ name: 'public', port: 80, targetPort: 'http' }])]
    expect(callee(objects, { [`shop/cart:${port}`]: from })).toMatchObject([
      { port: tcp(onPod), dialled: tcp(dialled) },
    ])
  })

  test('of a headless Service is dialled at its pods', () => {
    const objects = [web, workload('cart'), service('cart', [HTTP], { headless: true })]
    expect(callee(objects, { 'shop/cart:http': from })).toMatchObject([{ port: tcp(8080), dialled: tcp(8080) }])
  })

  test('is called by the Service that the flow names, where several select it', () => {
    const ring = service('ring', [HTTP], { selector: { [APP]: 'cart' }, headless: true })
    const objects = [web, workload('cart'), service('cart', [HTTP]), ring]
    expect(callee(objects, { 'shop/cart:http': { ...from, service: 'ring' } })).toMatchObject([
      { dialled: tcp(8080), host: 'ring.shop.svc.cluster.local' },
    ])
  })

  test('may be called by the name that its Service had before Kustomize renamed it', () => {
    const renamed = service('shop-cart', [HTTP], { selector: { [APP]: 'cart' } })
    renamed.metadata.annotations = { 'internal.config.kubernetes.io/previousNames': 'cart' }
    expect(callee([web, workload('cart'), renamed], { 'shop/cart:http': { ...from, service: 'cart' } })).toMatchObject([
      { host: 'shop-cart.shop.svc.cluster.local' },
    ])
  })

  test('of a plain flow needs no Service and has no host', () => {
    expect(callee([web, workload('cart')], { 'shop/cart:9095': { ...from, plain: true } })).toMatchObject([
      { port: tcp(9095), dialled: tcp(9095), host: undefined },
    ])
    const objects = [web, workload('cart'), service('cart', [HTTP])]
    expect(callee(objects, { 'shop/cart:http': { ...from, plain: true } })).toMatchObject([
      { port: tcp(8080), dialled: tcp(80), host: undefined },
    ])
  })

  test('of a plain flow is dialled as its Services say, if they agree', () => {
    const ring = (port: Record<string, unknown>, headless: boolean) =>
      service('ring', [port], { selector: { [APP]: 'cart' }, headless })
    const plain = { 'shop/cart:http': { ...from, plain: true } }
    expect(callee([web, workload('cart'), service('cart', [HTTP]), ring(HTTP, false)], plain)).toMatchObject([
      { port: tcp(8080), dialled: tcp(80), host: undefined },
    ])
    const apart = [web, workload('cart'), service('cart', [HTTP]), ring(HTTP, true)]
    expect(messages(apart, plain)).toEqual([
      'error: flow shop/cart:http: found 2 Services that carry port http: cart, ring; expected service: to name the one that callers use',
    ])
    expect(callee(apart, { 'shop/cart:http': { ...from, plain: true, service: 'ring' } })).toMatchObject([
      { dialled: tcp(8080) },
    ])
  })

  test('is reached by a port of its Service before one of its pods of the same number', () => {
    const ports = [
      { name: 'admin', port: 8081, targetPort: 80 },
      { name: 'public', port: 80, targetPort: 8080 },
    ]
    expect(callee([web, workload('cart'), service('cart', ports)], { 'shop/cart:80': from })).toMatchObject([
      { port: tcp(8080), dialled: tcp(80) },
    ])
  })

  test('in another stack is known only from the flow', () => {
    expect(callee([web], { 'stock/stock:http': { from: ['shop/web'] } })).toEqual([
      {
        namespace: 'stock',
        name: 'stock',
        isHere: false,
        labels: undefined,
        port: { protocol: 'TCP', port: 'http' },
        dialled: { protocol: 'TCP', port: 'http' },
        host: 'stock.stock.svc.cluster.local',
      },
    ])
    expect(callee([web], { 'stock/*:http': { from: ['shop/web'] } })).toMatchObject([
      { host: '*.stock.svc.cluster.local' },
    ])
    expect(callee([web], { 'stock/stock:80': { from: ['shop/web'], service: 'api' } })).toMatchObject([
      { host: 'api.stock.svc.cluster.local' },
    ])
    expect(callee([web], { 'stock/stock:80': { from: ['shop/web'], plain: true } })).toMatchObject([
      { host: undefined },
    ])
  })

  test('that is made at run time is known by the labels of the flow', () => {
    const flows = { 'shop/kafka:9092': { from: ['web'], selector: { cluster: 'kafka' }, service: 'kafka-bootstrap' } }
    const expected = {
      namespace: 'shop',
      name: 'kafka',
      labels: { cluster: 'kafka' },
      port: tcp(9092),
      dialled: tcp(9092),
      host: 'kafka-bootstrap.shop.svc.cluster.local',
    }
    expect(callee([namespace('shop'), web], flows)).toEqual([{ ...expected, isHere: true }])
    expect(callee([web], flows)).toEqual([{ ...expected, isHere: false }])
  })

  test('* is every workload of the namespace that carries the port', () => {
    const ring = { ring: 'yes' }
    const objects = [
      workload('a', { labels: { [APP]: 'a', ...ring }, ports: { gossip: 7946 } }),
      workload('b', { labels: { [APP]: 'b', ...ring }, ports: { gossip: 7946 } }),
      workload('c'),
      service('gossip-ring', [{ name: 'gossip', port: 7946 }], { selector: ring, headless: true }),
    ]
    expect(callee(objects, { 'shop/*:gossip': { from: ['self'] } }).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(messages(objects, { 'shop/*:gosip': { from: ['self'] } })).toContainEqual(
      expect.stringContaining('found no port gosip on its containers or Services (did you mean gossip?)'),
    )
  })

  test('* as port is every port, by each Service of a workload, and of a namespace as one', () => {
    const admin = service('cart-admin', [HTTP], { selector: { [APP]: 'cart' } })
    const objects = [web, workload('cart'), service('cart', [HTTP]), admin]
    const every = { from: ['other/app'], reason: 'to start with' }
    const called = (key: string) =>
      callee(objects, { [key]: every }).map(({ name, port, host }) => [name, port.protocol, host])
    const cart = [
      ['cart', 'TCP', 'cart.shop.svc.cluster.local'],
      ['cart', 'TCP', 'cart-admin.shop.svc.cluster.local'],
      ['cart', 'UDP', undefined],
    ]
    expect(called('shop/*:*')).toEqual(
      ['web', 'cart'].flatMap((name) => [
        [name, 'TCP', '*.shop.svc.cluster.local'],
        [name, 'UDP', undefined],
      ]),
    )
    expect(called('shop/cart:*')).toEqual(cart)
    expect(called('shop/cart:*/udp')).toEqual([['cart', 'UDP', undefined]])
    expect(callee([web], { 'stock/*:*': { from: ['shop/web'], reason: 'to start with' } })).toMatchObject([
      { port: { protocol: 'TCP', port: 1, endPort: 65535 }, host: '*.stock.svc.cluster.local' },
      { port: { protocol: 'UDP', port: 1, endPort: 65535 }, host: undefined },
    ])
    const ids = (key: string, flow: object) => resolve(objects, { [key]: flow }).findings.map(({ id }) => id)
    expect(ids('shop/web:*', every)).toEqual(['flows/no-service'])
    expect(ids('shop/cart:*', { from: ['web'] })).toEqual(['flows/every-port-without-reason'])
    expect(ids('shop/cart:*', { ...every, plain: true })).toEqual(['flows/every-port-past-proxy'])
  })

  test('* may leave out no workload that carries the port and that callers cannot reach', () => {
    const objects = [web, workload('cart'), service('cart', [HTTP])]
    expect(messages(objects, { 'shop/*:http': { from: ['other/app'] } })).toEqual([
      expect.stringContaining('flow shop/*:http: found no Service that selects it and carries port http'),
    ])
    expect(callee(objects, { 'shop/*:9095': { from: ['self'], plain: true } }).map(({ name }) => name)).toEqual([
      'web',
      'cart',
    ])
    const ring = workload('ring', { ports: { gossip: 7946 } })
    expect(callee([...objects, ring], { 'shop/*:7946': { from: ['self'], plain: true } })).toMatchObject([
      { name: 'ring' },
    ])
  })
})

test('if workloads share a name, those that carry the port are called', () => {
  const objects = [
    workload('cart'),
    workload('cart', { kind: 'Job', labels: { job: 'cart' }, ports: {} }),
    service('cart', [HTTP]),
  ]
  const flows = { 'shop/cart:http': { from: ['web/web'] } }
  expect(callee(objects, flows).map(({ labels }) => labels)).toEqual([{ [APP]: 'cart' }])
  expect(messages(objects.slice(1), flows)).toContainEqual(expect.stringContaining('found no port http'))
})

describe('what the build should have but does not is reported', () => {
  const objects = [namespace('shop'), workload('web'), workload('cart'), service('cart', [HTTP])]
  const twice = service('cart-public', [HTTP], { selector: { [APP]: 'cart' } })

  test.each<[string, KubernetesObject[], Record<string, object>, string[]]>([
    [
      'a workload',
      objects,
      { 'shop/crat:http': { from: ['web'] } },
      [
        'error: flow shop/crat:http: found no workload crat in namespace shop of this build (did you mean cart?); expected one of web, cart, or a selector for pods that are made at run time, or elsewhere.shop/crat with a reason if another build has it',
      ],
    ],
    [
      'a workload, in a namespace whose Namespace is elsewhere, where a name is near',
      objects.slice(1),
      { 'shop/crat:http': { from: ['web'] } },
      [expect.stringContaining('found no workload crat in namespace shop of this build (did you mean cart?)') as never],
    ],
    [
      'a port',
      objects,
      { 'shop/cart:htpp': { from: ['web'] } },
      [
        'error: flow shop/cart:htpp: found no port htpp on its containers or Services (did you mean http?); expected one of http, or a number',
      ],
    ],
    [
      'a Service',
      objects,
      { 'shop/web:http': { from: ['cart'] } },
      [
        'error: flow shop/web:http: found no Service that selects it and carries port http; expected one, because a Sidecar admits only hosts of the registry, or plain: true for traffic past the proxies',
      ],
    ],
    [
      'the Service that the flow names',
      objects,
      { 'shop/cart:http': { from: ['web'], service: 'crt' } },
      [
        'error: flow shop/cart:http: found no Service crt that selects it and carries port http (did you mean cart?); expected one of cart',
      ],
    ],
    [
      'one Service where there are two',
      [...objects, twice],
      { 'shop/cart:http': { from: ['web'] } },
      [
        'error: flow shop/cart:http: found 2 Services that carry port http: cart, cart-public; expected service: to name the one that callers use',
      ],
    ],
    [
      'one Service where there are two, by the name of a port that no container declares',
      [
        ...objects.slice(0, 3),
        ...['cart', 'cart-read'].map((name) =>
          service(name, [{ name: 'sql', port: 5432 }], { selector: { [APP]: 'cart' } }),
        ),
      ],
      { 'shop/cart:sql': { from: ['web'] } },
      [
        'error: flow shop/cart:sql: found 2 Services that carry port sql: cart, cart-read; expected service: to name the one that callers use',
      ],
    ],
    [
      'the label of a caller that is named like a workload',
      [...objects, workload('agent', { kind: 'DaemonSet', namespace: 'other', labels: { 'k8s-app': 'agent' } })],
      { 'shop/cart:http': { from: ['other/agent'] } },
      [
        'warning: flow shop/cart:http: found caller other/agent, which is named like this object, whose pods carry other labels; expected {"namespace":"other","labels":{"k8s-app":"agent"}}',
      ],
    ],
    [
      'a Service that selects anything',
      [workload('web'), workload('cart'), service('cart', [HTTP], { selector: {} })],
      { 'shop/cart:http': { from: ['web'] } },
      [expect.stringContaining('found no Service that selects it') as never],
    ],
    [
      'a caller',
      objects,
      { 'shop/cart:http': { from: ['wbe'] } },
      [
        'error: flow shop/cart:http: found caller wbe, expected a workload of namespace shop (did you mean web?); pods that are made elsewhere are written shop/app/component or {namespace, labels}',
      ],
    ],
    [
      'a reason for any',
      objects,
      { 'shop/cart:http': { from: ['any'] } },
      ['error: flow shop/cart:http: found from: any without a reason; expected a reason, or the callers by name'],
    ],
    [
      'a namespace to look for the caller of an external host in',
      objects,
      { 'external/api.example.com:443': { from: ['web'] } },
      [
        'error: flow external/api.example.com:443: found caller web; expected namespace/app, namespace/app/component, namespace/* or {namespace, labels}, because a destination outside the cluster has no namespace to look for callers in',
      ],
    ],
    [
      'a name for pods that are made at run time',
      objects,
      { 'shop/*:9092': { from: ['web'], selector: { cluster: 'kafka' } } },
      [
        'error: flow shop/*:9092: found * for pods that a selector selects and no workload of the build has; expected a name for them, because what is generated for them is named by it',
      ],
    ],
    [
      'the number of a port outside',
      objects,
      { 'external/api.example.com:https': { from: ['shop/web'] } },
      [
        'error: flow external/api.example.com:https: found port https, expected a number, because nothing in the cluster says what the name means outside',
      ],
    ],
  ])('%s', (_, build, flows, expected) => expect(messages(build, flows)).toEqual(expected))
})

test('a caller of a map may have a reason of its own, and each needs one', () => {
  const named = { 'orders/*': { reason: 'batch' }, any: { reason: 'public' } }
  expect(messages([namespace('shop')], { 'stock/stock:http': { from: named } })).toEqual([])
  const { findings } = resolve([namespace('shop')], { 'stock/stock:http': { from: { ...named, 'report/*': {} } } })
  expect(findings).toMatchObject([{ id: 'flows/namespace-without-reason' }])
})

test('a whole namespace as caller needs a reason, even where nothing of the flow is in the build', () => {
  const { findings } = resolve([namespace('shop')], { 'stock/stock:http': { from: ['orders/*'] } })
  expect(findings).toMatchObject([{ id: 'flows/namespace-without-reason', tags: { flow: 'stock/stock:http' } }])
})

describe('protocols', () => {
  const objects = [
    workload('cart', { ports: { http: 8080, quic: 8443 } }),
    service('cart', [
      { name: 'https', port: 443, targetPort: 8080 },
      { name: 'http3', port: 443, targetPort: 8443, protocol: 'UDP' },
    ]),
  ]
  const ports = (key: string): unknown[] =>
    callee(objects, { [key]: { from: ['stock/stock'] } }).map(({ port: { protocol, port }, host }) => [
      protocol,
      port,
      host,
    ])
  const host = 'cart.shop.svc.cluster.local'

  test('one number of a Service leads to a port under each of its protocols', () =>
    expect(ports('shop/cart:443')).toEqual([
      ['TCP', 8080, host],
      ['UDP', 8443, undefined],
    ]))

  test('the protocol of a flow chooses one of them, and no proxy has a host for UDP', () => {
    expect(ports('shop/cart:443/tcp')).toEqual([['TCP', 8080, host]])
    expect(ports('shop/cart:443/udp')).toEqual([['UDP', 8443, undefined]])
  })

  test('UDP needs no Service', () => expect(ports('shop/cart:5060/udp')).toEqual([['UDP', 5060, undefined]]))
})

test('a flow that touches nothing in the build is not reported', () => {
  const flows = {
    'stock/stock:http': { from: ['orders/orders', 'api'] },
    'external/a.example.com:443': { from: ['stock/*'], reason: 'all of it is one program' },
  }
  expect(resolve([namespace('shop'), workload('web')], flows)).toEqual({ flows: [], findings: [] })
})

describe('callers', () => {
  const labels = (component: string): Labels => ({ [APP]: 'cart', [COMPONENT]: component })
  const objects = [
    workload('cart', { labels: labels('server') }),
    workload('cart-cache', { labels: labels('cache') }),
    workload('web'),
    service('cart', [HTTP], { selector: labels('server') }),
  ]

  test.each([
    [['web'], ['web'], [{ namespace: 'shop', labels: { [APP]: 'web' } }]],
    [['self'], ['cart'], [{ namespace: 'shop', labels: labels('server') }]],
    [['shop/cart'], ['cart', 'cart-cache'], [{ namespace: 'shop', labels: { [APP]: 'cart' } }]],
    [['shop/cart/cache'], ['cart-cache'], [{ namespace: 'shop', labels: labels('cache') }]],
    [['shop/*'], ['cart', 'cart-cache', 'web'], [{ namespace: 'shop', labels: undefined }]],
    [['stock/stock'], [], [{ namespace: 'stock', labels: { [APP]: 'stock' } }]],
    [['web', 'shop/web'], ['web'], [{ namespace: 'shop', labels: { [APP]: 'web' } }]],
  ])('%j', (from, names, peers) => {
    const { flows, findings } = resolve(objects, { 'shop/cart:http': { from, reason: 'callers of every form' } })
    expect(findings).toEqual([])
    expect(flows[0]?.callers.map(({ name }) => name)).toEqual(names)
    expect(flows[0]?.peers).toEqual(peers)
  })

  test('any admits everyone, and the callers named next to it still get their egress', () => {
    const { flows } = resolve(objects, { 'shop/cart:http': { from: ['any', 'web'], reason: 'a public API' } })
    expect(flows[0]).toMatchObject({ peers: 'any', callers: [{ name: 'web' }] })
  })

  test('call what is outside the cluster', () => {
    expect(callerNames(objects, { 'external/a.example.com:443': { from: ['shop/web', 'stock/*'] } })).toEqual(['web'])
  })
})

describe('the labels by which policies select', () => {
  const selector = (name: string, objects: KubernetesObject[]): Labels => {
    const topology = topologyOf(objects)
    const found = topology.workloads.find((candidate) => candidate.name === name)
    return found ? { ...policySelector(found, topology) } : {}
  }
  const utilities = { variant: 'utilities' }

  test.each<[string, Labels, KubernetesObject[], Labels]>([
    ['name and component', { [APP]: 'a', [COMPONENT]: 'b' }, [], { [APP]: 'a', [COMPONENT]: 'b' }],
    ['name alone', { [APP]: 'a' }, [], { [APP]: 'a' }],
    ["the workload's own, where it holds more", { [APP]: 'a', shard: 'c' }, [], { [APP]: 'a', shard: 'c' }],
    ['component alone, of utilities', { [COMPONENT]: 'b', ...utilities }, [], { [COMPONENT]: 'b' }],
    [
      "the workload's own, where name and component select another too",
      { [APP]: 'a', [COMPONENT]: 'b', instance: '0' },
      [workload('other', { labels: { [APP]: 'a', [COMPONENT]: 'b', instance: '1' } })],
      { [APP]: 'a', [COMPONENT]: 'b', instance: '0' },
    ],
    ['its own where it has neither', { app: 'a' }, [], { app: 'a' }],
    [
      'its own where that tells releases apart, which other builds may hold',
      { [APP]: 'a', 'app.kubernetes.io/instance': 'red', tier: 'c' },
      [],
      { [APP]: 'a', 'app.kubernetes.io/instance': 'red', tier: 'c' },
    ],
    ['its own by the older label of releases', { [APP]: 'a', release: 'red' }, [], { [APP]: 'a', release: 'red' }],
  ])('%s', (_, labels, others, expected) => {
    expect(selector('x', [workload('x', { labels }), ...others])).toEqual(expected)
  })

  test('are no more than the workload selects by, if it selects by name and component', () => {
    const more = workload('x', { labels: { [APP]: 'a', tier: 'c' } })
    more.spec = { ...(more.spec as object), selector: { matchLabels: { [APP]: 'a' } } }
    expect(selector('x', [more])).toEqual({ [APP]: 'a' })
  })

  test('are never ones that the mesh writes, which are not there before', () => {
    const job = workload('x', { kind: 'Job', labels: { 'sidecar.istio.io/inject': 'true', 'istio.io/rev': 'canary' } })
    expect(selector('x', [job])).toEqual({})
  })
})

describe('calls that other objects declare', () => {
  const build = [
    workload('hook', { ports: { https: 8443 } }),
    service('hook', [
      { name: 'https', port: 443, targetPort: 'https' },
      { name: 'alt', port: 8080, targetPort: 'https' },
    ]),
  ]
  const reference = { name: 'hook', namespace: 'shop' }
  const object = (apiVersion: string, kind: string, fields: object): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'it', namespace: 'shop' },
    ...fields,
  })
  const calls = (source: KubernetesObject) => {
    const objects = [...build, source]
    const found = backendCalls(objects, topologyOf(objects))
    expect(found.findings).toEqual([])
    return found.calls.map(({ route, workload, port }) => ({ route, name: workload.name, port: numberOf(port) }))
  }
  const clientConfig = { service: reference }

  const route = (rule: object): object => ({ spec: { rules: [rule] } })
  const destination = { host: 'hook.shop.svc.cluster.local', port: { number: 8080 } }

  test.each([
    [
      'apiServer',
      'ValidatingWebhookConfiguration',
      'admissionregistration.k8s.io/v1',
      { webhooks: [{ clientConfig }] },
    ],
    ['apiServer', 'MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', { webhooks: [{ clientConfig }] }],
    ['apiServer', 'APIService', 'apiregistration.k8s.io/v1', { spec: { service: reference } }],
    [
      'apiServer',
      'CustomResourceDefinition',
      'apiextensions.k8s.io/v1',
      { spec: { conversion: { webhook: { clientConfig } } } },
    ],
    [
      'ingress',
      'Ingress',
      'networking.k8s.io/v1',
      route({ http: { paths: [{ backend: { service: { name: 'hook', port: { name: 'alt' } } } }] } }),
    ],
    [
      'istioGateway',
      'VirtualService',
      'networking.istio.io/v1',
      { spec: { gateways: ['a/b'], http: [{ route: [{ destination }] }] } },
    ],
    ['gatewayApi', 'HTTPRoute', 'gateway.networking.k8s.io/v1', route({ backendRefs: [{ name: 'hook', port: 8080 }] })],
  ])('%s by %s', (route, kind, apiVersion, fields) => {
    expect(calls(object(apiVersion, kind, fields))).toEqual([{ route, name: 'hook', port: 8443 }])
  })

  test.each([
    ['VirtualService', 'networking.istio.io/v1', { gateways: ['mesh'], http: [{ route: [{ destination }] }] }],
    ['VirtualService', 'networking.istio.io/v1', { hosts: ['hook'], http: [{ route: [{ destination }] }] }],
    [
      'HTTPRoute',
      'gateway.networking.k8s.io/v1',
      {
        parentRefs: [{ group: '', kind: 'Service', name: 'hook' }],
        rules: [{ backendRefs: [{ name: 'hook', port: 8080 }] }],
      },
    ],
  ])('a %s of the mesh alone says nothing: it routes what flows declare', (kind, apiVersion, spec) => {
    expect(calls(object(apiVersion, kind, { spec }))).toEqual([])
  })

  test('gateways call by delegates and for mirrors too', () => {
    const bound = { gateways: ['a/b'], hosts: ['example.com'] }
    const specs = [
      { http: [{ route: [{ destination }] }] },
      { ...bound, http: [{ mirror: destination }] },
      { ...bound, http: [{ mirrors: [{ destination }] }] },
    ]
    for (const spec of specs)
      expect(calls(object('networking.istio.io/v1', 'VirtualService', { spec }))).toEqual([
        { route: 'istioGateway', name: 'hook', port: 8443 },
      ])
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'hook', port: 8080 } } }]
    expect(calls(object('gateway.networking.k8s.io/v1', 'HTTPRoute', route({ filters })))).toEqual([
      { route: 'gatewayApi', name: 'hook', port: 8443 },
    ])
  })

  test('a VirtualService names no port where the Service has but one', () => {
    const to = (host: string) => ({ destination: { host } })
    const spec = { gateways: ['a/b'], http: [{ route: [to('web'), to('hook')] }] }
    const objects = [
      ...build,
      workload('web'),
      service('web', [HTTP]),
      object('networking.istio.io/v1', 'VirtualService', { spec }),
    ]
    const { calls, findings } = backendCalls(objects, topologyOf(objects))
    expect(calls.map(({ workload, port }) => ({ name: workload.name, port: numberOf(port) }))).toEqual([
      { name: 'web', port: 8080 },
    ])
    expect(findings.map(({ message }) => message)).toEqual([
      'found no port of Service shop/hook, expected one of https, alt, with a target port on the pods',
    ])
  })

  test('a port that the Service does not have is an error of the object that names it', () => {
    const service = { ...reference, port: 444 }
    const source = object('apiregistration.k8s.io/v1', 'APIService', { spec: { service } })
    const objects = [...build, source]
    expect(backendCalls(objects, topologyOf(objects)).findings).toMatchObject([
      { id: 'flows/unknown-backend-port', object: source },
    ])
  })

  test('a definition without a webhook is not even read', () => {
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
    expect(namesBackends({ ...crd, text: 'spec:\n  conversion:\n    strategy: None\n' })).toBe(false)
    expect(namesBackends({ ...crd, text: 'webhook:\n  clientConfig: {}\n' })).toBe(true)
    expect(namesBackends({ ...crd, kind: 'Secret', text: 'clientConfig' })).toBe(false)
  })
})

test('workloads of one namespace are not compared each with each', () => {
  let reads = 0
  const counted = (labels: Labels): Labels =>
    new Proxy(labels, {
      get: (target, key) => {
        reads++
        return target[key as string]
      },
    })
  const readsFor = (count: number): number => {
    const indices = [...Array(count).keys()]
    const labels = (i: number): Labels => ({ [APP]: 'app', [COMPONENT]: `c${i}` })
    const objects = indices.flatMap((i) => [
      workload(`w${i}`, { labels: labels(i) }),
      service(`w${i}`, [HTTP], { selector: labels(i) }),
    ])
    for (const { spec } of objects) {
      const { template } = spec as { template?: { metadata: { labels: Labels } } }
      if (template) template.metadata.labels = counted(template.metadata.labels)
    }
    const flows = Object.fromEntries(
      indices.map((i) => [`shop/w${i}:http`, { from: [`shop/app/c${(i + 1) % count}`] }]),
    )
    reads = 0
    expect(resolve(objects, flows).flows).toHaveLength(count)
    return reads
  }
  const [some, more] = [readsFor(50), readsFor(500)]
  expect(some).toBeGreaterThan(0)
  expect(more).toBe(10 * some)
})
