import type { CustomResourceSpec } from '../config-custom-resource.ts'

const tidb: CustomResourceSpec = {
  level: 'baseline',
  harden: false,
  podSecurityContexts: { 'spec.podSecurityContext': { of: 'spec' } },
  flags: { 'spec.hostNetwork': 'hostNamespaces' },
}

// A component's own podSecurityContext hides the one of the cluster, so it is completed where it is written and not made.
const tidbOf = (...components: string[]): CustomResourceSpec => {
  const paths = (field: string): string[] => components.map((component) => `spec.${component}.${field}`)
  return {
    ...tidb,
    podSecurityContexts: {
      'spec.podSecurityContext': {
        of: 'spec',
        containerLists: [...paths('initContainers'), ...paths('additionalContainers')],
      },
      ...Object.fromEntries(paths('podSecurityContext').map((path) => [path, { of: path }])),
    },
    volumes: paths('additionalVolumes'),
    flags: { ...tidb.flags, ...Object.fromEntries(paths('hostNetwork').map((path) => [path, 'hostNamespaces'])) },
  }
}
const tidbCluster = tidbOf('discovery', 'pd', 'tidb', 'tikv', 'tiflash', 'ticdc', 'tiproxy', 'pump')

const prometheusOperator: CustomResourceSpec = {
  level: 'restricted',
  harden: true,
  podSecurityContexts: {
    'spec.securityContext': { of: 'spec', containerLists: ['spec.initContainers', 'spec.containers'] },
  },
  volumes: ['spec.volumes'],
  flags: { 'spec.hostNetwork': 'hostNamespaces' },
}

// The images belong to a user of their own, which no other may stand in for.
const strimzi = { level: 'baseline', harden: false, omit: ['runAsUser'] } satisfies CustomResourceSpec

const strimziPod = (of: string, containers: readonly string[], template = `${of}.template`) => ({
  [`${template}.pod.securityContext`]: {
    of,
    containers: containers.map((container) => `${template}.${container}.securityContext`),
  },
})

/**
 * Custom resources whose operators make pods: where their security contexts stand in the resource, and the strictest
 * level that the pods can meet. Sources: the CustomResourceDefinitions of Strimzi (which keeps to baseline unless its
 * operator is told otherwise), TiDB Operator 1.x (whose own containers are out of reach) and Prometheus Operator (whose
 * containers are restricted already).
 */
export const CUSTOM_RESOURCES: Readonly<Record<string, CustomResourceSpec>> = {
  'kafka.strimzi.io/Kafka': {
    ...strimzi,
    podSecurityContexts: {
      ...strimziPod('spec.kafka', ['initContainer', 'kafkaContainer']),
      ...strimziPod('spec.zookeeper', ['zookeeperContainer']),
      ...strimziPod('spec.entityOperator', ['topicOperatorContainer', 'userOperatorContainer']),
      ...strimziPod('spec.cruiseControl', ['cruiseControlContainer']),
      ...strimziPod('spec.kafkaExporter', ['container']),
    },
  },
  // A template of a pool hides the one of its Kafka, all of it.
  'kafka.strimzi.io/KafkaNodePool': {
    ...strimzi,
    podSecurityContexts: strimziPod('spec.template', ['initContainer', 'kafkaContainer'], 'spec.template'),
  },
  'kafka.strimzi.io/KafkaConnect': {
    ...strimzi,
    podSecurityContexts: strimziPod('spec', ['initContainer', 'connectContainer']),
  },
  'kafka.strimzi.io/KafkaMirrorMaker2': {
    ...strimzi,
    podSecurityContexts: strimziPod('spec', ['initContainer', 'connectContainer']),
  },
  'kafka.strimzi.io/KafkaBridge': {
    ...strimzi,
    podSecurityContexts: strimziPod('spec', ['initContainer', 'bridgeContainer']),
  },
  'pingcap.com/TidbCluster': {
    ...tidbCluster,
    harden: true,
    flags: { ...tidbCluster.flags, 'spec.tikv.privileged': 'privileged', 'spec.tiflash.privileged': 'privileged' },
  },
  'pingcap.com/DMCluster': tidbOf('discovery', 'master', 'worker'),
  'pingcap.com/TidbMonitor': tidb,
  'pingcap.com/TidbInitializer': { ...tidb, flags: {} },
  'pingcap.com/Backup': { ...tidb, flags: {} },
  'pingcap.com/Restore': { ...tidb, flags: {} },
  'monitoring.coreos.com/Prometheus': prometheusOperator,
  'monitoring.coreos.com/PrometheusAgent': prometheusOperator,
  'monitoring.coreos.com/Alertmanager': prometheusOperator,
  'monitoring.coreos.com/ThanosRuler': prometheusOperator,
}
