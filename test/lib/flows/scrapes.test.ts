import { isBehind, madePodsOf, portOfMade, targetOf, targetOfMade } from '../../../functions/lib/flows/made-pods.ts'
import { isMonitor } from '../../../functions/lib/flows/monitor-kinds.ts'
import { calledBy, probeTargets, scrapesOf } from '../../../functions/lib/flows/scrapes.ts'
import { topologyOf } from '../../../functions/lib/flows/topology.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { type Service, servicesOf } from '../../../functions/lib/kubernetes/service.ts'
import { HTTP, namespace, service, workload } from './lib.ts'

const monitor = (kind: string, spec: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'monitoring.coreos.com/v1',
  kind,
  metadata: { name: 'monitor', namespace: 'shop', ...metadata },
  spec,
})
const labelled = (object: KubernetesObject, labels: Record<string, string>, annotations?: Record<string, string>) => ({
  ...object,
  metadata: { ...object.metadata, labels, ...(annotations && { annotations }) },
})
const database = (name = 'db', place = 'shop'): KubernetesObject => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name, namespace: place },
  spec: {},
})
const SELECTOR = { matchLabels: { app: 'cart' } }
const cart = labelled(service('cart', [HTTP, { name: 'metrics', port: 9090, targetPort: 9091 }]), { app: 'cart' })

/** `name:port` of each scrape, then the ids of what was found. */
const scraped = (...objects: KubernetesObject[]): string[] => {
  const { scrapes, findings } = scrapesOf(objects, topologyOf(objects))
  return [
    ...scrapes.map(({ workload: called, pods, port }) => `${called?.name ?? pods?.name}:${port.port}`),
    ...findings.map(({ id, severity }) => `${severity} ${id}`),
  ]
}
const WITHOUT = 'flows/monitor-without-target'

test('monitors are those of the operator', () => {
  const kinds = ['ServiceMonitor', 'PodMonitor', 'Probe', 'Prometheus']
  expect(kinds.map((kind) => isMonitor(monitor(kind, {})))).toEqual([true, true, true, false])
  expect(isMonitor({ apiVersion: 'v1', kind: 'PodMonitor' })).toBe(false)
})

