import { listAt, textAt } from '../kubernetes/fields.ts'
import { isFields, type KubernetesObject, valueAt } from '../kubernetes/objects.ts'
import { portsOfReceivers } from './opentelemetry-receivers.ts'
import { type Operator, type PodPort, type RuntimePods, samePorts } from './operator.ts'

/** Telemetry of the collector itself. */
const METRICS: PodPort = { name: 'metrics', port: 8888 }

/** Parts of a configuration that read the API server: by the keys of their settings. */
const READERS = /\b(?:k8s_?[a-z_]+|kubeletstats|receiver_creator|kubernetes_sd_configs)(?:\/[\w.-]+)?"?\s*:/

function readsApiServer(collector: KubernetesObject): boolean {
  const config = valueAt(collector, ['spec', 'config'])
  return READERS.test(typeof config === 'string' ? config : (JSON.stringify(config) ?? ''))
}

/** The ports of receivers, and those that the object adds. A port that it adds may belong to a receiver. */
function clientPorts(collector: KubernetesObject): PodPort[] {
  const receivers = portsOfReceivers(valueAt(collector, ['spec', 'config']))
  const given = listAt(collector, 'spec', 'ports').flatMap(({ name, port, targetPort = port, protocol }): PodPort[] =>
    typeof targetPort === 'number'
      ? [
          {
            ...(typeof name === 'string' && { name }),
            port: targetPort,
            ...(protocol === 'UDP' && { protocol }),
          },
        ]
      : [],
  )
  return [...given, ...receivers.filter(({ port }) => !given.some((one) => one.port === port))]
}

/** Undefined if the operator shortens the label, because nobody knows how. */
function labelsOf({ metadata }: KubernetesObject, component: string): Record<string, string> | undefined {
  const instance = `${metadata.namespace ?? ''}.${metadata.name}`
  return instance.length > 63
    ? undefined
    : {
        'app.kubernetes.io/managed-by': 'opentelemetry-operator',
        'app.kubernetes.io/instance': instance,
        'app.kubernetes.io/component': component,
      }
}

function collectorsOf(collector: KubernetesObject): RuntimePods[] {
  const { name, labels: given = {} } = collector.metadata
  const labels = labelsOf(collector, 'opentelemetry-collector')
  const isHidden = valueAt(collector, ['spec', 'hostNetwork']) === true
  if (!labels || isHidden || textAt(collector, 'spec', 'mode') === 'sidecar') return []
  const own = clientPorts(collector)
  const served = samePorts(...own.map(({ port }) => port))
  const account = textAt(collector, 'spec', 'serviceAccount')
  return [
    {
      name: `${name}-collector`,
      labels,
      furtherLabels: {
        'app.kubernetes.io/name': `${name}-collector`,
        'app.kubernetes.io/part-of': 'opentelemetry',
        ...given,
      },
      ports: [...own, METRICS],
      services: {
        [`${name}-collector`]: served,
        [`${name}-collector-headless`]: served,
        [`${name}-collector-monitoring`]: samePorts(METRICS.port),
      },
      ...(account !== undefined && { serviceAccount: account }),
      needsApiServer: readsApiServer(collector),
    },
  ]
}

/** Reads monitors in the API server, and tells the collectors what each has to scrape. */
function allocatorsOf(collector: KubernetesObject): RuntimePods[] {
  const labels = labelsOf(collector, 'opentelemetry-targetallocator')
  const allocator = valueAt(collector, ['spec', 'targetAllocator'])
  if (!labels || !isFields(allocator) || allocator.enabled !== true) return []
  const name = `${collector.metadata.name}-targetallocator`
  return [
    {
      name,
      labels,
      furtherLabels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'opentelemetry' },
      ports: [{ name: 'http', port: 8080 }],
      members: [8080],
      services: { [name]: { 80: 8080 } },
      needsApiServer: true,
    },
  ]
}

/**
 * The pods of a collector in mode `sidecar` are those of others.
 * Sources: in https://github.com/open-telemetry/opentelemetry-operator/tree/main/internal manifests/manifestutils/labels.go,
 * manifests/collector, manifests/targetallocator and naming/main.go
 */
export const opentelemetryOperator: Operator = {
  name: 'OpenTelemetry Operator',
  customResources: {
    'opentelemetry.io/OpenTelemetryCollector': {
      images: ['spec.image', 'spec.targetAllocator.image'],
      runtimePods: (collector) => [...collectorsOf(collector), ...allocatorsOf(collector)],
    },
  },
}
