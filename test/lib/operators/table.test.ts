import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PATTERN } from '../../../functions/image-mirror-digest/places/field-pattern.ts'
import { CUSTOM_RESOURCES, runtimePodsOf } from '../../../functions/lib/operators/index.ts'
import { calls, needy, numbers, podsOf as of } from './pods.ts'

describe('pods that an operator makes', () => {
  test('of a Prometheus carry its name, listen for the web, Thanos and the reloader, and read the API server', () => {
    expect(of('monitoring.coreos.com/v1', 'Prometheus', { thanos: {}, portName: 'http' })).toMatchObject([
      {
        name: 'prometheus-x',
        labels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/instance': 'x' },
        ports: [
          { name: 'http', port: 9090 },
          { name: 'grpc', port: 10901 },
          { name: 'http', port: 10902 },
          { name: 'reloader-web', port: 8080 },
        ],
        needsApiServer: true,
      },
    ])
  })

  test('that listen on localhost alone have neither a web port nor one of the reloader', () => {
    expect(numbers(of('monitoring.coreos.com/v1', 'ThanosRuler', { listenLocal: true }))).toEqual([
      ['thanos-ruler-x', [10901]],
    ])
  })

  test('of a ThanosRuler and a Prometheus call the URLs of their objects', () => {
    expect(
      calls(
        of('monitoring.coreos.com/v1', 'ThanosRuler', {
          queryEndpoints: ['dnssrv+_http._tcp.query.shop', 'http://query.metrics:10902', 'dns+query:10902', 1],
          alertmanagersUrl: ['dns+http://alerts:9093'],
        }),
      ),
    ).toEqual(['metrics/query:10902', 'ns/query:10902', 'ns/alerts:9093'])
    const remote = { remoteWrite: [{ url: 'http://receive.thanos:19291/w' }], remoteRead: [{ url: 'http://store/r' }] }
    expect(calls(of('monitoring.coreos.com/v1', 'Prometheus', remote))).toEqual(['thanos/receive:19291', 'ns/store:80'])
  })

  test('of a PrometheusAgent are told by its name alone and have a Service of their own', () => {
    const [pods] = of('monitoring.coreos.com/v1alpha1', 'PrometheusAgent', {})
    expect(pods?.furtherLabels).toEqual({
      'app.kubernetes.io/managed-by': 'prometheus-operator',
      'operator.prometheus.io/name': 'x',
    })
    expect(pods?.services).toEqual({ 'prometheus-agent-operated': { 9090: 9090 } })
  })

  test('of an Alertmanager gossip over UDP too and need no API server', () => {
    const [pods] = of('monitoring.coreos.com/v1', 'Alertmanager', {})
    expect(pods?.ports).toContainEqual({ name: 'mesh-udp', port: 9094, protocol: 'UDP' })
    expect(pods?.needsApiServer).toBe(false)
  })

  test('of a Kafka are those of each part that it has, with the ports of its listeners', () => {
    const pods = of('kafka.strimzi.io/v1beta2', 'Kafka', {
      kafka: {
        listeners: [
          { name: 'plain', port: 9092, type: 'internal' },
          { name: 'mtls', port: 9095, type: 'internal' },
        ],
        metricsConfig: {},
      },
      zookeeper: {},
      entityOperator: {},
      kafkaExporter: {},
      cruiseControl: {},
    })
    expect(numbers(pods)).toEqual([
      ['x-kafka', [9090, 9091, 8443, 9092, 9095, 9404]],
      ['x-zookeeper', [2181, 2888, 3888]],
      ['x-entity-operator', [8080, 8081]],
      ['x-kafka-exporter', [9404]],
      ['x-cruise-control', [9090]],
    ])
    expect(pods[0]?.labels).toEqual({ 'strimzi.io/cluster': 'x', 'strimzi.io/name': 'x-kafka' })
    expect(pods[0]?.ports.slice(3, 5).map(({ name }) => name)).toEqual(['tcp-clients', 'tcp-mtls'])
    expect(needy(pods)).toEqual(['x-entity-operator'])
  })

  test.each([
    ['a rack', { rack: { topologyKey: 'zone' } }],
    ['a listener on a node port', { listeners: [{ name: 'out', port: 9094, type: 'nodeport' }] }],
  ])('of a Kafka with %s read their node from the API server', (_, kafka) => {
    expect(needy(of('kafka.strimzi.io/v1beta2', 'Kafka', { kafka }))).toEqual(['x-kafka'])
  })

  test('of clients of Kafka serve REST', () => {
    for (const [kind, name, port] of [
      ['KafkaConnect', 'x-connect', 8083],
      ['KafkaMirrorMaker2', 'x-mirrormaker2', 8083],
      ['KafkaBridge', 'x-bridge', 8080],
    ] as const)
      expect(numbers(of('kafka.strimzi.io/v1beta2', kind, {}))).toEqual([[name, [port]]])
  })

  test('of a TidbCluster are those of its components and of the discovery service', () => {
    const pods = of('pingcap.com/v1alpha1', 'TidbCluster', { pd: {}, tikv: {} }, { 'app.kubernetes.io/instance': 'i' })
    expect(numbers(pods)).toEqual([
      ['x-discovery', [10261, 10262]],
      ['x-pd', [2379, 2380]],
      ['x-tikv', [20160, 20180]],
    ])
    expect(needy(pods)).toEqual(['x-discovery'])
    expect(pods[1]?.labels).toEqual({
      'app.kubernetes.io/name': 'tidb-cluster',
      'app.kubernetes.io/instance': 'i',
      'app.kubernetes.io/component': 'pd',
    })
  })

  test.each([
    ['minio.min.io/v2', 'Tenant', {}, [9000, 9443], true],
    ['minio.min.io/v2', 'Tenant', { requestAutoCert: false }, [9000, 9090], true],
    ['postgresql.cnpg.io/v1', 'Cluster', {}, [5432, 9187, 8000], true],
    ['minio.min.io/v2', 'Tenant', { features: { enableSFTP: true } }, [9000, 9443, 8022], true],
    ['acid.zalan.do/v1', 'postgresql', {}, [5432, 8008, 8080], true],
    ['redis.redis.opstreelabs.in/v1beta2', 'Redis', { redisExporter: { enabled: true } }, [6379, 9121], false],
    ['redis.redis.opstreelabs.in/v1beta2', 'RedisReplication', {}, [6379], false],
    ['redis.redis.opstreelabs.in/v1beta2', 'RedisSentinel', {}, [26379], false],
    ['apm.k8s.elastic.co/v1', 'ApmServer', {}, [8200], false],
    ['logstash.k8s.elastic.co/v1alpha1', 'Logstash', {}, [9600], false],
    ['pxc.percona.com/v1', 'PerconaXtraDBCluster', {}, [3306, 33062, 4444, 4567, 4568, 33060], false],
    ['rabbitmq.com/v1beta1', 'RabbitmqCluster', {}, [4369, 25672, 6000, 5672, 15672, 15692], true],
    [
      'rabbitmq.com/v1beta1',
      'RabbitmqCluster',
      { tls: { secretName: 's', disableNonTLSListeners: true }, rabbitmq: { additionalPlugins: ['rabbitmq_stream'] } },
      [4369, 25672, 6000, 5671, 15671, 15691, 5551],
      true,
    ],
    [
      'rabbitmq.com/v1beta1',
      'RabbitmqCluster',
      { tls: { secretName: 's' }, rabbitmq: { additionalPlugins: ['rabbitmq_mqtt'] } },
      [4369, 25672, 6000, 5672, 5671, 15672, 15671, 15692, 15691, 1883, 8883],
      true,
    ],
    ['elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', {}, [9200, 9300], false],
    ['kibana.k8s.elastic.co/v1', 'Kibana', {}, [5601], false],
  ])('of %s %s %j listen on %j', (apiVersion, kind, spec, ports, needsApiServer) => {
    const pods = of(apiVersion, kind, spec)
    expect(pods.map((pod) => pod.ports.map(({ port }) => port))).toEqual([ports])
    expect(pods[0]?.needsApiServer).toBe(needsApiServer)
  })

  test('of a Tenant with a KES carry a label of their own, and are called by the tenant', () => {
    const [, kes] = of('minio.min.io/v2', 'Tenant', { kes: {} })
    expect(kes).toMatchObject({ name: 'x-kes', labels: { 'v1.min.io/kes': 'x-kes' }, members: [7373] })
  })

  test('of a Redis cluster are its leaders and its followers, which gossip', () => {
    const pods = of('redis.redis.opstreelabs.in/v1beta2', 'RedisCluster', {})
    expect(pods.map(({ name, labels, members }) => [name, labels.role, members])).toEqual([
      ['x-leader', 'leader', [6379, 16379]],
      ['x-follower', 'follower', [6379, 16379]],
    ])
  })

  test('of a RedisFailover are databases and sentinels', () => {
    expect(numbers(of('databases.spotahome.com/v1', 'RedisFailover', { redis: { port: 6380 }, sentinel: {} }))).toEqual(
      [
        ['rfr-x', [6380]],
        ['rfs-x', [26379]],
      ],
    )
  })

  test('of a PerconaXtraDBCluster are those of the proxy that is enabled too', () => {
    const pods = of('pxc.percona.com/v1', 'PerconaXtraDBCluster', { haproxy: { enabled: true }, proxysql: {} })
    expect(pods.map(({ name }) => name)).toEqual(['x-pxc', 'x-haproxy'])
    expect(pods[1]?.services).toMatchObject({ 'x-haproxy-replicas': { 3306: 3307 } })
  })

  test.each([
    [
      'a pooler',
      of('acid.zalan.do/v1', 'postgresql', { enableConnectionPooler: true })[1],
      [{ namespace: 'ns', service: 'x', port: 5432 }],
    ],
    [
      'a Kibana',
      of('kibana.k8s.elastic.co/v1', 'Kibana', { elasticsearchRef: { name: 'logs' } })[0],
      [{ namespace: 'ns', service: 'logs-es-http', port: 9200 }],
    ],
    [
      'sentinels',
      of('redis.redis.opstreelabs.in/v1beta2', 'RedisSentinel', {
        redisSentinelConfig: { redisReplicationName: 'r' },
      })[0],
      [{ namespace: 'ns', service: 'r', port: 6379 }],
    ],
    [
      'a KafkaConnect',
      of('kafka.strimzi.io/v1beta2', 'KafkaConnect', {
        bootstrapServers: 'k-kafka-bootstrap.data.svc:9093, b:9092',
      })[0],
      [
        { namespace: 'data', service: 'k-kafka-bootstrap', port: 9093 },
        { namespace: 'ns', service: 'b', port: 9092 },
      ],
    ],
    [
      'a KafkaMirrorMaker2',
      of('kafka.strimzi.io/v1beta2', 'KafkaMirrorMaker2', {
        clusters: [{ bootstrapServers: 'a.example.com:9092' }, { bootstrapServers: 'b:9092' }],
      })[0],
      [{ namespace: 'ns', service: 'b', port: 9092 }],
    ],
  ])('of %s call the Services that their object names', (_, pods, calls) => {
    expect(pods?.calls).toEqual(calls)
  })

  test('do not exist if the kind is unknown or its spec is missing', () => {
    expect(of('example.com/v1', 'Prometheus', {})).toEqual([])
    for (const type of Object.keys(CUSTOM_RESOURCES)) {
      const [group = '', kind = ''] = type.split('/')
      expect(() => runtimePodsOf({ apiVersion: `${group}/v1`, kind, metadata: { name: 'x' } })).not.toThrow()
    }
  })
})

describe('a row of the table', () => {
  test.each(Object.entries(CUSTOM_RESOURCES))('%s names its kind by group and holds well-formed paths', (type, row) => {
    expect(type).toMatch(/^[a-z0-9.-]+\/[A-Za-z0-9]+$/)
    for (const image of row.images ?? []) expect(typeof image === 'string' ? image : image.path).toMatch(PATTERN)
  })
})

test('no other file of the functions names a kind of the table, except rules about one program', () => {
  const folder = join(__dirname, '../../../functions')
  const kinds = Object.keys(CUSTOM_RESOURCES).flatMap((type) => [`'${type}'`, `'${type.replace('/', "', '")}'`])
  const naming = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('lib/operators/'))
    .filter((path) => kinds.some((kind) => readFileSync(join(folder, path), 'utf8').includes(kind)))
  expect(naming.filter((path) => !path.startsWith('replication-factor/'))).toEqual([])
})