describe('a ServiceMonitor scrapes', () => {
  const of = (endpoint: object, more: object = {}) =>
    monitor('ServiceMonitor', { selector: SELECTOR, endpoints: [endpoint], ...more })

  test.each<[string, KubernetesObject[], string[]]>([
    ['the pods behind a port of a Service', [of({ port: 'http' }), cart], ['cart:8080']],
    ['a number of the pods', [of({ port: 'metrics' }), cart], ['cart:9091']],
    ['a port of the pods by name', [of({ targetPort: 'http' }), cart], ['cart:8080']],
    ['a port of the pods by number', [of({ targetPort: 9999 }), cart], ['cart:9999']],
    ['the port of the Service, if both are given', [of({ port: 'http', targetPort: 9999 }), cart], ['cart:8080']],
    ['no port that the Service lacks', [of({ port: 'grpc' }), cart, namespace('shop')], [`warning ${WITHOUT}`]],
    ['no name that the pods lack', [of({ targetPort: 'grpc' }), cart], [`info ${WITHOUT}`]],
    ['no Service with other labels', [of({ port: 'http' }), labelled(cart, { app: 'x' })], [`info ${WITHOUT}`]],
    [
      'each port once',
      [of({ port: 'http' }, { endpoints: [{ port: 'http' }, { port: 'metrics' }] }), cart],
      ['cart:8080', 'cart:9091'],
    ],
    [
      'no other namespace',
      [{ ...of({ port: 'http' }), metadata: { name: 'm', namespace: 'blog' } }, cart],
      [`info ${WITHOUT}`],
    ],
    [
      'a namespace that it names',
      [
        {
          ...of({ port: 'http' }, { namespaceSelector: { matchNames: ['shop'] } }),
          metadata: { name: 'm', namespace: 'blog' },
        },
        cart,
      ],
      ['cart:8080'],
    ],
    [
      'every namespace, if it says so',
      [
        { ...of({ port: 'http' }, { namespaceSelector: { any: true } }), metadata: { name: 'm', namespace: 'blog' } },
        cart,
      ],
      ['cart:8080'],
    ],
    [
      'nothing here, if it names namespaces of this build in vain',
      [
        of({ port: 'http' }, { namespaceSelector: { matchNames: ['shop'] }, selector: { matchLabels: { a: 'b' } } }),
        cart,
        namespace('shop'),
      ],
      [`warning ${WITHOUT}`],
    ],
    [
      'perhaps another build, if it looks everywhere',
      [
        of({ port: 'http' }, { namespaceSelector: { any: true }, selector: { matchLabels: { a: 'b' } } }),
        cart,
        namespace('shop'),
      ],
      [`info ${WITHOUT}`],
    ],
    [
      'pods that an operator makes',
      [
        of({ port: 'metrics' }),
        database(),
        labelled(
          service('db-metrics', [{ name: 'metrics', port: 80, targetPort: 'metrics' }], {
            selector: { 'cnpg.io/cluster': 'db' },
          }),
          { app: 'cart' },
        ),
      ],
      ['db:9187'],
    ],
    [
      'such pods by a port of theirs',
      [
        of({ targetPort: 'metrics' }),
        database(),
        labelled(service('db-metrics', [{ port: 80 }], { selector: { 'cnpg.io/cluster': 'db' } }), { app: 'cart' }),
      ],
      ['db:9187'],
    ],
  ])('%s', (_, objects, expected) => expect(scraped(workload('cart'), ...objects)).toEqual(expected))
})

describe('a PodMonitor scrapes', () => {
  const of = (endpoint: object, matchLabels: object = { 'app.kubernetes.io/name': 'cart' }) =>
    monitor('PodMonitor', { selector: { matchLabels }, podMetricsEndpoints: [endpoint] })
  test.each<[string, KubernetesObject, string[]]>([
    ['a port by its name', of({ port: 'http' }), ['cart:8080']],
    ['a port by its number', of({ portNumber: 9090 }), ['cart:9090']],
    ['a port by number or name, as older versions write it', of({ targetPort: 'http' }), ['cart:8080']],
    ['no name that the pods lack', of({ port: 'grpc' }), [`info ${WITHOUT}`]],
    ['no other pods', of({ port: 'http' }, { a: 'b' }), [`info ${WITHOUT}`]],
    ['pods that an operator makes', of({ port: 'metrics' }, { 'cnpg.io/cluster': 'db' }), ['db:9187']],
  ])('%s', (_, object, expected) => expect(scraped(workload('cart'), database(), object)).toEqual(expected))
})

