import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, type PodFields, service, workload } from './build.ts'

const pod = { containers: [{ name: 'app', image: 'app' }] }
const template = { metadata: { labels: { app: 'a' } }, spec: pod }
const owner = (apiVersion: string, kind: string, fields: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', namespace: 'shop' },
  ...structuredClone(fields),
})

describe('every kind that runs pods joins the mesh', () => {
  test.each([
    ['v1', 'PodTemplate', { template }, ['template']],
    ['v1', 'ReplicationController', { spec: { template } }, ['spec', 'template']],
    ['apps/v1', 'Deployment', { spec: { template } }, ['spec', 'template']],
    ['apps/v1', 'StatefulSet', { spec: { template } }, ['spec', 'template']],
    ['apps/v1', 'DaemonSet', { spec: { template } }, ['spec', 'template']],
    ['apps/v1', 'ReplicaSet', { spec: { template } }, ['spec', 'template']],
    ['batch/v1', 'Job', { spec: { template } }, ['spec', 'template']],
    [
      'batch/v1',
      'CronJob',
      { spec: { jobTemplate: { spec: { template } } } },
      ['spec', 'jobTemplate', 'spec', 'template'],
    ],
    ['serving.knative.dev/v1', 'Service', { spec: { template } }, ['spec', 'template']],
    ['argoproj.io/v1alpha1', 'Rollout', { spec: { template } }, ['spec', 'template']],
  ])('%s %s', async (apiVersion, kind, fields, path) => {
    const { get } = await harden([owner(apiVersion, kind, fields)], { ndots: 1 })
    const pods = path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], get(kind, 'a'))
    expect(pods).toMatchObject({
      metadata: { labels: { 'sidecar.istio.io/inject': 'true' }, annotations: { 'sidecar.istio.io/proxyCPU': '10m' } },
      spec: { dnsConfig: { options: [{ name: 'ndots', value: '1' }] } },
    })
  })

  test('a Pod by itself', async () => {
    const { get } = await harden([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'shop', labels: { app: 'a' } },
        spec: structuredClone(pod),
      },
    ])
    expect(get('Pod', 'a').metadata.labels).toEqual({ app: 'a', 'sidecar.istio.io/inject': 'true' })
    expect(get('Sidecar', 'a').metadata.labels).toEqual({ app: 'a' })
  })

  test('a kind of the same name in another group does not', async () => {
    const job = owner('batch.example.com/v1', 'Job', { spec: { template } })
    const { objects } = await harden([job])
    expect(objects).toEqual([owner('batch.example.com/v1', 'Job', { spec: { template } })])
  })

  test('a PodTemplate runs nothing, so nothing is made for it', async () => {
    const { objects } = await harden([owner('v1', 'PodTemplate', { template })])
    expect(objects).toHaveLength(1)
  })

  test('Knative is said to need a flag for dnsConfig', async () => {
    const { ids } = await harden([owner('serving.knative.dev/v1', 'Service', { spec: { template } })], {
      ndots: 1,
    })
    expect(ids).toEqual(['knative-dns-config'])
  })
})

