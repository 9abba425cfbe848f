import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { QUIET, renamed, run, workload } from './build.ts'

const STRIMZI = 'kafka.strimzi.io/v1beta2'
const CONFIG = 'spec.kafka.config'

const kafka = (config: Fields | undefined, more: Fields = {}, namespace = 'shop'): KubernetesObject => ({
  apiVersion: STRIMZI,
  kind: 'Kafka',
  metadata: { name: 'events', ...(namespace && { namespace }) },
  spec: { ...more, kafka: { ...(more.kafka as Fields), ...(config && { config }) } },
})
const ofCluster = (kind: string, name: string, spec: Fields, cluster = 'events', namespace = 'shop') => ({
  apiVersion: STRIMZI,
  kind,
  metadata: { name, ...(namespace && { namespace }), labels: { 'strimzi.io/cluster': cluster } },
  spec,
})
const pool = (replicas: unknown, roles?: string[], name = 'pool', cluster = 'events') =>
  ofCluster('KafkaNodePool', name, { replicas, ...(roles && { roles }) }, cluster)
const topic = (spec: Fields) => ofCluster('KafkaTopic', 'orders', spec)

const found = async (objects: readonly KubernetesObject[]) => (await run(objects, QUIET)).errors

const OFFSETS = { 'offsets.topic.replication.factor': 3 }
const TOO_MANY = `copies-above-brokers ${CONFIG}["offsets.topic.replication.factor"]`

describe('the brokers of a Kafka', () => {
  test.each<[string, KubernetesObject[], string[]]>([
    ['are its own replicas', [kafka(OFFSETS, { kafka: { replicas: 2 } })], [TOO_MANY]],
    ['are enough', [kafka(OFFSETS, { kafka: { replicas: 3 } })], []],
    ['are not the members of its ZooKeeper', [kafka(OFFSETS, { zookeeper: { replicas: 1 } })], []],
    ['are those of its pools, not its own', [kafka(OFFSETS, { kafka: { replicas: 9 } }), pool(2)], [TOO_MANY]],
    ['are those of all its pools', [kafka(OFFSETS), pool(2), pool(1, undefined, 'more')], []],
    ['are none of a pool of controllers', [kafka(OFFSETS), pool(2), pool(3, ['controller'], 'control')], [TOO_MANY]],
    ['are those of a pool with both roles', [kafka(OFFSETS), pool(3, ['controller', 'broker'])], []],
    ['are not those of another cluster', [kafka(OFFSETS), pool(2), pool(3, undefined, 'more', 'other')], [TOO_MANY]],
    ['are not known where there are none', [kafka(OFFSETS)], []],
    ['are not known where a pool leaves them to a placeholder', [kafka(OFFSETS), pool('${BROKERS}')], []],
    [
      'are not those of a pool without its label',
      [
        kafka(OFFSETS),
        pool(2),
        {
          apiVersion: STRIMZI,
          kind: 'KafkaNodePool',
          metadata: { name: 'x', namespace: 'shop' },
          spec: { replicas: 3 },
        },
      ],
      [TOO_MANY],
    ],
    ['are not a workload of the name', [kafka(OFFSETS), workload('StatefulSet', 'events', { replicas: 1 })], []],
    [
      'are those of a namespace that nothing names',
      [kafka(OFFSETS, {}, ''), ofCluster('KafkaNodePool', 'pool', { replicas: 2 }, 'events', '')],
      [TOO_MANY],
    ],
  ])('%s', async (_, objects, errors) => {
    expect(await found(objects)).toEqual(errors)
  })

  test('are found by the name from before a prefix', async () => {
    expect(await found([renamed(kafka(OFFSETS), 'p-'), pool(2)])).toEqual([TOO_MANY])
  })

  test('are not those of a foreign kind of the same name', async () => {
    const foreign = { ...kafka(OFFSETS, { kafka: { replicas: 1 } }), apiVersion: 'example.com/v1' }
    expect(await found([foreign])).toEqual([])
  })
})

describe('copies in sync', () => {
  const [copies, inSync] = ['default.replication.factor', 'min.insync.replicas']
  const state = { factor: 'transaction.state.log.replication.factor', inSync: 'transaction.state.log.min.isr' }
  const stops = (key: string) => `writers-stop ${CONFIG}["${key}"]`
  test.each<[Fields, string[]]>([
    [{ [copies]: 3, [inSync]: 3 }, [stops(inSync)]],
    [{ [copies]: 3, [inSync]: 2 }, []],
    [{ [copies]: 1, [inSync]: 1 }, []],
    [{ [copies]: 1, [inSync]: 2 }, [stops(inSync)]],
    [{ [copies]: 2, [inSync]: 1 }, []],
    [{ [copies]: 3 }, []],
    [{ [inSync]: 3 }, []],
    [{ 'offsets.topic.replication.factor': 2, [inSync]: 2 }, [stops(inSync)]],
    [{ [state.factor]: 3, [state.inSync]: 3 }, [stops(state.inSync)]],
    [{ [state.factor]: 3, [state.inSync]: 2 }, []],
  ])('%j', async (config, errors) => {
    expect(await found([kafka(config, { kafka: { replicas: 3 } })])).toEqual(errors)
  })
})

describe('a topic', () => {
  const own = 'spec.config["min.insync.replicas"]'
  const brokers = { kafka: { replicas: 3 } }
  test.each<[string, Fields, Fields, string[]]>([
    ['has no more copies than brokers', {}, { replicas: 4 }, ['copies-above-brokers spec.replicas']],
    [
      'has a number in sync of its own',
      {},
      { replicas: 3, config: { 'min.insync.replicas': 3 } },
      [`writers-stop ${own}`],
    ],
    ['else has that of the brokers', { 'min.insync.replicas': 2 }, { replicas: 2 }, ['writers-stop spec.replicas']],
    ['prefers its own', { 'min.insync.replicas': 2 }, { replicas: 2, config: { 'min.insync.replicas': 1 } }, []],
    ['leaves its copies to the brokers', { 'min.insync.replicas': 2 }, {}, []],
  ])('%s', async (_, config, spec, errors) => {
    expect(await found([kafka(config, brokers), topic(spec)])).toEqual(errors)
  })
})

describe('a quorum of controllers', () => {
  const even = 'even-quorum spec.replicas'
  test.each<[string, KubernetesObject[], string[]]>([
    ['is a pool with that role', [kafka(undefined), pool(2, ['controller'])], [even]],
    ['is no pool of brokers', [kafka(undefined), pool(2, ['broker'])], []],
    ['is no pool without roles', [kafka(undefined), pool(2)], []],
    ['is all pools of one cluster', [pool(1, ['controller'], 'a'), pool(2, ['controller'], 'b')], []],
    [
      'is not the pools of two clusters',
      [pool(1, ['controller'], 'a', 'one'), pool(2, ['controller'], 'b', 'two')],
      [even],
    ],
    ['may have no members at all', [pool(0, ['controller'])], []],
    ['is not counted where a placeholder counts it', [pool('${CONTROLLERS}', ['controller'])], []],
    [
      'is the ZooKeeper of a Kafka',
      [kafka(undefined, { zookeeper: { replicas: 2 } })],
      ['even-quorum spec.zookeeper.replicas'],
    ],
    ['is not its brokers', [kafka(undefined, { kafka: { replicas: 2 } })], []],
  ])('%s', async (_, objects, errors) => {
    expect(await found(objects)).toEqual(errors)
  })
})