describe('the annotations of a Service ask for a scrape', () => {
  const annotated = (annotations: Record<string, string>) => scraped(workload('cart'), labelled(cart, {}, annotations))
  test.each<[string, Record<string, string>, string[]]>([
    ['of the port that they give', { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9999' }, ['cart:9999']],
    ['of every port, if they give none', { 'prometheus.io/scrape': 'true' }, ['cart:8080', 'cart:9091']],
    ['unless they say otherwise', { 'prometheus.io/scrape': 'false', 'prometheus.io/port': '9999' }, []],
  ])('%s', (_, annotations, expected) => expect(annotated(annotations)).toEqual(expected))
})

describe('a Prometheus of the build scrapes by the monitors that it chooses', () => {
  const prometheus = (spec: object, place = 'shop', kind = 'Prometheus') => ({
    ...monitor(kind, spec),
    metadata: { name: 'main', namespace: place },
  })
  const scrapers = (server: KubernetesObject, ...more: KubernetesObject[]) => {
    const pods = labelled(monitor('PodMonitor', { selector: {}, podMetricsEndpoints: [{ port: 'http' }] }), {
      team: 'a',
    })
    const objects = [workload('cart'), pods, server, ...more]
    return scrapesOf(objects, topologyOf(objects))
      .scrapes.filter(({ workload: called }) => called)
      .flatMap((scrape) => scrape.scrapers.map(({ name }) => name))
  }
  const SHOP = { ...namespace('shop'), metadata: { name: 'shop', labels: { env: 'dev' } } }

  test.each<[string, KubernetesObject, string[]]>([
    ['by their labels', prometheus({ podMonitorSelector: { matchLabels: { team: 'a' } } }), ['prometheus-main']],
    ['by none, which are all', prometheus({ podMonitorSelector: {} }), ['prometheus-main']],
    ['none without a selector', prometheus({}), []],
    ['none by other labels', prometheus({ podMonitorSelector: { matchLabels: { team: 'b' } } }), []],
    ['none by the selector of another kind', prometheus({ serviceMonitorSelector: {} }), []],
    ['none of another namespace', prometheus({ podMonitorSelector: {} }, 'blog'), []],
    [
      'of every namespace',
      prometheus({ podMonitorSelector: {}, podMonitorNamespaceSelector: {} }, 'blog'),
      ['prometheus-main'],
    ],
    [
      'of a namespace by its labels',
      prometheus({ podMonitorSelector: {}, podMonitorNamespaceSelector: { matchLabels: { env: 'dev' } } }, 'blog'),
      ['prometheus-main'],
    ],
    [
      'of a namespace by its name',
      prometheus(
        {
          podMonitorSelector: {},
          podMonitorNamespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        },
        'blog',
      ),
      ['prometheus-main'],
    ],
    [
      'none of a namespace with other labels',
      prometheus({ podMonitorSelector: {}, podMonitorNamespaceSelector: { matchLabels: { env: 'prod' } } }, 'blog'),
      [],
    ],
    ['as an agent too', prometheus({ podMonitorSelector: {} }, 'shop', 'PrometheusAgent'), ['prom-agent-main']],
    ['but an Alertmanager none', prometheus({ podMonitorSelector: {} }, 'shop', 'Alertmanager'), []],
  ])('%s', (_, server, expected) => expect(scrapers(server, SHOP)).toEqual(expected))
})

describe('a Probe', () => {
  const probe = (prober: object, targets: unknown[] = []) =>
    monitor('Probe', { prober, targets: { staticConfig: { static: targets } } })
  const prober = { ...workload('prober'), metadata: { name: 'prober', namespace: 'shop' } }
  const objects = [
    prober,
    service('prober', [
      { name: 'http', port: 80, targetPort: 9115 },
      { name: 'https', port: 443, targetPort: 9116 },
    ]),
  ]

  test.each<[string, object, string[]]>([
    ['is a scrape of its prober', { url: 'prober.shop.svc:80' }, ['prober:9115']],
    ['on the usual port', { url: 'prober' }, ['prober:9115']],
    ['on that of TLS', { url: 'prober.shop', scheme: 'https' }, ['prober:9116']],
    ['of none on another port', { url: 'prober:81' }, [`info ${WITHOUT}`]],
    ['of none elsewhere', { url: 'prober.blog.svc:80' }, [`info ${WITHOUT}`]],
    ['of none that has no URL', {}, [`info ${WITHOUT}`]],
  ])('%s', (_, given, expected) => expect(scraped(...objects, probe(given))).toEqual(expected))

  test('lists hosts and ports that its prober calls', () => {
    const targets = [
      'https://a.example.com/path',
      'http://b.example.com:8080',
      'c.example.com',
      'https://user@d.example.com',
      '[2001:db8::1]:53',
      'https://${HOST}',
      '$(HOST)',
      1,
      '',
    ]
    const found = probeTargets(probe({ url: 'prober:80' }, targets), topologyOf(objects))
    expect(found.map(({ host, port }) => `${host} ${port}`)).toEqual([
      'a.example.com 443',
      'b.example.com 8080',
      'c.example.com 80',
      'd.example.com 443',
      '[2001:db8::1] 53',
    ])
    expect(found.map(({ probers }) => probers.map(({ workload: called }) => called?.name))).toEqual(
      found.map(() => ['prober']),
    )
    expect(probeTargets(monitor('Probe', {}), topologyOf(objects))).toEqual([])
  })
})

describe('pods that an operator makes', () => {
  const [pods] = madePodsOf([database()])
  if (!pods) throw new Error('no pods')
  const [behind, apart, headless] = servicesOf([
    service('own', [{ name: 'sql', port: 80, targetPort: 'postgresql' }], { selector: { 'cnpg.io/cluster': 'db' } }),
    service('other', [{ port: 80, targetPort: 'postgresql' }], { selector: { a: 'b' } }),
    service('direct', [{ name: 'sql', port: 80, targetPort: 5432 }], {
      selector: { 'cnpg.io/cluster': 'db' },
      headless: true,
    }),
  ]) as [Service, Service, Service]

  test('have ports by name and number, also behind a Service', () => {
    expect(['metrics', 9187, 'x', 1].map((port) => portOfMade(pods, port))).toEqual([9187, 9187, undefined, undefined])
    expect(targetOfMade(pods, { port: 80, targetPort: 'metrics' })).toBe(9187)
    expect(targetOfMade(pods, { port: 80, targetPort: 1 })).toBe(1)
    expect(targetOfMade(pods, { port: 80 })).toBe(80)
  })

  test('are behind a Service of their namespace that selects them', () => {
    expect([behind, apart].map((one) => isBehind(one, pods))).toEqual([true, false])
    expect(isBehind({ ...behind, namespace: 'blog' }, pods)).toBe(false)
    expect(isBehind({ ...behind, selector: {} }, pods)).toBe(false)
    expect(isBehind({ ...behind, selector: undefined }, pods)).toBe(false)
  })

  test.each<[string, string | number, readonly Service[], string | undefined, object | undefined]>([
    ['by a Service of the build', 'sql', [behind, apart], undefined, { service: 'own', dialled: 80, port: 5432 }],
    ['by the number of such a Service', 80, [behind], undefined, { service: 'own', dialled: 80, port: 5432 }],
    [
      'directly, if that has no address',
      'sql',
      [headless],
      undefined,
      { service: 'direct', dialled: 5432, port: 5432 },
    ],
    ['by a Service that the operator makes', 5432, [], undefined, { service: 'db-rw', dialled: 5432, port: 5432 }],
    ['by the Service that is named', 5432, [behind], 'db-ro', { service: 'db-ro', dialled: 5432, port: 5432 }],
    ['by the name of a port on the pods', 'metrics', [], undefined, { service: undefined, dialled: 9187, port: 9187 }],
    [
      'by a number that nothing has, as it is written',
      1234,
      [],
      undefined,
      { service: undefined, dialled: 1234, port: 1234 },
    ],
    ['not by a name that nothing has', 'grpc', [behind], undefined, undefined],
  ])('are reached %s', (_, port, services, named, expected) =>
    expect(targetOf(pods, port, services, named)).toEqual(expected),
  )

  test('are behind the Services that the operator makes', () => {
    const topology = topologyOf([database(), database('db', 'blog')])
    expect(calledBy('shop', 'db-rw', 5432, topology)).toMatchObject([
      { pods: { name: 'db', namespace: 'shop' }, port: { port: 5432 } },
    ])
    expect(calledBy('shop', 'db-rw', 'postgresql', topology)).toHaveLength(1)
    expect(calledBy('shop', 'db-rw', 1, topology)).toEqual([])
    expect(calledBy('shop', 'db-x', 5432, topology)).toEqual([])
  })
})