describe('default < manifest < policy that names the workload', () => {
  const annotations = { 'sidecar.istio.io/proxyCPU': '50m' }
  test.each([
    ['default', {}, {}, '10m'],
    ['manifest', { annotations }, { proxy: { cpu: '20m' } }, '50m'],
    ['policy', { annotations }, { workloads: { a: { proxy: { cpu: '70m' } } } }, '70m'],
    ['policy by Kind/name', { annotations }, { workloads: { 'Deployment/a': { proxy: { cpu: '70m' } } } }, '70m'],
    ['policy of another kind', { annotations }, { workloads: { 'StatefulSet/a': { proxy: { cpu: '70m' } } } }, '50m'],
    ['placeholder', { annotations: { 'sidecar.istio.io/proxyCPU': `\${CPU:=5m}` } }, {}, `\${CPU:=5m}`],
  ])('proxyCPU: %s', async (_, fields, spec, expected) => {
    const { pods } = await harden([workload('a', fields)], spec)
    expect(pods('a').metadata.annotations['sidecar.istio.io/proxyCPU']).toBe(expected)
  })

  const dnsConfig = (value: string) => ({
    pod: { dnsConfig: { options: [{ name: 'edns0' }, { name: 'ndots', value }] } },
  })
  test.each([
    ['manifest', dnsConfig('5'), {}, [{ name: 'edns0' }, { name: 'ndots', value: '5' }]],
    ['placeholder', dnsConfig(`\${NDOTS}`), {}, [{ name: 'edns0' }, { name: 'ndots', value: `\${NDOTS}` }]],
    ['policy', dnsConfig('5'), { workloads: { a: { ndots: 2 } } }, [{ name: 'edns0' }, { name: 'ndots', value: '2' }]],
    ['off by YAML 1.1', dnsConfig('5'), { ndots: false }, [{ name: 'edns0' }, { name: 'ndots', value: '5' }]],
  ])('ndots: %s', async (_, fields, spec, expected) => {
    const { pods } = await harden([workload('a', fields)], spec)
    expect(pods('a').spec.dnsConfig).toEqual({ options: expected })
  })
})

describe('scraping', () => {
  const scrapeOf = async (fields: PodFields, scrape: object): Promise<string | undefined> => {
    const { pods } = await harden([workload('a', fields)], { scrape })
    const kind = fields.kind ?? 'Deployment'
    const at = pods('a', kind).metadata.annotations
    const value = (key: string): string => at[`prometheus.io/${key}`] ?? '-'
    return `${value('scrape')} ${value('scheme')}:${value('port')}${value('path')}`
  }
  const none = '- -:--'
  const metrics = { ports: { http: 8080, metrics: 9090 } }

  test.each<[string, PodFields, object, string]>([
    ['no port that says so', { ports: { http: 8080 } }, {}, none],
    ['a port called metrics', metrics, {}, 'true http:9090/metrics'],
    ["'*' by name", { ports: { http: 8080 } }, { '*': { port: 'http' } }, 'true http:8080/metrics'],
    ["'*' by number", {}, { '*': { port: 3100, path: '/m' } }, 'true http:3100/m'],
    ["'*' by a name that it has not", { ports: { tcp: 1 } }, { '*': { port: 'http' } }, none],
    ["a port called metrics, before '*'", metrics, { '*': { port: 'http' } }, 'true http:9090/metrics'],
    ["'*' off", metrics, { '*': 'off' }, none],
    ['its own entry', metrics, { a: { port: 'http', scheme: 'https' }, '*': 'off' }, 'true https:8080/metrics'],
    ['its own entry by number', {}, { a: { port: 12381 } }, 'true http:12381/metrics'],
    ['off', metrics, { a: 'off' }, none],
    ['off by YAML 1.1', metrics, { a: false }, none],
    ["a Job, which '*' leaves out", { kind: 'Job' }, { '*': { port: 3100 } }, none],
    ['a Job with a port called metrics', { kind: 'Job', ...metrics }, {}, 'true http:9090/metrics'],
    [
      'what the manifest says, completed',
      { annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': `\${PORT}` } },
      {},
      `true http:\${PORT}/metrics`,
    ],
    ['a manifest that says no', { ...metrics, annotations: { 'prometheus.io/scrape': 'false' } }, {}, 'false -:--'],
    [
      'its own entry, before the manifest',
      { annotations: { 'prometheus.io/scrape': 'false', 'prometheus.io/port': '1' } },
      { a: { port: 2 } },
      'true http:2/metrics',
    ],
  ])('%s', async (_, fields, scrape, expected) => expect(await scrapeOf(fields, scrape)).toBe(expected))
})

describe('whatever leads past the proxy is reported', () => {
  const ANNOTATION = 'traffic.sidecar.istio.io'
  const annotation = (name: string): string => `metadata.annotations["${ANNOTATION}/${name}"]`
  test.each<[string, object, string[]]>([
    [
      'ports of callers',
      { annotations: { [`${ANNOTATION}/excludeInboundPorts`]: '8080' } },
      [annotation('excludeInboundPorts')],
    ],
    [
      'all ports but some',
      { annotations: { [`${ANNOTATION}/includeInboundPorts`]: '' } },
      [annotation('includeInboundPorts')],
    ],
    [
      'networks',
      { annotations: { [`${ANNOTATION}/excludeOutboundIPRanges`]: '10.0.0.0/8' } },
      [annotation('excludeOutboundIPRanges')],
    ],
    [
      'everything',
      { annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' } },
      ['metadata.annotations["sidecar.istio.io/interceptionMode"]'],
    ],
    [
      'the user of the proxy',
      { pod: { securityContext: { runAsUser: 1337, runAsGroup: 1337 } } },
      ['spec.securityContext.runAsUser', 'spec.securityContext.runAsGroup'],
    ],
    ['nothing, by the defaults', { annotations: { [`${ANNOTATION}/includeInboundPorts`]: '*' } }, []],
    ['nothing, by all addresses', { annotations: { [`${ANNOTATION}/includeOutboundIPRanges`]: ' * ' } }, []],
    ['nothing, by an empty list of ports', { annotations: { [`${ANNOTATION}/excludeInboundPorts`]: ' ' } }, []],
    ['nothing, by an empty list of ranges', { annotations: { [`${ANNOTATION}/excludeOutboundIPRanges`]: '' } }, []],
    ['nothing, by an empty list of interfaces', { annotations: { [`${ANNOTATION}/excludeInterfaces`]: '' } }, []],
    ['nothing, by another user', { pod: { securityContext: { runAsUser: 1000 } } }, []],
  ])('%s', async (_, fields, paths) => {
    const { findings } = await harden([workload('a', fields)])
    const at = (path: string) => ({ id: 'istio-hardening/proxy-bypass', field: { path: `spec.template.${path}` } })
    expect(findings).toEqual(paths.map((path) => expect.objectContaining(at(path))))
  })
})

const namespace = (labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels },
})

