import type { Place, ResourcePlace } from './schema.ts'

const inKind = (kind: string, paths: readonly string[]): ResourcePlace[] => paths.map((path) => ({ kind, path }))

/** Repository and tag in two fields that the operator joins by a colon; the digest goes behind the tag. */
const BASE_IMAGE_AND_VERSION = { repository: 'baseImage', tag: 'version' }

/** Source: https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/api-reference/api.md */
const prometheusOperator = (kind: string): ResourcePlace[] => [
  ...inKind(`monitoring.coreos.com/${kind}`, [
    'spec.image',
    'spec.thanos.image',
    'spec.containers.*.image',
    'spec.initContainers.*.image',
    'spec.volumes.*.image.reference',
  ]),
  // Deprecated in favour of image. The operator refuses a digest in `tag`, and prefers `sha` to it.
  ...['spec', 'spec.thanos'].map((path) => ({
    kind: `monitoring.coreos.com/${kind}`,
    path,
    parts: { repository: 'baseImage', tag: 'tag', sha256: 'sha' },
  })),
]

/**
 * Source: https://strimzi.io/docs/operators/latest/configuring.html. `spec.build.output.image` is not among them: that
 * is where Strimzi pushes an image that it builds.
 */
const STRIMZI: ResourcePlace[] = [
  ...inKind('kafka.strimzi.io/Kafka', [
    'spec.kafka.image',
    'spec.kafka.brokerRackInitImage',
    'spec.zookeeper.image',
    'spec.entityOperator.*.image',
    'spec.kafkaExporter.image',
    'spec.cruiseControl.image',
    'spec.cruiseControl.tlsSidecar.image',
    'spec.jmxTrans.image',
  ]),
  ...inKind('kafka.strimzi.io/KafkaConnect', ['spec.plugins.*.artifacts.*.reference']),
  ...['KafkaConnect', 'KafkaMirrorMaker2', 'KafkaBridge'].flatMap((kind) =>
    inKind(`kafka.strimzi.io/${kind}`, ['spec.image', 'spec.clientRackInitImage']),
  ),
  ...['Kafka', 'KafkaNodePool', 'KafkaConnect', 'KafkaMirrorMaker2', 'KafkaBridge'].flatMap((kind) =>
    inKind(`kafka.strimzi.io/${kind}`, ['spec.**.pod.volumes.*.image.reference']),
  ),
]

/** Source: https://docs.pingcap.com/tidb-in-kubernetes/stable. What `baseImage` makes of TidbCluster and DMCluster stands in tidb.ts. */
const TIDB: ResourcePlace[] = [
  ...['TidbCluster', 'DMCluster'].flatMap((kind) =>
    inKind(`pingcap.com/${kind}`, [
      'spec.*.image',
      'spec.tidb.slowLogTailer.image',
      'spec.*.additionalContainers.*.image',
      'spec.*.initContainers.*.image',
    ]),
  ),
  ...['prometheus', 'grafana', 'reloader', 'prometheusReloader', 'thanos', 'initializer', 'dm.initializer'].map(
    (part) => ({
      kind: 'pingcap.com/TidbMonitor',
      path: `spec.${part}`,
      parts: BASE_IMAGE_AND_VERSION,
    }),
  ),
  ...inKind('pingcap.com/TidbMonitor', ['spec.additionalContainers.*.image']),
  ...inKind('pingcap.com/TidbInitializer', ['spec.image']),
  { kind: 'pingcap.com/TidbDashboard', path: 'spec', parts: BASE_IMAGE_AND_VERSION },
  { kind: 'pingcap.com/TidbNGMonitoring', path: 'spec.ngMonitoring', parts: BASE_IMAGE_AND_VERSION },
  ...['Backup', 'BackupSchedule', 'Restore', 'CompactBackup'].flatMap((kind) =>
    inKind(`pingcap.com/${kind}`, ['spec.**.toolImage']),
  ),
]

/** Places outside pod specs where well-known operators are told which images to run. */
export const KNOWN_PLACES: readonly Place[] = [
  { argument: '--tidb-backup-manager-image' },
  { argument: '--tidb-discovery-image' },
  { argument: '--acme-http01-solver-image' },
  { argument: '--prometheus-config-reloader' },
  { environment: 'RELATED_IMAGE_*' },
  { environment: 'STRIMZI_*_IMAGE' },
  { environment: 'STRIMZI_*_IMAGES' },
  { configMap: 'config-deployment', key: 'queue-sidecar-image' },
  ...TIDB,
  ...STRIMZI,
  ...['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler'].flatMap(prometheusOperator),
  ...inKind('planetscale.com/VitessCluster', ['spec.images.*', 'spec.images.mysqld.*']),
]
