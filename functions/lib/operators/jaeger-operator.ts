import { textAt } from '../kubernetes/fields.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

const COLLECTOR: readonly PodPort[] = [
  { name: 'zipkin', port: 9411 },
  { name: 'grpc', port: 14250 },
  { name: 'c-binary-trft', port: 14268 },
  { name: 'grpc-otlp', port: 4317 },
  { name: 'http-otlp', port: 4318 },
]
const QUERY: readonly PodPort[] = [{ name: 'query', port: 16686 }, { port: 16685 }]
const AGENT: readonly PodPort[] = [
  { name: 'zk-compact-trft', port: 5775, protocol: 'UDP' },
  { name: 'jg-compact-trft', port: 6831, protocol: 'UDP' },
  { name: 'jg-binary-trft', port: 6832, protocol: 'UDP' },
  { name: 'config-rest', port: 5778 },
]
const admin = (port: number): PodPort => ({ name: 'admin-http', port })

const served = (ports: readonly PodPort[]): Record<number, number> => samePorts(...ports.map(({ port }) => port))

function podsOf(
  { metadata }: KubernetesObject,
  component: string,
  ports: readonly PodPort[],
  services: NonNullable<RuntimePods['services']>,
): RuntimePods {
  const name = component === 'all-in-one' ? metadata.name : `${metadata.name}-${component}`
  return {
    name,
    labels: { app: 'jaeger', 'app.kubernetes.io/instance': metadata.name, 'app.kubernetes.io/component': component },
    furtherLabels: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/part-of': 'jaeger',
      'app.kubernetes.io/managed-by': 'jaeger-operator',
    },
    ports,
    services,
    needsApiServer: false,
  }
}

/** One pod for all, unless the strategy is to run collectors and queries apart, with Kafka between them and the storage or not. */
function componentsOf(jaeger: KubernetesObject): RuntimePods[] {
  const { name } = jaeger.metadata
  const strategy = (textAt(jaeger, 'spec', 'strategy') ?? 'allinone').toLowerCase()
  const collector = { [`${name}-collector`]: served(COLLECTOR), [`${name}-collector-headless`]: served(COLLECTOR) }
  const query = { [`${name}-query`]: served(QUERY) }
  if (strategy !== 'production' && strategy !== 'streaming')
    return [
      podsOf(jaeger, 'all-in-one', [...COLLECTOR, ...QUERY, ...AGENT, admin(14269)], {
        ...collector,
        ...query,
        [`${name}-agent`]: served(AGENT),
      }),
    ]
  return [
    podsOf(jaeger, 'collector', [...COLLECTOR, admin(14269)], collector),
    podsOf(jaeger, 'query', [...QUERY, admin(16687)], query),
    ...(strategy === 'streaming' ? [podsOf(jaeger, 'ingester', [admin(14270)], {})] : []),
  ]
}

/** Sources: in https://github.com/jaegertracing/jaeger-operator/tree/main/pkg deployment, service and util */
export const jaegerOperator: Operator = {
  name: 'Jaeger Operator',
  customResources: { 'jaegertracing.io/Jaeger': { runtimePods: componentsOf } },
}
