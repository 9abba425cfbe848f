import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import type { CustomResource, ImageField, Operator, PodFields, PodPort, RuntimePods } from './operator.ts'

// Deprecated in favour of image. The operator refuses a digest in `tag`, and prefers `sha` to it.
const baseImage = (path: string): ImageField => ({
  path,
  parts: { repository: 'baseImage', tag: 'tag', sha256: 'sha' },
})

const pods: PodFields = {
  harden: true,
  podSecurityContexts: {
    'spec.securityContext': { of: 'spec', containerLists: ['spec.initContainers', 'spec.containers'] },
  },
  volumes: ['spec.volumes'],
  claims: ['spec.storage.volumeClaimTemplate'],
  flags: { 'spec.hostNetwork': 'hostNamespaces' },
}

const server: CustomResource = {
  images: [
    'spec.image',
    'spec.thanos.image',
    'spec.containers.*.image',
    'spec.initContainers.*.image',
    'spec.volumes.*.image.reference',
    baseImage('spec'),
    baseImage('spec.thanos'),
  ],
  imagePullSecrets: ['spec', 'imagePullSecrets'],
  pods,
  // The operator's own containers meet restricted already.
  level: 'restricted',
}

/** The pods of a StatefulSet that is called after its object. */
const runtimePods =
  (name: string, prefix: string, needsApiServer: boolean, ports: (object: KubernetesObject) => PodPort[]) =>
  (object: KubernetesObject): RuntimePods[] => [
    {
      name: `${prefix}-${object.metadata.name}`,
      labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': object.metadata.name },
      ports: [...ports(object), { name: 'reloader-web', port: 8080 }],
      needsApiServer,
    },
  ]

/** The port of the web interface, unless it listens on localhost alone. */
function web(object: KubernetesObject, port: number): PodPort[] {
  if (valueAt(object, ['spec', 'listenLocal']) === true) return []
  const name = valueAt(object, ['spec', 'portName'])
  return [{ name: typeof name === 'string' ? name : 'web', port }]
}

/** The sidecar through which Thanos reads the data. */
const thanosSidecar = (object: KubernetesObject): PodPort[] =>
  isFields(valueAt(object, ['spec', 'thanos']))
    ? [
        { name: 'grpc', port: 10901 },
        { name: 'http', port: 10902 },
      ]
    : []

/**
 * Prometheus finds the pods that it scrapes through the API server; Alertmanager and ThanosRuler do not use it.
 * Sources: https://prometheus-operator.dev/docs/api-reference/api/,
 * https://github.com/prometheus-operator/prometheus-operator/blob/v0.80.0/pkg/prometheus/server/statefulset.go,
 * pkg/prometheus/agent/statefulset.go, pkg/alertmanager/statefulset.go and pkg/thanos/statefulset.go there
 */
export const prometheusOperator: Operator = {
  imageSettings: [{ argument: '--prometheus-config-reloader' }, { argument: '--thanos-default-base-image' }],
  customResources: {
    'monitoring.coreos.com/Prometheus': {
      ...server,
      runtimePods: runtimePods('prometheus', 'prometheus', true, (object) => [
        ...web(object, 9090),
        ...thanosSidecar(object),
      ]),
    },
    'monitoring.coreos.com/PrometheusAgent': {
      ...server,
      runtimePods: runtimePods('prometheus-agent', 'prom-agent', true, (object) => web(object, 9090)),
    },
    'monitoring.coreos.com/Alertmanager': {
      ...server,
      runtimePods: runtimePods('alertmanager', 'alertmanager', false, (object) => [
        ...web(object, 9093),
        { name: 'mesh-tcp', port: 9094 },
        { name: 'mesh-udp', port: 9094, protocol: 'UDP' },
      ]),
    },
    'monitoring.coreos.com/ThanosRuler': {
      ...server,
      runtimePods: runtimePods('thanos-ruler', 'thanos-ruler', false, (object) => [
        { name: 'grpc', port: 10901 },
        ...web(object, 10902),
      ]),
    },
  },
}
