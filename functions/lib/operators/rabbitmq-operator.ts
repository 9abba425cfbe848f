import { type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { type Operator, type PodPort, samePorts } from './operator.ts'

/** The ports that a plugin opens, without TLS. */
const PLUGINS: Readonly<Record<string, PodPort>> = {
  rabbitmq_mqtt: { name: 'mqtt', port: 1883 },
  rabbitmq_stomp: { name: 'stomp', port: 61613 },
  rabbitmq_stream: { name: 'stream', port: 5552 },
  rabbitmq_web_mqtt: { name: 'web-mqtt', port: 15675 },
  rabbitmq_web_stomp: { name: 'web-stomp', port: 15674 },
}

const pluginsOf = (cluster: KubernetesObject): unknown[] => {
  const plugins = valueAt(cluster, ['spec', 'rabbitmq', 'additionalPlugins'])
  return Array.isArray(plugins) ? plugins : []
}

/** By which the nodes find each other, and talk to each other. */
const NODE_PORTS = [4369, 25672]

const portsOf = (cluster: KubernetesObject): PodPort[] => [
  { name: 'epmd', port: 4369 },
  { name: 'amqp', port: 5672 },
  { name: 'management', port: 15672 },
  { name: 'prometheus', port: 15692 },
  // Between the nodes.
  { port: 25672 },
  ...(valueAt(cluster, ['spec', 'tls', 'secretName'])
    ? [
        { name: 'amqps', port: 5671 },
        { name: 'management-tls', port: 15671 },
        { name: 'prometheus-tls', port: 15691 },
      ]
    : []),
  ...Object.entries(PLUGINS).flatMap(([plugin, port]) => (pluginsOf(cluster).includes(plugin) ? [port] : [])),
]

const clientPortsOf = (cluster: KubernetesObject): number[] =>
  portsOf(cluster).flatMap(({ port }) => (NODE_PORTS.includes(port) ? [] : [port]))

/**
 * The nodes find each other through the API server, by the plugin rabbitmq_peer_discovery_k8s.
 * Sources: https://www.rabbitmq.com/kubernetes/operator/using-operator, https://www.rabbitmq.com/docs/networking#ports,
 * https://github.com/rabbitmq/cluster-operator/blob/main/internal/resource/statefulset.go
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