describe('outside the mesh', () => {
  test.each([
    ['that declare Windows', { os: { name: 'windows' } }],
    ['that select Windows', { nodeSelector: { 'kubernetes.io/os': 'windows' } }],
  ])('stay pods %s', async (_, pod) => {
    const { objects, ids } = await harden([workload('a', { pod })])
    expect(objects).toHaveLength(1)
    expect(ids).toEqual(['windows'])
  })

  test('are the pods of a Namespace that refuses sidecars', async () => {
    const flows = { 'shop/b:80': { from: ['other/c', 'a'] } }
    const objects = [namespace({ 'istio-injection': 'disabled' }), workload('a'), workload('b'), service('b', 80)]
    const { ids, pods } = await harden(objects, { flows })
    expect(pods('a').metadata.labels).toEqual({ 'app.kubernetes.io/name': 'a' })
    expect(ids).toEqual(Array(2).fill('namespace-refuses-mesh'))
  })

  test('a label that still asks for a sidecar is reported', async () => {
    const labels = { 'app.kubernetes.io/name': 'a', 'sidecar.istio.io/inject': 'true' }
    expect((await harden([workload('a', { labels })], { notInjected: { shop: true } })).ids).toEqual([
      'injected-outside',
    ])
  })
})

test('a namespace may be called like a property that every JavaScript object inherits', async () => {
  const { get } = await harden([workload('a', { namespace: 'constructor' })])
  expect(get('Sidecar', 'a').metadata.namespace).toBe('constructor')
})

test.each([
  ['asks for the default revision', { 'istio-injection': 'enabled' }, ['other-revision']],
  ['asks for another', { 'istio.io/rev': 'old' }, ['other-revision']],
  ['asks for the same', { 'istio.io/rev': 'new' }, []],
])('a Namespace decides by which revision its pods are injected, where it %s', async (_, labels, found) => {
  expect((await harden([namespace(labels), workload('a')], { revision: 'new' })).ids).toEqual(found)
})

