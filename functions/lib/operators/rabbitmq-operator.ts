import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, samePorts } from './operator.ts'

type Ports = readonly [plain: PodPort, tls: PodPort]

const STREAM: Ports = [
  { name: 'stream', port: 5552 },
  { name: 'streams', port: 5551 },
]

/** The port that a plugin opens without TLS, and the one with TLS. */
const PLUGINS: Readonly<Record<string, Ports>> = {
  rabbitmq_mqtt: [
    { name: 'mqtt', port: 1883 },
    { name: 'mqtts', port: 8883 },
  ],
  rabbitmq_stomp: [
    { name: 'stomp', port: 61613 },
    { name: 'stomps', port: 61614 },
  ],
  rabbitmq_stream: STREAM,
  rabbitmq_multi_dc_replication: STREAM,
}

/** Plugins that have TLS only if clients have to show a certificate too. */
const WEB_PLUGINS: Readonly<Record<string, Ports>> = {
  rabbitmq_web_mqtt: [
    { name: 'web-mqtt', port: 15675 },
    { name: 'web-mqtt-tls', port: 15676 },
  ],
  rabbitmq_web_stomp: [
    { name: 'web-stomp', port: 15674 },
    { name: 'web-stomp-tls', port: 15673 },
  ],
}

/** The ports of those plugins that the object switches on. */
function portsOfPlugins(cluster: KubernetesObject, known: Readonly<Record<string, Ports>>): Ports[] {
  const plugins = valueAt(cluster, ['spec', 'rabbitmq', 'additionalPlugins'])
  const enabled = Object.keys(known).filter((plugin) => Array.isArray(plugins) && plugins.includes(plugin))
  return [...new Set(enabled.map((plugin) => known[plugin] as Ports))]
}

/** By which the nodes find each other, talk to each other, and replicate streams. */
const NODE_PORTS = [4369, 25672, 6000]

/** The ports of the broker itself, without TLS and with it. */
const BROKER: readonly Ports[] = [
  [
    { name: 'amqp', port: 5672 },
    { name: 'amqps', port: 5671 },
  ],
  [
    { name: 'management', port: 15672 },
    { name: 'management-tls', port: 15671 },
  ],
  [
    { name: 'prometheus', port: 15692 },
    { name: 'prometheus-tls', port: 15691 },
  ],
]

const hasTls = (cluster: KubernetesObject): boolean => Boolean(valueAt(cluster, ['spec', 'tls', 'secretName']))

/** Without TLS unless the object switches that off, and with TLS if it names a certificate. */
function clientPortsOf(cluster: KubernetesObject): PodPort[] {
  const tls = valueAt(cluster, ['spec', 'tls'])
  const isPlain = !hasTls(cluster) || valueAt(tls, ['disableNonTLSListeners']) !== true
  const isMutual = hasTls(cluster) && Boolean(valueAt(tls, ['caSecretName']))
  const opened = (ports: readonly Ports[], isEncrypted: boolean): PodPort[] =>
    ports.flatMap(([plain, encrypted]) => [...(isPlain ? [plain] : []), ...(isEncrypted ? [encrypted] : [])])
  return [
    ...opened([...BROKER, ...portsOfPlugins(cluster, PLUGINS)], hasTls(cluster)),
    ...opened(portsOfPlugins(cluster, WEB_PLUGINS), isMutual),
  ]
}

const portsOf = (cluster: KubernetesObject): PodPort[] => [
  { name: 'epmd', port: 4369 },
  { port: 25672 },
  { port: 6000, endPort: 6500 },
  ...clientPortsOf(cluster),
]

/** The Service carries what clients call, of the metrics one port alone. */
const servedBy = (cluster: KubernetesObject): number[] =>
  clientPortsOf(cluster)
    .map(({ port }) => port)
    .filter((port) => !(port === 15692 && hasTls(cluster)))

/**
 * The nodes find each other through the API server, by the plugin rabbitmq_peer_discovery_k8s.
 * Sources: https://www.rabbitmq.com/kubernetes/operator/using-operator, https://www.rabbitmq.com/docs/networking#ports,
 * https://github.com/rabbitmq/cluster-operator/blob/main/internal/resource/statefulset.go,
 * service.go and configmap.go there (TLS of the web plugins), and https://www.rabbitmq.com/kubernetes/operator/using-operator#tls (disableNonTLSListeners)
 */
export const rabbitmqOperator: Operator = {
  name: 'RabbitMQ Cluster Operator',
  customResources: {
    'rabbitmq.com/RabbitmqCluster': {
      images: ['spec.image'],
      imagePullSecrets: ['spec', 'imagePullSecrets'],
      runtimePods: (cluster) => [
        {
          name: `${cluster.metadata.name}-server`,
          labels: { 'app.kubernetes.io/name': cluster.metadata.name, 'app.kubernetes.io/component': 'rabbitmq' },
          furtherLabels: { 'app.kubernetes.io/part-of': 'rabbitmq' },
          ports: portsOf(cluster),
          members: NODE_PORTS,
          services: {
            [cluster.metadata.name]: samePorts(...servedBy(cluster)),
            [`${cluster.metadata.name}-nodes`]: samePorts(4369, 25672),
          },
          needsApiServer: true,
        },
      ],
    },
  },
}
