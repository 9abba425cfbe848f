import { listAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type PodPort, type RuntimePods, samePorts } from './operator.ts'
import { callTo } from './service-calls.ts'

// Sources: https://strimzi.io/docs/operators/latest/configuring.html, and in
// https://github.com/strimzi/strimzi-kafka-operator/tree/0.45.0/cluster-operator/src/main/java/io/strimzi/operator/cluster/model
// KafkaCluster, ZookeeperCluster, EntityOperator, KafkaExporter, CruiseControl, KafkaConnectCluster, KafkaBridgeCluster,
// jmx/JmxModel, and ListenersUtils for the Services of listeners

export const STRIMZI = 'kafka.strimzi.io'
/** The label that names the Kafka, or the KafkaConnect, that an object is a part of. */
export const STRIMZI_CLUSTER = 'strimzi.io/cluster'

const METRICS: PodPort = { name: 'tcp-prometheus', port: 9404 }
const JMX: PodPort = { name: 'jmx', port: 9999 }
const CRUISE_CONTROL: PodPort = { name: 'rest-api', port: 9090 }

const has = (object: KubernetesObject, ...path: string[]): boolean => isFields(valueAt(object, path))

const pods = (
  { metadata }: KubernetesObject,
  component: string,
  ports: readonly PodPort[],
  needsApiServer = false,
  more: Pick<RuntimePods, 'members' | 'services' | 'calls'> = {},
): RuntimePods => {
  const name = `${metadata.name}-${component}`
  const labels = { [STRIMZI_CLUSTER]: metadata.name, 'strimzi.io/name': name }
  return { name, labels, ports, ...more, needsApiServer }
}

/** Brokers, controllers and the cluster's tools call each other on ports that the operator opens for itself. */
function brokerTraffic(kafka: KubernetesObject): Pick<RuntimePods, 'members' | 'services'> {
  const clients = portsOfKafka(kafka).filter(({ port }) => ![9090, 8443, METRICS.port, JMX.port].includes(port))
  return {
    members: [9090, 9091],
    services: {
      [`${kafka.metadata.name}-kafka-bootstrap`]: samePorts(...clients.map(({ port }) => port)),
      [`${kafka.metadata.name}-kafka-brokers`]: samePorts(...clients.map(({ port }) => port)),
      ...servicesOfListeners(kafka),
    },
  }
}

/** A listener that is not for the inside alone has a Service of its own. */
const servicesOfListeners = (kafka: KubernetesObject): Record<string, Record<number, number>> =>
  Object.fromEntries(
    listenersOf(kafka).flatMap(({ name, port, type }) =>
      typeof name === 'string' && typeof port === 'number' && type !== 'internal'
        ? [[`${kafka.metadata.name}-kafka-${name}-bootstrap`, samePorts(port)]]
        : [],
    ),
  )

/** The pods of a Kafka, of its pools, and of everything else that it runs. */
export const podsOfKafka = (kafka: KubernetesObject): RuntimePods[] => [
  pods(kafka, 'kafka', portsOfKafka(kafka), readsNodes(kafka), brokerTraffic(kafka)),
  ...(has(kafka, 'spec', 'zookeeper')
    ? [
        pods(
          kafka,
          'zookeeper',
          [
            { name: 'tcp-clients', port: 2181 },
            { name: 'tcp-clustering', port: 2888 },
            { name: 'tcp-election', port: 3888 },
            ...measured(kafka, 'zookeeper'),
          ],
          false,
          { members: [2181, 2888, 3888] },
        ),
      ]
    : []),
  ...(has(kafka, 'spec', 'entityOperator')
    ? [pods(kafka, 'entity-operator', [{ port: 8080 }, { port: 8081 }], true)]
    : []),
  ...(has(kafka, 'spec', 'kafkaExporter') ? [pods(kafka, 'kafka-exporter', [METRICS])] : []),
  ...(has(kafka, 'spec', 'cruiseControl')
    ? [
        pods(kafka, 'cruise-control', [CRUISE_CONTROL, ...metrics(kafka, 'cruiseControl')], false, {
          // The operator of topics asks it for other numbers of replicas.
          members: [CRUISE_CONTROL.port],
          services: { [`${kafka.metadata.name}-cruise-control`]: samePorts(CRUISE_CONTROL.port) },
        }),
      ]
    : []),
]

const metrics = (object: KubernetesObject, ...component: string[]): PodPort[] =>
  has(object, 'spec', ...component, 'metricsConfig') ? [METRICS] : []

/** Metrics, and what Java tells of itself. */
const measured = (object: KubernetesObject, ...component: string[]): PodPort[] => [
  ...metrics(object, ...component),
  ...(has(object, 'spec', ...component, 'jmxOptions') ? [JMX] : []),
]

function portsOfKafka(kafka: KubernetesObject): PodPort[] {
  return [
    { name: 'tcp-ctrlplane', port: 9090 },
    { name: 'tcp-replication', port: 9091 },
    { name: 'tcp-kafkaagent', port: 8443 },
    ...listenersOf(kafka).flatMap(({ name, port }) =>
      typeof name === 'string' && typeof port === 'number' ? [{ name: portName(name, port), port }] : [],
    ),
    ...measured(kafka, 'kafka'),
  ]
}

const listenersOf = (kafka: KubernetesObject): Record<string, unknown>[] => listAt(kafka, 'spec', 'kafka', 'listeners')

/** Ports of listeners that older versions had by other means keep the names of that time. */
const FORMER_NAMES: Readonly<Record<string, string>> = {
  'plain 9092': 'tcp-clients',
  'tls 9093': 'tcp-clientstls',
  'external 9094': 'tcp-external',
}
const portName = (listener: string, port: number): string => FORMER_NAMES[`${listener} ${port}`] ?? `tcp-${listener}`

/** An init container asks for the pod's node: for its rack, or for the address of a listener on a node port. */
const readsNodes = (kafka: KubernetesObject): boolean =>
  has(kafka, 'spec', 'kafka', 'rack') || listenersOf(kafka).some(({ type }) => type === 'nodeport')

/** The pods of a kind that is a client of Kafka; a KafkaBridge may set its port. */
export const podsOfClient =
  (component: string, standard: number) =>
  (object: KubernetesObject): RuntimePods[] => {
    const written = valueAt(object, ['spec', 'http', 'port'])
    const port = typeof written === 'number' ? written : standard
    const service = `${object.metadata.name}-${component}-${component === 'bridge' ? 'service' : 'api'}`
    return [
      pods(object, component, [{ name: 'rest-api', port }, ...measured(object)], has(object, 'spec', 'rack'), {
        members: component === 'bridge' ? [] : [port],
        services: { [service]: samePorts(port) },
        calls: brokersOf(object),
      }),
    ]
  }

/** The Services of brokers that a client is told, as `my-cluster-kafka-bootstrap.kafka.svc:9092`. */
function brokersOf({ metadata, spec }: KubernetesObject): NonNullable<RuntimePods['calls']> {
  const written = [
    spec,
    ...listAt(spec, 'clusters'),
    valueAt(spec, ['target']),
    ...listAt(spec, 'mirrors').map(({ source }) => source),
  ].map((place) => valueAt(place, ['bootstrapServers']))
  const servers = written.flatMap((list) => (typeof list === 'string' ? list.split(',') : []))
  return servers.flatMap((server) => callTo(server, metadata.namespace))
}
