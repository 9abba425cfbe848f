import { workloadsOf } from '../../../functions/lib/kubernetes/workload.ts'
import { type Need, type Objects, ofKind, pairs } from './need.ts'
import { references } from './references.ts'

export const STRIMZI = 'kafka.strimzi.io'
/** The label by which Strimzi's objects and pods belong to a Kafka. */
export const CLUSTER = 'strimzi.io/cluster'

/** Strimzi: a Kafka needs its pools, topics and users need the Kafka, clients need the topics. */
export const kafka = (objects: Objects): Need[] =>
  ofKind(objects, STRIMZI, 'Kafka').flatMap((cluster) => {
    const members = objects.filter(({ metadata }) => metadata.labels?.[CLUSTER] === cluster.metadata.name)
    const pools = ofKind(members, STRIMZI, 'KafkaNodePool')
    const topics = ofKind(members, STRIMZI, 'KafkaTopic')
    const users = ofKind(members, STRIMZI, 'KafkaUser')
    const bootstrap = `${cluster.metadata.name}-kafka-bootstrap.${cluster.metadata.namespace}.svc`
    const configs = ofKind(objects, '', 'ConfigMap').filter(({ data }) => JSON.stringify(data).includes(bootstrap))
    const clients = workloadsOf(objects).filter((workload) =>
      references(workload).some(({ kind, name }) => configs.some((c) => c.kind === kind && c.metadata.name === name)),
    )
    return [
      ...pairs(pools, [cluster], 'earlier wave'),
      ...pairs([cluster], [...topics, ...users], 'earlier wave'),
      ...pairs(
        topics,
        clients.map(({ object }) => object),
        'earlier wave',
      ),
    ]
  })
