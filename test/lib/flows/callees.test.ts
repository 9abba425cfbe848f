import { tcp } from '../../../functions/lib/flows/port.ts'
import { APP, callee, HTTP, messages, namespace, resolve, service, workload } from './lib.ts'

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
