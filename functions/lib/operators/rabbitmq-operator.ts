import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, samePorts } from './operator.ts'

/** The port that a plugin opens without TLS, and the one with TLS. */
const PLUGINS: Readonly<Record<string, readonly [plain: PodPort, tls: PodPort]>> = {
  rabbitmq_mqtt: [
    { name: 'mqtt', port: 1883 },
    { name: 'mqtts', port: 8883 },
  ],
  rabbitmq_stomp: [
    { name: 'stomp', port: 61613 },
    { name: 'stomps', port: 61614 },
  ],
  rabbitmq_stream: [
    { name: 'stream', port: 5552 },
    { name: 'streams', port: 5551 },
  ],
  rabbitmq_web_mqtt: [
    { name: 'web-mqtt', port: 15675 },
    { name: 'web-mqtt-tls', port: 15676 },
  ],
  rabbitmq_web_stomp: [
    { name: 'web-stomp', port: 15674 },
    { name: 'web-stomp-tls', port: 15673 },
  ],
}

const pluginsOf = (cluster: KubernetesObject): unknown[] => {
  const plugins = valueAt(cluster, ['spec', 'rabbitmq', 'additionalPlugins'])
  return Array.isArray(plugins) ? plugins : []
}

/** By which the nodes find each other, and talk to each other. */
const NODE_PORTS = [4369, 25672]

/** The ports of the broker itself, without TLS and with it. */
const BROKER: readonly (readonly [plain: PodPort, tls: PodPort])[] = [
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

/** Without TLS unless the object switches that off, and with TLS if it names a certificate. */
function portsOf(cluster: KubernetesObject): PodPort[] {
  const plugins = Object.entries(PLUGINS).flatMap(([plugin, ports]) =>
    pluginsOf(cluster).includes(plugin) ? [ports] : [],
  )
  const hasTls = Boolean(valueAt(cluster, ['spec', 'tls', 'secretName']))
  const isPlain = !hasTls || valueAt(cluster, ['spec', 'tls', 'disableNonTLSListeners']) !== true
  return [
    { name: 'epmd', port: 4369 },
    // Between the nodes.
    { port: 25672 },
    ...[...BROKER, ...plugins].flatMap(([plain, tls]) => [...(isPlain ? [plain] : []), ...(hasTls ? [tls] : [])]),
  ]
}

const clientPortsOf = (cluster: KubernetesObject): number[] =>
  portsOf(cluster).flatMap(({ port }) => (NODE_PORTS.includes(port) ? [] : [port]))

/**
 * The nodes find each other through the API server, by the plugin rabbitmq_peer_discovery_k8s.
 * Sources: https://www.rabbitmq.com/kubernetes/operator/using-operator, https://www.rabbitmq.com/docs/networking#ports,
 * https://github.com/rabbitmq/cluster-operator/blob/main/internal/resource/statefulset.go,
 * service.go there, and https://www.rabbitmq.com/kubernetes/operator/using-operator#tls (disableNonTLSListeners)
 */
export const rabbitmqOperator: Operator = {
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
            [cluster.metadata.name]: samePorts(...clientPortsOf(cluster)),
            [`${cluster.metadata.name}-nodes`]: samePorts(...NODE_PORTS),
          },
          needsApiServer: true,
        },
      ],
    },
  },
}
