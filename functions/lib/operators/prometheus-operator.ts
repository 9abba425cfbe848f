import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { LABEL_SELECTOR } from '../kubernetes/selector.ts'
import type { Shape } from '../kubernetes/type-check.ts'
import { portsOfContainers } from './given-ports.ts'
import {
  type CustomResource,
  type ImageField,
  type Operator,
  type PodFields,
  type PodPort,
  type RuntimePods,
  samePorts,
} from './operator.ts'
import { callTo } from './service-calls.ts'

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

const POD_METADATA: Shape = { podMetadata: { labels: { '*': 'string' } } }
/** A Prometheus chooses its monitors by their labels and by those of their Namespaces. */
const SELECTORS: Shape = Object.fromEntries(
  ['serviceMonitor', 'podMonitor', 'probe'].flatMap((kind) => [
    [`${kind}Selector`, LABEL_SELECTOR],
    [`${kind}NamespaceSelector`, LABEL_SELECTOR],
  ]),
)

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
  shape: { spec: POD_METADATA },
}
const scraper: CustomResource = { ...server, shape: { spec: { ...POD_METADATA, ...SELECTORS } } }

interface Facts {
  /** Value of the label app.kubernetes.io/name. */
  name: string
  prefix: string
  /** The headless Service, one for all such objects of a namespace. */
  service?: string
  needsApiServer: boolean
  members?: readonly number[]
  ports(object: KubernetesObject): PodPort[]
}

/** The pods of a StatefulSet that is called after its object. */
const runtimePods =
  ({ name, prefix, service, needsApiServer, members, ports }: Facts) =>
  (object: KubernetesObject): RuntimePods[] => {
    const own = ports(object)
    const given = valueAt(object, ['spec', 'podMetadata', 'labels'])
    const instance = object.metadata.name
    const account = valueAt(object, ['spec', 'serviceAccountName'])
    return [
      {
        name: `${prefix}-${instance}`,
        labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': instance },
        furtherLabels: {
          'app.kubernetes.io/managed-by': 'prometheus-operator',
          ...(name.startsWith('prometheus') && { 'operator.prometheus.io/name': instance }),
          ...(name !== 'prometheus-agent' && { [name]: instance }),
          ...(isFields(given) && (given as Record<string, string>)),
        },
        ports: [...own, ...reloader(object), ...portsOfContainers(object, 'spec', 'containers')],
        ...(members && { members }),
        ...(service && { services: { [service]: samePorts(...own.map(({ port }) => port)) } }),
        calls: [...alertmanagersOf(object), ...addressesOf(object)],
        ...(typeof account === 'string' && { serviceAccount: account }),
        needsApiServer,
      },
    ]
  }

/** The Alertmanagers to which a Prometheus sends its alerts. */
function alertmanagersOf({ metadata, spec }: KubernetesObject): NonNullable<RuntimePods['calls']> {
  const listed = valueAt(spec, ['alerting', 'alertmanagers'])
  return (Array.isArray(listed) ? listed : [])
    .filter(isFields)
    .flatMap(({ name, namespace, port }) =>
      typeof name === 'string' && (typeof port === 'string' || typeof port === 'number')
        ? [{ namespace: typeof namespace === 'string' ? namespace : (metadata.namespace ?? ''), service: name, port }]
        : [],
    )
}

/** What it asks and tells by URL. A prefix such as `dns+` says how Thanos looks a name up. */
function addressesOf({ metadata, spec }: KubernetesObject): NonNullable<RuntimePods['calls']> {
  const listed = (key: string): unknown[] => {
    const value = valueAt(spec, [key])
    return Array.isArray(value) ? value : []
  }
  return [
    ...[...listed('remoteWrite'), ...listed('remoteRead')].map((remote) => valueAt(remote, ['url'])),
    ...[...listed('queryEndpoints'), ...listed('alertmanagersUrl')].map((address) =>
      typeof address === 'string' ? address.replace(/^dns(?:srv(?:noa)?)?\+/, '') : undefined,
    ),
  ].flatMap((address) => callTo(address, metadata.namespace))
}

const listensLocally = (object: KubernetesObject): boolean => valueAt(object, ['spec', 'listenLocal']) === true

const reloader = (object: KubernetesObject): PodPort[] =>
  listensLocally(object) ? [] : [{ name: 'reloader-web', port: 8080 }]

/** The port of the web interface, unless it listens on localhost alone. */
function web(object: KubernetesObject, port: number): PodPort[] {
  if (listensLocally(object)) return []
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
 * pkg/prometheus/agent/statefulset.go, pkg/alertmanager/statefulset.go, pkg/thanos/statefulset.go and
 * pkg/operator/config_reloader.go there
 */
export const prometheusOperator: Operator = {
  name: 'Prometheus Operator',
  imageSettings: [{ argument: '--prometheus-config-reloader' }, { argument: '--thanos-default-base-image' }],
  customResources: {
    'monitoring.coreos.com/Prometheus': {
      ...scraper,
      runtimePods: runtimePods({
        name: 'prometheus',
        prefix: 'prometheus',
        service: 'prometheus-operated',
        needsApiServer: true,
        ports: (object) => [...web(object, 9090), ...thanosSidecar(object)],
      }),
    },
    'monitoring.coreos.com/PrometheusAgent': {
      ...scraper,
      runtimePods: runtimePods({
        name: 'prometheus-agent',
        prefix: 'prom-agent',
        service: 'prometheus-agent-operated',
        needsApiServer: true,
        ports: (object) => web(object, 9090),
      }),
    },
    'monitoring.coreos.com/Alertmanager': {
      ...server,
      runtimePods: runtimePods({
        name: 'alertmanager',
        prefix: 'alertmanager',
        service: 'alertmanager-operated',
        needsApiServer: false,
        members: [9094],
        ports: (object) => [
          ...web(object, 9093),
          { name: 'mesh-tcp', port: 9094 },
          { name: 'mesh-udp', port: 9094, protocol: 'UDP' },
        ],
      }),
    },
    'monitoring.coreos.com/ThanosRuler': {
      ...server,
      runtimePods: runtimePods({
        name: 'thanos-ruler',
        prefix: 'thanos-ruler',
        service: 'thanos-ruler-operated',
        needsApiServer: false,
        ports: (object) => [{ name: 'grpc', port: 10901 }, ...web(object, 10902)],
      }),
    },
  },
}
