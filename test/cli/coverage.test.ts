import { harden } from '../../cli/policy/validate.ts'
import { baselineOf } from '../../cli/reachability/baseline.ts'
import { type Coverage, coverageOf } from '../../cli/reachability/coverage.ts'
import { flowsSchema } from '../../functions/lib/flows/schema.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { namespace, networkPolicy, service, workload } from '../network-policy-default-deny/build.ts'

/** What is cut off once network policies are generated, as `check` sees it. */
async function coverage(
  objects: readonly KubernetesObject[],
  flows: Record<string, unknown>,
  networkPolicySpec: Record<string, unknown> = {},
): Promise<Coverage> {
  const policy = {
    apiVersion: 'krm-hardening.dev/v1alpha1',
    kind: 'Hardening',
    metadata: { name: 'hardening' },
    spec: { flows, networkPolicy: networkPolicySpec },
  }
  const hardened = await harden(objects, [policy])
  return coverageOf(hardened.objects, parseConfig(flowsSchema, flows, 'flows'), baselineOf([{ policies: [policy] }]))
}

const PORTS = [
  { name: 'http', containerPort: 8080 },
  { name: 'admin', containerPort: 9000 },
]
const shop = [
  namespace('shop'),
  workload('cart', { ports: PORTS }),
  service('cart', [
    { name: 'http', port: 80, targetPort: 'http' },
    { name: 'admin', port: 81, targetPort: 9000 },
  ]),
  workload('web'),
]
const FROM_WEB = { 'shop/cart:http': { from: ['web'] } }
const uncalled = ({ uncalled: ports }: Coverage): string[] =>
  ports.map(({ service: { name }, port }) => `${name}:${port.name}`)
const silent = ({ callNothing }: Coverage): string[] => callNothing.map(({ name }) => name)
const ids = ({ findings }: Coverage): string[] => findings.map(({ id }) => id)

