import { expect, test } from '@jest/globals'
import { calls, podsOf } from './pods.ts'

const API = 'kafka.strimzi.io/v1beta2'

test('a listener that is not for the inside alone has a Service of its own', () => {
  const listeners = [
    { name: 'plain', port: 9092, type: 'internal' },
    { name: 'public', port: 9094, type: 'loadbalancer' },
  ]
  const [brokers] = podsOf(API, 'Kafka', { kafka: { listeners } })
  expect(brokers?.services).toMatchObject({ 'x-kafka-public-bootstrap': { 9094: 9094 } })
  expect(Object.keys(brokers?.services ?? {})).not.toContain('x-kafka-plain-bootstrap')
})

test('Java tells of itself where the object asks for it, and no Service leads there', () => {
  const [brokers] = podsOf(API, 'Kafka', { kafka: { jmxOptions: {} } })
  expect(brokers?.ports).toContainEqual({ name: 'jmx', port: 9999 })
  expect(brokers?.services?.['x-kafka-bootstrap']).toEqual({ 9091: 9091 })
  expect(podsOf(API, 'KafkaConnect', { jmxOptions: {} })[0]?.ports).toContainEqual({ name: 'jmx', port: 9999 })
})

test('Cruise Control is called by the pods of its Kafka', () => {
  const [, cruiseControl] = podsOf(API, 'Kafka', { cruiseControl: {} })
  expect(cruiseControl).toMatchObject({ members: [9090], services: { 'x-cruise-control': { 9090: 9090 } } })
})

test('a mirror calls the clusters at both of its ends', () => {
  const spec = {
    target: { bootstrapServers: 'near-kafka-bootstrap:9092' },
    mirrors: [{ source: { bootstrapServers: 'far-kafka-bootstrap.dc.svc:9093' } }],
  }
  expect(calls(podsOf('kafka.strimzi.io/v1', 'KafkaMirrorMaker2', spec))).toEqual([
    'ns/near-kafka-bootstrap:9092',
    'dc/far-kafka-bootstrap:9093',
  ])
})
