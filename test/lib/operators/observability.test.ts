import { describe, expect, test } from '@jest/globals'
import { calls, needy, numbers, podsOf } from './pods.ts'

describe('pods of VictoriaMetrics', () => {
  const of = (kind: string, spec: Record<string, unknown>) => podsOf('operator.victoriametrics.com/v1beta1', kind, spec)

  test.each([
    ['VMSingle', {}, 'vmsingle-x', [8428], false],
    ['VMSingle', { port: '8429' }, 'vmsingle-x', [8429], false],
    ['VMAgent', {}, 'vmagent-x', [8429], true],
    ['VMAlert', {}, 'vmalert-x', [8080], false],
    ['VMAlertmanager', {}, 'vmalertmanager-x', [9093, 9094, 9094], true],
    ['VMAuth', {}, 'vmauth-x', [8427], true],
  ])('of a %s with %j', (kind, spec, name, ports, needsApiServer) => {
    expect(numbers(of(kind, spec))).toEqual([[name, ports]])
    expect(of(kind, spec)[0]?.needsApiServer).toBe(needsApiServer)
    expect(Object.keys(of(kind, spec)[0]?.services ?? {})).toEqual([name])
  })

  test('of a VMCluster are those of each component, with the ports between them', () => {
    const pods = of('VMCluster', { vmstorage: { vmInsertPort: '8500' }, vmselect: { port: '8482' }, vminsert: {} })
    expect(numbers(pods)).toEqual([
      ['vmstorage-x', [8482, 8500, 8401]],
      ['vmselect-x', [8482]],
      ['vminsert-x', [8480]],
    ])
    expect(pods.map(({ members }) => members)).toEqual([[8500, 8401], [8482], undefined])
    expect(numbers(of('VMCluster', { vmselect: {} }))).toEqual([['vmselect-x', [8481]]])
  })

  test('call the URLs of their objects', () => {
    const remoteWrite = [
      { url: 'http://vminsert-main.metrics.svc:8480/insert/0/prometheus' },
      { url: 'https://out.example.com/w' },
    ]
    expect(calls(of('VMAgent', { remoteWrite }))).toEqual(['metrics/vminsert-main:8480'])
    const alert = {
      datasource: { url: 'http://vmselect-main:8481/select' },
      notifiers: [{ url: 'http://alerts:9093' }],
    }
    expect(calls(of('VMAlert', alert))).toEqual(['ns/vmselect-main:8481', 'ns/alerts:9093'])
  })

  test('carry the labels that the object gives them, except where the operator needs its own', () => {
    const podMetadata = { labels: { team: 'a', 'managed-by': 'me' } }
    expect(of('VMSingle', { podMetadata })[0]?.furtherLabels).toMatchObject({ team: 'a', 'managed-by': 'vm-operator' })
  })
})

describe('pods of a Grafana', () => {
  const of = (spec: Record<string, unknown>) => podsOf('grafana.integreatly.org/v1beta1', 'Grafana', spec)

  test('listen where its configuration says', () => {
    expect(numbers(of({}))).toEqual([['x-deployment', [3000]]])
    expect(numbers(of({ config: { server: { http_port: '8080' } } }))).toEqual([['x-deployment', [8080]]])
    expect(of({})[0]).toMatchObject({ labels: { app: 'x' }, services: { 'x-service': { 3000: 3000 } } })
  })

  test('do not exist if it is elsewhere', () => {
    expect(of({ external: { url: 'https://grafana.example.com' } })).toEqual([])
  })
})

