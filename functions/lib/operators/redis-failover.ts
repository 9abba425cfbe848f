import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const SENTINEL = 26379

const portOf = (object: KubernetesObject): number => {
  const written = valueAt(object, ['spec', 'redis', 'port'])
  return typeof written === 'number' && written !== 0 ? written : 6379
}

const exporterOf = (object: KubernetesObject, part: string): PodPort[] =>
  valueAt(object, ['spec', part, 'exporter', 'enabled']) === true ? [{ name: 'metrics', port: 9121 }] : []

/** Of the pod that leads, of those that follow, and of what they tell of themselves. */
const servicesOfRedis = (name: string, [own, exporter]: readonly PodPort[]): NonNullable<RuntimePods['services']> => ({
  [`rfrm-${name}`]: samePorts(...(own ? [own.port] : [])),
  [`rfrs-${name}`]: samePorts(...(own ? [own.port] : [])),
  ...(exporter && { [`rfr-${name}`]: samePorts(exporter.port) }),
})

/** `rfr-NAME` are the databases, `rfs-NAME` the sentinels. */
const podsOf = ({ metadata }: KubernetesObject, component: string, ports: readonly PodPort[]): RuntimePods => {
  const name = `${component === 'redis' ? 'rfr' : 'rfs'}-${metadata.name}`
  const [own] = ports
  return {
    name,
    labels: {
      'app.kubernetes.io/name': metadata.name,
      'app.kubernetes.io/component': component,
      'app.kubernetes.io/part-of': 'redis-failover',
    },
    furtherLabels: { 'redisfailovers.databases.spotahome.com/name': metadata.name },
    ports,
    members: own ? [own.port] : [],
    services: component === 'redis' ? servicesOfRedis(metadata.name, ports) : { [name]: samePorts(SENTINEL) },
    // It asks databases and sentinels who leads, and tells them.
    operator: {
      namespace: 'default',
      labels: [{ app: 'redisoperator' }, { 'app.kubernetes.io/name': 'redis-operator' }],
      ports: own ? [own.port] : [],
    },
    needsApiServer: false,
  }
}

/**
 * Sources: operator/redisfailover/service/generator.go, names.go and constants.go of
 * https://github.com/spotahome/redis-operator/tree/master
 */
export const redisFailover: Operator = {
  name: 'Redis Operator of Spotahome',
  customResources: {
    'databases.spotahome.com/RedisFailover': {
      runtimePods: (object) => [
        podsOf(object, 'redis', [{ name: 'redis', port: portOf(object) }, ...exporterOf(object, 'redis')]),
        podsOf(object, 'sentinel', [{ name: 'sentinel', port: SENTINEL }, ...exporterOf(object, 'sentinel')]),
      ],
    },
  },
}
