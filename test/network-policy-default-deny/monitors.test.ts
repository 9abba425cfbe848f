import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, service, workload } from './build.ts'

const GROUP = 'monitoring.coreos.com/v1'
const monitor = (kind: string, spec: Record<string, unknown>, inNamespace = 'shop', labels = {}): KubernetesObject => ({
  apiVersion: GROUP,
  kind,
  metadata: { name: 'cart', namespace: inNamespace, labels },
  spec,
})
const prometheus = (spec: Record<string, unknown>, inNamespace = 'monitoring'): KubernetesObject => ({
  apiVersion: GROUP,
  kind: 'Prometheus',
  metadata: { name: 'k8s', namespace: inNamespace },
  spec,
})
const cartService: KubernetesObject = {
  ...service('cart', [{ name: 'metrics', port: 80, targetPort: 'm' }]),
  metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
}
const shop = [
  namespace('shop', { team: 'a' }),
  namespace('monitoring'),
  workload('cart', { ports: [{ name: 'm', containerPort: 9100 }] }),
  cartService,
]
const EVERYTHING = {
  serviceMonitorSelector: {},
  serviceMonitorNamespaceSelector: {},
  podMonitorSelector: {},
  podMonitorNamespaceSelector: {},
}
const SELECTED = { selector: { matchLabels: { app: 'cart' } }, endpoints: [{ port: 'metrics' }] }
const PODS = { selector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } } }

interface Rule {
  from?: { podSelector?: { matchLabels?: Record<string, string> } }[]
  ports?: { port: number }[]
}
/** Ports to which a Prometheus of the build, or the one of the policy, is admitted. */
const scraped = (
  objects: readonly KubernetesObject[],
  spec: Record<string, unknown> = { scrape: undefined },
): number[] => {
  const { policies } = harden(objects, spec)
  const cart = policies.find(({ metadata }) => metadata.name === 'cart')?.spec as { ingress?: Rule[] } | undefined
  return (cart?.ingress ?? [])
    .filter(({ from }) =>
      from?.some((peer) => peer.podSelector?.matchLabels?.['app.kubernetes.io/name'] === 'prometheus'),
    )
    .flatMap(({ ports }) => (ports ?? []).map(({ port }) => port))
}
const ids = (objects: readonly KubernetesObject[], spec: Record<string, unknown> = { scrape: undefined }): string[] =>
  harden(objects, spec).findings.map(({ id }) => id)

describe('a monitor', () => {
  test.each([
    ['the name of a Service port', 'ServiceMonitor', SELECTED],
    ['a name on the pods', 'ServiceMonitor', { ...SELECTED, endpoints: [{ targetPort: 'm' }] }],
    ['a number on the pods', 'ServiceMonitor', { ...SELECTED, endpoints: [{ targetPort: 9100 }] }],
    ['the name of a container port', 'PodMonitor', { ...PODS, podMetricsEndpoints: [{ port: 'm' }] }],
    ['the number of a container port', 'PodMonitor', { ...PODS, podMetricsEndpoints: [{ portNumber: 9100 }] }],
    ['the target port of a pod', 'PodMonitor', { ...PODS, podMetricsEndpoints: [{ targetPort: 'm' }] }],
  ])('admits the Prometheus of the build by %s', (_, kind, spec) => {
    expect(scraped([...shop, monitor(kind, spec), prometheus(EVERYTHING)])).toEqual([9100])
  })

  test('looks at the namespaces of its namespaceSelector, or else at its own', () => {
    const elsewhere = (namespaceSelector?: object) =>
      monitor('ServiceMonitor', { ...SELECTED, ...(namespaceSelector && { namespaceSelector }) }, 'monitoring')
    const build = (object: KubernetesObject) => [...shop, object, prometheus(EVERYTHING)]
    expect(scraped(build(elsewhere()))).toEqual([])
    expect(scraped(build(elsewhere({ matchNames: ['shop'] })))).toEqual([9100])
    expect(scraped(build(elsewhere({ any: true })))).toEqual([9100])
  })

  test.each([
    ['its labels are chosen', { serviceMonitorSelector: { matchLabels: { release: 'a' } } }, [9100]],
    ['other labels are chosen', { serviceMonitorSelector: { matchLabels: { release: 'b' } } }, []],
    ['nothing is chosen', { serviceMonitorSelector: undefined }, []],
    ['its namespace is chosen', { serviceMonitorNamespaceSelector: { matchLabels: { team: 'a' } } }, [9100]],
    ['another namespace is chosen', { serviceMonitorNamespaceSelector: { matchLabels: { team: 'b' } } }, []],
    ['only the own namespace is chosen', { serviceMonitorNamespaceSelector: undefined }, []],
  ])('is read where %s', (_, selectors, expected) => {
    const labelled = monitor('ServiceMonitor', SELECTED, 'shop', { release: 'a' })
    expect(scraped([...shop, labelled, prometheus({ ...EVERYTHING, ...selectors })])).toEqual(expected)
  })

  test('is scraped by the Prometheus of the policy if none of the build reads it', () => {
    const build = [...shop, monitor('ServiceMonitor', SELECTED)]
    const scrape = { scrape: { namespace: 'elsewhere' } }
    expect(scraped(build, scrape)).toEqual([9100])
    expect(ids(build, scrape)).not.toContain('network-policy-default-deny/monitor-without-scraper')
  })

  test('is reported if nobody reads it, unless a flow from another build may be the scrape', () => {
    const build = [...shop, monitor('ServiceMonitor', SELECTED)]
    expect(ids(build)).toContain('network-policy-default-deny/monitor-without-scraper')
    const flows = { 'shop/cart:m': { from: ['agents/agent'] } }
    expect(ids(build, { scrape: undefined, flows })).not.toContain(
      'network-policy-default-deny/monitor-without-scraper',
    )
  })

  test('is reported if it selects nothing, or a port that does not exist', () => {
    const nowhere = { ...SELECTED, selector: { matchLabels: { app: 'crat' } } }
    const wrongPort = { ...SELECTED, endpoints: [{ port: 'other' }] }
    for (const spec of [nowhere, wrongPort])
      expect(ids([...shop, monitor('ServiceMonitor', spec), prometheus(EVERYTHING)])).toContain(
        'flows/monitor-without-target',
      )
  })
})

