import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type OperatorCalls, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const REDIS = 6379
const SENTINEL = 26379

const operator: OperatorCalls = {
  namespace: 'redis-operator',
  labels: [{ 'control-plane': 'redis-operator' }, { name: 'redis-operator' }],
  ports: [REDIS],
}

const numberOr = (object: KubernetesObject, standard: number, ...path: string[]): number => {
  const written = valueAt(object, ['spec', ...path])
  return typeof written === 'number' ? written : standard
}

/** The exporter of metrics, a container next to Redis. */
const exporterOf = (object: KubernetesObject): PodPort[] =>
  valueAt(object, ['spec', 'redisExporter', 'enabled']) === true
    ? [{ name: 'redis-exporter', port: numberOr(object, 9121, 'redisExporter', 'port') }]
    : []

interface Facts {
  suffix?: string
  setup: string
  role: string
  client: PodPort
  /** On which the nodes of a cluster gossip. */
  bus?: PodPort
  members?: readonly number[]
  /** What is appended to the names of further Services. */
  services?: readonly string[]
}

/** The pods carry the labels of the object too, which count more than those of the operator. */
const podsOf = (object: KubernetesObject, { suffix = '', setup, role, client, bus, ...facts }: Facts): RuntimePods => {
  const name = `${object.metadata.name}${suffix}`
  const given = object.metadata.labels ?? {}
  const exporter = exporterOf(object)
  const own = Object.entries({ app: name, redis_setup_type: setup, role })
  const served = samePorts(client.port)
  return {
    name,
    labels: Object.fromEntries(own.map(([label, value]) => [label, given[label] ?? value])),
    furtherLabels: given,
    ports: [client, ...(bus ? [bus] : []), ...exporter],
    ...(facts.members && { members: facts.members }),
    services: {
      [name]: samePorts(client.port, ...exporter.map(({ port }) => port)),
      ...Object.fromEntries(
        ['-headless', '-additional', ...(facts.services ?? [])].map((end) => [`${name}${end}`, served]),
      ),
    },
    operator: { ...operator, ports: [client.port] },
    needsApiServer: false,
  }
}

const redis: PodPort = { name: 'redis-client', port: REDIS }

/** Of a cluster alone the object may move the port, and with it that of the gossip. */
function podsOfCluster(object: KubernetesObject, role: string): RuntimePods {
  const port = numberOr(object, REDIS, 'port')
  const bus = port + 10000
  return podsOf(object, {
    ...{ suffix: `-${role}`, setup: 'cluster', role },
    ...{ client: { name: 'redis-client', port }, bus: { name: 'redis-bus', port: bus }, members: [port, bus] },
  })
}

/**
 * Sources: https://redis-operator.opstree.dev/docs/, and in
 * https://github.com/OT-CONTAINER-KIT/redis-operator/tree/main/internal/k8sutils labels.go, statefulset.go, services.go,
 * redis-cluster.go and redis-replication.go
 */
export const redisOperator: Operator = {
  name: 'Redis Operator of OpsTree',
  customResources: {
    'redis.redis.opstreelabs.in/Redis': {
      runtimePods: (object) => [podsOf(object, { setup: 'standalone', role: 'standalone', client: redis })],
    },
    'redis.redis.opstreelabs.in/RedisCluster': {
      runtimePods: (object) => ['leader', 'follower'].map((role) => podsOfCluster(object, role)),
    },
    'redis.redis.opstreelabs.in/RedisReplication': {
      runtimePods: (object) => [
        podsOf(object, {
          ...{ setup: 'replication', role: 'replication', client: redis },
          ...{ members: [REDIS], services: ['-master', '-replica'] },
        }),
      ],
    },
    'redis.redis.opstreelabs.in/RedisSentinel': {
      runtimePods: (object) => [
        {
          ...podsOf(object, {
            ...{ suffix: '-sentinel', setup: 'sentinel', role: 'sentinel' },
            ...{ client: { name: 'sentinel-client', port: SENTINEL }, members: [SENTINEL] },
          }),
          calls: watchedBy(object),
        },
      ],
    },
  },
}

/** The replication that sentinels watch. */
function watchedBy({ metadata: { namespace = '' }, spec }: KubernetesObject): NonNullable<RuntimePods['calls']> {
  const config = valueAt(spec, ['redisSentinelConfig'])
  const name = isFields(config) ? config.redisReplicationName : undefined
  return typeof name === 'string' ? [{ namespace, service: name, port: REDIS }] : []
}
