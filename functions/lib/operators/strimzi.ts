import type { CustomResource, Operator, PodField, PodFields } from './operator.ts'
import { podsOfClient, podsOfKafka } from './strimzi-pods.ts'

/** The pods of one component, and the containers of its template. */
const podField = (
  of: string,
  containers: readonly string[],
  template = `${of}.template`,
): Record<string, PodField> => ({
  [`${template}.pod.securityContext`]: {
    of,
    containers: containers.map((container) => `${template}.${container}.securityContext`),
  },
})

// The images belong to a user of their own, which no other may replace.
const pods = (...components: Record<string, PodField>[]): PodFields => ({
  harden: false,
  omit: ['runAsUser'],
  podSecurityContexts: Object.assign({}, ...components),
})

const VOLUMES = 'spec.**.pod.volumes.*.image.reference'

/** A kind that is one Deployment or StrimziPodSet of clients of Kafka. */
const client = (container: string, component: string, port: number): CustomResource => ({
  images: ['spec.image', 'spec.clientRackInitImage', VOLUMES],
  pods: pods(podField('spec', ['initContainer', container])),
  level: 'baseline',
  runtimePods: podsOfClient(component, port),
})
const connect = client('connectContainer', 'connect', 8083)

/**
 * Strimzi keeps to baseline unless its operator is told otherwise.
 * Source: https://strimzi.io/docs/operators/latest/configuring.html
 */
export const strimzi: Operator = {
  name: 'Strimzi',
  imageSettings: [{ environment: 'STRIMZI_*_IMAGE' }, { environment: 'STRIMZI_*_IMAGES' }],
  customResources: {
    'kafka.strimzi.io/Kafka': {
      images: [
        'spec.kafka.image',
        'spec.kafka.brokerRackInitImage',
        'spec.zookeeper.image',
        'spec.entityOperator.*.image',
        'spec.kafkaExporter.image',
        'spec.cruiseControl.image',
        'spec.cruiseControl.tlsSidecar.image',
        'spec.jmxTrans.image',
        VOLUMES,
      ],
      pods: pods(
        podField('spec.kafka', ['initContainer', 'kafkaContainer']),
        podField('spec.zookeeper', ['zookeeperContainer']),
        podField('spec.entityOperator', ['topicOperatorContainer', 'userOperatorContainer']),
        podField('spec.cruiseControl', ['cruiseControlContainer']),
        podField('spec.kafkaExporter', ['container']),
      ),
      level: 'baseline',
      replicas: {
        '-kafka': ['spec', 'kafka', 'replicas'],
        '-zookeeper': ['spec', 'zookeeper', 'replicas'],
      },
      runtimePods: podsOfKafka,
    },
    // A template of a pool replaces the whole template of its Kafka.
    'kafka.strimzi.io/KafkaNodePool': {
      images: [VOLUMES],
      pods: pods(podField('spec.template', ['initContainer', 'kafkaContainer'], 'spec.template')),
      level: 'baseline',
      replicas: { '': ['spec', 'replicas'] },
      shape: { spec: { roles: ['string'] } },
    },
    'kafka.strimzi.io/KafkaTopic': { shape: { spec: { replicas: 'count' } } },
    // `spec.build.output.image` is left out: Strimzi pushes the image that it builds to it.
    'kafka.strimzi.io/KafkaConnect': {
      ...connect,
      images: [...(connect.images ?? []), 'spec.plugins.*.artifacts.*.reference'],
    },
    'kafka.strimzi.io/KafkaMirrorMaker2': client('connectContainer', 'mirrormaker2', 8083),
    'kafka.strimzi.io/KafkaBridge': client('bridgeContainer', 'bridge', 8080),
  },
}