test.each([
  ['another value', { 'sidecar.istio.io/inject': 'no' }, {}, ['no', 'true']],
  ['what policy takes back', { 'sidecar.istio.io/inject': 'true' }, { inject: false, reason: 'r' }, ['true', 'false']],
])('a selector cannot hold a label of the mesh with %s', async (_, label, policy, [currentValue, proposedValue]) => {
  const labels = { 'app.kubernetes.io/name': 'a', ...label }
  const { findings } = await harden([workload('a', { labels })], { workloads: { a: policy } })
  const field = expect.objectContaining({ currentValue, proposedValue })
  expect(findings).toContainEqual(expect.objectContaining({ id: 'istio-hardening/mesh-label-in-selector', field }))
})

test('a selector that holds the label of the mesh as it is to be stays, and no policy selects by it', async () => {
  const labels = { app: 'a', 'sidecar.istio.io/inject': 'true' }
  const { get, ids } = await harden([workload('a', { labels })])
  expect(ids).toEqual([])
  expect((get('Sidecar', 'a').spec as { workloadSelector: object }).workloadSelector).toEqual({ labels: { app: 'a' } })
})

test('a workload without a namespace is named by no flow', async () => {
  const nameless = workload('a')
  delete nameless.metadata.namespace
  const flows = { 'shop/b:80': { from: ['a'] } }
  expect((await harden([nameless], { flows })).ids).toEqual(['no-namespace'])
})

describe('ports that bypass the proxy', () => {
  const EXCLUDED = 'traffic.sidecar.istio.io/excludeOutboundPorts'
  const flow = (key: string, plain = true): object => ({ [key]: { from: ['shop/a'], plain } })
  const run = (annotation: string | undefined, flows: object) =>
    harden(
      [
        workload('a', annotation === undefined ? {} : { annotations: { [EXCLUDED]: annotation } }),
        workload('b'),
        service('b', 9095),
      ],
      { flows },
    )

  test.each([
    ['none', undefined, {}, undefined],
    ['sorted by number', undefined, { ...flow('shop/b:9095'), ...flow('stock/c:443') }, '443,9095'],
    ['once', undefined, { ...flow('shop/b:9095'), ...flow('stock/c:9095') }, '9095'],
    ['outside the cluster too', undefined, flow('external/a.example.com:5432'), '5432'],
    ['joined to those of the manifest', '8080, 443', flow('shop/b:9095'), '443,8080,9095'],
    ['those of the manifest alone', '8080,443', {}, '8080,443'],
    ['a placeholder where no flow needs more', `\${PORTS}`, {}, `\${PORTS}`],
  ])('%s', async (_, annotation, flows, expected) => {
    const { pods, findings } = await run(annotation, flows)
    expect(pods('a').metadata.annotations[EXCLUDED]).toBe(expected)
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('a port of the manifest that no plain flow dials is reported', async () => {
    expect((await run('8080,9095', flow('shop/b:9095'))).ids).toEqual(['excluded-port'])
  })

  test('are no numbers with anything in front or behind', async () => {
    for (const annotation of ['a1', '1a', '1 2'])
      expect((await run(annotation, flow('shop/b:9095'))).ids).toEqual(['not-port-numbers'])
  })

  test('are not those of a flow that is not plain to another port', async () => {
    const flows = { ...flow('shop/b:9095'), ...flow('external/a.example.com:9096', false) }
    expect((await run(undefined, flows)).ids).toEqual([])
  })

  test('are not added to a placeholder', async () => {
    expect((await run(`\${PORTS}`, flow('shop/b:9095'))).ids).toEqual(['not-port-numbers'])
  })

  test('are reported for a flow out of the cluster, which no host then limits', async () => {
    const flows = { ...flow('shop/b:9095'), ...flow('external/a.example.com:9095', false) }
    expect((await run(undefined, flows)).ids).toEqual(['external-past-proxy'])
  })
})