describe('what policies cut off', () => {
  test('is a port of a Service to which no policy admits anyone, and a workload that calls nothing', async () => {
    const found = await coverage(shop, FROM_WEB)
    expect(uncalled(found)).toEqual(['cart:admin'])
    expect(silent(found)).toEqual(['cart'])
    expect(found.figures).toEqual({ services: 1, ports: 2, called: 1, uncalled: 1, expected: 0, flows: 1 })
    expect(ids(found)).toEqual(['check/uncalled-port', 'check/calls-nothing'])
  })

  test('is settled by a flow that expects nobody to call the port', async () => {
    const found = await coverage(shop, { ...FROM_WEB, 'shop/cart:81': { expect: 'uncalled', reason: 'by hand' } })
    expect(uncalled(found)).toEqual([])
    expect(found.figures).toMatchObject({ called: 1, uncalled: 1, expected: 1 })
  })

  test('is not what a policy written by hand admits, which makes the flow that expects nobody wrong', async () => {
    const byHand = networkPolicy('admin', {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } },
      ingress: [{ ports: [{ port: 'admin' }] }],
    })
    const found = await coverage([...shop, byHand], {
      ...FROM_WEB,
      'shop/cart:admin': { expect: 'uncalled', reason: 'by hand' },
    })
    expect(uncalled(found)).toEqual([])
    expect(ids(found)).toContain('flows/called-after-all')
  })

  test.each([{}, { ambient: true }])(
    'is nothing behind a flow to every port of every workload, with %j',
    async (spec) => {
      const everything = { 'shop/*:*': { from: ['web'], reason: 'to begin with' } }
      expect(uncalled(await coverage(shop, everything, spec))).toEqual([])
      const nothing = { 'shop/*:*': { expect: 'uncalled', reason: 'nothing runs yet' } }
      expect((await coverage(shop, nothing, spec)).figures).toMatchObject({ uncalled: 2, expected: 2 })
      const both = await coverage(shop, { ...FROM_WEB, ...nothing }, spec)
      expect(ids(both)).toContain('flows/called-after-all')
    },
  )

  test('does not count kubelets, which probe a port and call nothing', async () => {
    const probed = workload('cart', { ports: PORTS, container: { readinessProbe: { httpGet: { port: 'admin' } } } })
    const found = await coverage([namespace('shop'), probed, ...shop.slice(2)], FROM_WEB, {
      probes: { from: ['192.0.2.0/24'] },
    })
    expect(uncalled(found)).toEqual(['cart:admin'])
  })

  test('is not the port of a Service of one replica whose callers are admitted to that pod', async () => {
    const database = { ...workload('db', { kind: 'StatefulSet', ports: [{ name: 'sql', containerPort: 5432 }] }) }
    const labels = { 'app.kubernetes.io/name': 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' }
    const own = service('db-0', [{ name: 'sql', port: 5432 }], labels)
    const flows = { 'shop/db:sql': { from: ['web'], service: 'db-0' } }
    expect(uncalled(await coverage([namespace('shop'), database, own, workload('web')], flows))).toEqual([])
  })

  test('is the port of a Service to pods that an operator makes, unless a flow goes there', async () => {
    const cluster = {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'orders', namespace: 'shop' },
    }
    const own = service('orders', [{ name: 'sql', port: 5432 }], { 'cnpg.io/cluster': 'orders' })
    const metrics = service('orders-metrics', [{ name: 'metrics', port: 9187 }], { 'cnpg.io/cluster': 'orders' })
    const build = [namespace('shop'), cluster, own, metrics, workload('web')]
    const flow = { 'shop/orders:5432': { from: ['web'] } }
    expect(uncalled(await coverage(build, flow))).toEqual(['orders-metrics:metrics'])
    const expected = { 'shop/orders:metrics': { expect: 'uncalled', reason: 'read by hand' } }
    expect(uncalled(await coverage(build, { ...flow, ...expected }))).toEqual([])
  })

  describe('is a scrape of pods without a Service', () => {
    const annotations = { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9000' }
    const scraped = workload('worker', { ports: PORTS, annotations })
    const monitor = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: { name: 'worker', namespace: 'shop' },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'worker' } },
        podMetricsEndpoints: [{ port: 'admin' }],
      },
    }
    const scrapes = async (objects: KubernetesObject[], spec = {}): Promise<string[]> =>
      ids(await coverage([namespace('shop'), ...objects], {}, spec)).filter((id) => id === 'check/uncalled-scrape')
    const PROMETHEUS = { scrape: { namespace: 'monitoring' } }

    test.each([
      ['by annotations', [scraped]],
      ['by a monitor', [workload('worker', { ports: PORTS }), monitor]],
      ['by both, once', [scraped, monitor]],
      [
        'of the mesh',
        [
          workload('worker', {
            ports: PORTS,
            annotations,
            labels: { 'app.kubernetes.io/name': 'worker', 'sidecar.istio.io/inject': 'true' },
          }),
        ],
      ],
    ])('%s', async (_, objects) => {
      expect(await scrapes(objects)).toEqual(['check/uncalled-scrape'])
      expect(await scrapes(objects, PROMETHEUS)).toEqual([])
    })

    test('but not of a port that a Service has too', async () => {
      const found = await coverage([...shop.slice(0, 1), scraped, service('worker', [{ port: 9000 }])], {})
      expect(ids(found)).toEqual(['check/uncalled-port', 'check/calls-nothing'])
    })
  })

  test('is nothing if nothing is denied', async () => {
    const found = await coverage(shop.slice(1), {}, { namespaces: { shop: { off: true, reason: 'later' } } })
    expect(uncalled(found)).toEqual([])
    expect(silent(found)).toEqual([])
  })

  test.each([{ dialect: 'cilium' }, { ambient: true }])('is the same with %j', async (networkPolicySpec) => {
    const found = await coverage(shop, FROM_WEB, networkPolicySpec)
    expect(uncalled(found)).toEqual(['cart:admin'])
  })

  test.each([
    ['without a reason', { expect: 'uncalled' }],
    ['next to callers', { expect: 'uncalled', from: ['web'], reason: 'both' }],
    ['in other words', { expect: 'unused', reason: 'none' }],
  ])('is settled by no entry %s', (_, flow) => {
    expect(() => parseConfig(flowsSchema, { 'shop/cart:admin': flow }, 'flows')).toThrow(/^flows\["shop\/cart:admin"\]/)
  })
})

describe('a flow between two builds', () => {
  const callee = [
    namespace('shop'),
    workload('cart', { ports: [{ containerPort: 8080 }] }),
    service('cart', [{ port: 80, targetPort: 8080 }]),
  ]
  const caller = [namespace('front'), workload('web', { namespace: 'front' })]
  /** The findings for an environment in which each build is hardened by itself. */
  const found = async (key: string, reason?: string): Promise<string[]> => {
    const flows = { [key]: { from: ['front/web'], ...(reason && { reason }) } }
    const policy = {
      apiVersion: 'krm-hardening.dev/v1alpha1',
      kind: 'Hardening',
      metadata: { name: 'hardening' },
      spec: { flows, networkPolicy: {} },
    }
    const builds = await Promise.all([callee, caller].map((objects) => harden(objects, [policy])))
    const baseline = baselineOf([{ policies: [policy] }])
    return ids(
      coverageOf(
        builds.flatMap(({ objects }) => objects),
        parseConfig(flowsSchema, flows, 'flows'),
        baseline,
      ),
    )
  }

  test('is blocked if the caller takes the port of the Service for that of the pods', async () => {
    expect(await found('shop/cart:80')).toContain('check/blocked-flow')
  })

  test('passes if it goes to every port', async () => {
    expect(await found('shop/cart:*', 'all of them')).not.toContain('check/blocked-flow')
  })

  test('passes by the port of the pods', async () => {
    expect(await found('shop/cart:8080')).not.toContain('check/blocked-flow')
  })
})