test('a Probe admits the Prometheus to its prober', () => {
  const probe = monitor('Probe', { prober: { url: 'http://cart.shop.svc:80/probe' } }, 'monitoring')
  expect(scraped([...shop, probe, prometheus({ probeSelector: {} })])).toEqual([9100])
})

describe('what other scrapers read', () => {
  const other = (apiVersion: string, kind: string, spec: Record<string, unknown>): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'cart', namespace: 'shop' },
    spec,
  })
  const VICTORIA = 'operator.victoriametrics.com/v1beta1'
  const GOOGLE = 'monitoring.googleapis.com/v1'
  test.each([
    ['VMServiceScrape', other(VICTORIA, 'VMServiceScrape', SELECTED)],
    ['VMPodScrape', other(VICTORIA, 'VMPodScrape', { ...PODS, podMetricsEndpoints: [{ port: 'm' }] })],
    ['VMProbe', other(VICTORIA, 'VMProbe', { vmProberSpec: { url: 'cart.shop.svc:80' } })],
    ['VMStaticScrape', other(VICTORIA, 'VMStaticScrape', { targetEndpoints: [{ targets: ['cart.shop:80'] }] })],
    ['PodMonitoring', other(GOOGLE, 'PodMonitoring', { ...PODS, endpoints: [{ port: 'm', interval: '30s' }] })],
    ['ClusterPodMonitoring', other(GOOGLE, 'ClusterPodMonitoring', { ...PODS, endpoints: [{ port: 9100 }] })],
    [
      'ScrapeConfig',
      other('monitoring.coreos.com/v1alpha1', 'ScrapeConfig', {
        staticConfigs: [{ targets: ['example.com:443', 'cart.shop.svc.cluster.local:80'] }],
      }),
    ],
  ])('%s admits the scraper of the policy, and is named without one', (_, object) => {
    expect(scraped([...shop, object], { scrape: { namespace: 'monitoring' } })).toEqual([9100])
    expect(ids([...shop, object])).toContain('network-policy-default-deny/monitor-without-scraper')
  })

  test('a ScrapeConfig is read by the Prometheus that selects it', () => {
    const config = monitor('ScrapeConfig', { staticConfigs: [{ targets: ['cart:80'] }] })
    const selected = prometheus({ scrapeConfigSelector: {}, scrapeConfigNamespaceSelector: {} })
    expect(scraped([...shop, config, selected])).toEqual([9100])
  })

  test('a ScrapeConfig that lists hosts outside the cluster is no matter of this build', () => {
    const config = monitor('ScrapeConfig', { staticConfigs: [{ targets: ['example.com:443'] }] })
    expect(ids([...shop, config])).not.toContain('flows/monitor-without-target')
  })
})

describe('annotations that ask for a scrape and give no port', () => {
  const asking = (ports: { containerPort: number; protocol?: string }[]): KubernetesObject[] => [
    namespace('shop'),
    workload('cart', { ports, annotations: { 'prometheus.io/scrape': 'true' } }),
  ]
  const PORTS = [{ containerPort: 8080 }, { containerPort: 9100 }, { containerPort: 53, protocol: 'UDP' }]

  test('ask for every port that is declared', () => {
    expect(scraped(asking(PORTS), { scrape: { namespace: 'monitoring' } })).toEqual([8080, 9100])
  })

  test('are named if the scraper is not known, or no port is declared', () => {
    expect(ids(asking(PORTS))).toContain('network-policy-default-deny/scraper-unknown')
    expect(ids(asking([]), { scrape: { namespace: 'monitoring' } })).toContain(
      'network-policy-default-deny/scrape-port-unknown',
    )
  })
})
