import { flows, found, pod, STORE, service, workload } from './lib.ts'

describe('scrapes', () => {
  const annotated = `${workload('web', pod(', ports: [{name: http, containerPort: 8080}]'))}`.replace(
    'metadata: {labels: {app: web}}',
    'metadata: {labels: {app: web}, annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9102"}}',
  )
  const monitor = (kind: string, spec: string): string => `
apiVersion: monitoring.coreos.com/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec: ${spec}
---`
  const prometheus = (more: string): string => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: shop}
spec: {podMetadata: {labels: {app: metrics}}${more}}
---`
  const MONITOR = monitor('PodMonitor', '{selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}')

  test('by annotations that no Prometheus of the build reads are one question', async () => {
    expect((await found(annotated)).scraped).toEqual([
      'Deployment shop/web: annotation prometheus.io/scrape, shop/web:9102',
    ])
  })

  test('by annotations are those of the Prometheus whose configuration reads them', async () => {
    const config = `
apiVersion: v1
kind: ConfigMap
metadata: {name: files, namespace: shop}
data: {prometheus.yml: "a: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]"}
---${workload('reader', '{containers: [{name: main, image: a}], volumes: [{name: v, configMap: {name: files}}]}')}`
    expect(await flows(annotated + config)).toEqual(['shop/web:9102 < reader'])
  })

  test('by annotations of a Service go to its ports', async () => {
    const store = STORE.replace(
      'metadata: {name: store, namespace: shop}\nspec: {selector',
      'metadata: {name: store, namespace: shop, annotations: {prometheus.io/scrape: "true"}}\nspec: {selector',
    )
    expect((await found(store)).scraped).toEqual([
      'Service shop/store: annotation prometheus.io/scrape, shop/store:tcp-store',
    ])
  })

  test('by a monitor are those of the Prometheus that selects it, else a question', async () => {
    expect(await flows(annotated + MONITOR + prometheus(', podMonitorSelector: {}'))).toEqual([
      'shop/web:8080 < {"namespace":"shop","labels":{"app.kubernetes.io/name":"prometheus","app.kubernetes.io/instance":"main","app":"metrics"}}',
    ])
    const { flows: none, scraped } = await found(
      MONITOR + annotated + prometheus(', podMonitorSelector: {matchLabels: {a: b}}'),
    )
    expect(none).toEqual([])
    expect(scraped).toContain('PodMonitor shop/web, shop/web:8080')
  })

  test('by a Probe go to the prober, and from there to the targets', async () => {
    const prober = workload('prober', pod()) + service('prober', '[{name: http, port: 9115}]')
    const probe = monitor(
      'Probe',
      '{prober: {url: "prober:9115"}, targets: {staticConfig: {static: ["http://store:7000", "https://a.example.com"]}}}',
    )
    const build = STORE + prober + probe
    expect((await found(build)).scraped).toEqual(['Probe shop/web, shop/prober:http'])
    expect(await flows(build)).toEqual([
      '? external/a.example.com:443 < {"namespace":"shop","labels":{"app":"prober"}}',
      'shop/store:tcp-store < prober',
    ])
  })
})
