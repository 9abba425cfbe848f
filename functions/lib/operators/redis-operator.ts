import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type OperatorCalls, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const REDIS = 6379
/** On which the nodes of a cluster gossip. */
const BUS = 16379
const SENTINEL = 26379

const operator: OperatorCalls = {
  namespace: 'redis-operator',
  labels: [{ 'control-plane': 'redis-operator' }, { name: 'redis-operator' }],
  ports: [REDIS],
}

/** The exporter of metrics, a container next to Redis. */
const exporterOf = (object: KubernetesObject, ...path: string[]): PodPort[] =>
  valueAt(object, ['spec', ...path, 'enabled']) === true ? [{ name: 'redis-exporter', port: 9121 }] : []

interface Facts {
  suffix?: string
  setup: string
  role: string
  ports: readonly PodPort[]
  members?: readonly number[]
}

const podsOf = (object: KubernetesObject, { suffix = '', setup, role, ports, members }: Facts): RuntimePods => {
  const name = `${object.metadata.name}${suffix}`
  const [client] = ports
  const served = samePorts(...(client ? [client.port] : []))
  return {
    name,
    labels: { app: name, redis_setup_type: setup, role },
    ports,
    ...(members && { members }),
    services: { [name]: served, [`${name}-headless`]: served, [`${name}-additional`]: served },
    operator: { ...operator, ports: client ? [client.port] : [] },
    needsApiServer: false,
  }
}

const client: PodPort = { name: 'redis-client', port: REDIS }
const bus: PodPort = { name: 'redis-bus', port: BUS }
const sentinel: PodPort = { name: 'sentinel-client', port: SENTINEL }

/**
 * Sources: https://redis-operator.opstree.dev/docs/, and in
 * https://github.com/OT-CONTAINER-KIT/redis-operator/tree/v0.19.1/pkg/k8sutils labels.go, statefulset.go, services.go
 */
export const redisOperator: Operator = {
  customResources: {
    'redis.redis.opstreelabs.in/Redis': {
      runtimePods: (object) => [
        podsOf(object, {
          setup: 'standalone',
          role: 'standalone',
          ports: [client, ...exporterOf(object, 'redisExporter')],
        }),
      ],
    },
    'redis.redis.opstreelabs.in/RedisCluster': {
      runtimePods: (object) =>
        ['leader', 'follower'].map((role) =>
          podsOf(object, {
            suffix: `-${role}`,
            setup: 'cluster',
            role,
            ports: [client, bus, ...exporterOf(object, 'redisExporter')],
            members: [REDIS, BUS],
          }),
        ),
    },
    'redis.redis.opstreelabs.in/RedisReplication': {
      runtimePods: (object) => [
        podsOf(object, {
          setup: 'replication',
          role: 'replication',
          ports: [client, ...exporterOf(object, 'redisExporter')],
          members: [REDIS],
        }),
      ],
    },
    'redis.redis.opstreelabs.in/RedisSentinel': {
      runtimePods: (object) => [
        {
          ...podsOf(object, {
            suffix: '-sentinel',
            setup: 'sentinel',
            role: 'sentinel',
            ports: [sentinel, ...exporterOf(object, 'redisExporter')],
            members: [SENTINEL],
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
