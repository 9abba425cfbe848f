import { STRIMZI_CLUSTER } from '../../lib/operators/strimzi-pods.ts'
import type { DeriveRule, DeriveTarget } from '../config-derive.ts'
import type { Preset } from './preset.ts'

const broker = (key: string): DeriveTarget => ({
  object: { kind: 'Kafka', name: '{cluster}', path: ['spec', 'kafka', 'config', key] },
})
const copies = (key: string): DeriveRule => ({ from: '{brokers}', formula: 'factor', target: broker(key) })
const majority = (key: string): DeriveRule => ({ from: '{brokers}', formula: 'quorum(factor)', target: broker(key) })

/**
 * Kafka of the Strimzi operator: as many copies as the factor says, a majority of which must have a record before it is
 * acknowledged. Source: https://kafka.apache.org/documentation/#brokerconfigs
 */
export const kafka: Preset = {
  prefix: '',
  parts: {
    cluster: { name: '{prefix}kafka', kind: 'Kafka' },
    brokers: { name: 'KafkaNodePool/{prefix}kafka', replicas: 'factor' },
  },
  values: {
    'default-replication': copies('default.replication.factor'),
    'offsets-replication': copies('offsets.topic.replication.factor'),
    'transactions-replication': copies('transaction.state.log.replication.factor'),
    'transactions-in-sync': majority('transaction.state.log.min.isr'),
    'min-in-sync': majority('min.insync.replicas'),
    'topic-replication': {
      from: '{brokers}',
      formula: 'factor',
      target: { object: { kind: 'KafkaTopic', labels: { [STRIMZI_CLUSTER]: '{cluster}' }, path: 'spec.replicas' } },
      optional: true,
    },
  },
}