describe('pods of an OpenTelemetryCollector', () => {
  const of = (spec: Record<string, unknown>) => podsOf('opentelemetry.io/v1beta1', 'OpenTelemetryCollector', spec)
  const receivers = (config: Record<string, unknown>) => of({ config: { receivers: config } })[0]?.ports.slice(0, -1)

  test('are known by namespace and name, and tell of themselves', () => {
    expect(of({})).toMatchObject([
      {
        name: 'x-collector',
        labels: {
          'app.kubernetes.io/managed-by': 'opentelemetry-operator',
          'app.kubernetes.io/instance': 'ns.x',
          'app.kubernetes.io/component': 'opentelemetry-collector',
        },
        ports: [{ name: 'metrics', port: 8888 }],
        needsApiServer: false,
      },
    ])
  })

  test.each([
    [{ otlp: { protocols: { grpc: null, http: { endpoint: '0.0.0.0:55681' } } } }, [4317, 55681]],
    [{ 'otlp/inside': { protocols: { grpc: { endpoint: '${env:POD_IP}:4319' } } } }, [4319]],
    [{ jaeger: { protocols: { thrift_compact: {} } } }, [6831]],
    [{ zipkin: null }, [9411]],
    [{ statsd: {} }, [8125]],
    [{ prometheus: { config: {} }, redis: { endpoint: 'cache:6379' } }, []],
  ])('with receivers %j listen on %j', (config, ports) => {
    expect(receivers(config)?.map(({ port }) => port)).toEqual(ports)
  })

  test('listen over UDP where the receiver does', () => {
    expect(receivers({ statsd: null })).toEqual([{ port: 8125, protocol: 'UDP' }])
  })

  test('listen where an exporter is read, and on the ports that the object adds', () => {
    const ports = [
      { name: 'otlp', port: 4317 },
      { port: 80, targetPort: 8080, protocol: 'UDP' },
    ]
    const config = {
      receivers: { otlp: { protocols: { grpc: {} } } },
      exporters: { prometheus: { endpoint: ':8889' } },
    }
    expect(of({ ports, config })[0]?.ports).toEqual([
      { name: 'otlp', port: 4317 },
      { port: 8080, protocol: 'UDP' },
      { port: 8889 },
      { name: 'metrics', port: 8888 },
    ])
  })

  test.each<[Record<string, unknown> | string, boolean]>([
    [{ processors: { k8sattributes: {} } }, true],
    [{ processors: { 'k8sattributes/all': null } }, true],
    [{ receivers: { k8s_cluster: {} } }, true],
    [{ receivers: { prometheus: { config: { scrape_configs: [{ kubernetes_sd_configs: [] }] } } } }, true],
    ['receivers:\n  kubeletstats:\n    auth_type: serviceAccount\n', true],
    [{ processors: { batch: {}, attributes: { actions: [{ key: 'k8s.pod.name' }] } } }, false],
  ])('with config %j call the API server: %s', (config, expected) => {
    expect(of({ config })[0]?.needsApiServer).toBe(expected)
  })

  test('are those of an allocator of targets too', () => {
    const pods = of({ mode: 'statefulset', targetAllocator: { enabled: true } })
    expect(needy(pods)).toEqual(['x-targetallocator'])
    expect(pods[1]).toMatchObject({ members: [8080], services: { 'x-targetallocator': { 80: 8080 } } })
  })

  test.each([[{ mode: 'sidecar' }], [{ hostNetwork: true }]])('are not known with %j', (spec) => {
    expect(of(spec)).toEqual([])
  })
})

describe('pods of a Jaeger', () => {
  const of = (spec: Record<string, unknown>) => podsOf('jaegertracing.io/v1', 'Jaeger', spec)

  test('are one for all unless its strategy is another', () => {
    expect(of({}).map(({ name }) => name)).toEqual(['x'])
    expect(of({ strategy: 'production' }).map(({ name }) => name)).toEqual(['x-collector', 'x-query'])
    expect(of({ strategy: 'Streaming' }).map(({ name }) => name)).toEqual(['x-collector', 'x-query', 'x-ingester'])
  })

  test('take spans and answer queries through the Services of each', () => {
    expect(of({})[0]?.services).toMatchObject({ 'x-collector': { 4317: 4317 }, 'x-query': { 16686: 16686 } })
    expect(of({})[0]?.ports).toContainEqual({ name: 'jg-compact-trft', port: 6831, protocol: 'UDP' })
  })
})
