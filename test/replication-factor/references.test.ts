import { valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, configMap, QUIET, renamed, run, workload } from './build.ts'

const service = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop' },
  spec: { clusterIP: 'None', selector: { app: 'etcd' }, ports: [] },
})

const MEMBERS = { from: 'p-etcd', formula: 'members', template: '{pod}.{service}', target: { env: { name: 'PEERS' } } }

describe('a reference that Kustomize has not renamed yet', () => {
  test('finds the workload that an autoscaler scales', async () => {
    const cart = renamed(workload('Deployment', 'cart'), 'p-')
    const { objects, errors } = await run([cart, autoscaler('cart')], { ...QUIET, replicas: { 'p-cart': 2 } })
    expect(errors).toEqual(['autoscaler-below-replicas spec.minReplicas'])
    expect(valueAt(objects[0], ['spec', 'replicas'])).toBeUndefined()
  })

  test('finds the Service of a StatefulSet, and gives its name with the prefix', async () => {
    const etcd = renamed(workload('StatefulSet', 'etcd', { replicas: 1, spec: { serviceName: 'peers' } }), 'p-')
    const { objects } = await run([etcd, renamed(service('peers'), 'p-')], { ...QUIET, derive: { peers: MEMBERS } })
    expect(valueAt(objects[0], ['spec', 'template', 'spec', 'containers', 0, 'env'])).toEqual([
      { name: 'PEERS', value: 'p-etcd-0.p-peers' },
    ])
  })

  test('is the name as written where the build has no such Service', async () => {
    const etcd = renamed(workload('StatefulSet', 'etcd', { replicas: 1, spec: { serviceName: 'peers' } }), 'p-')
    const { objects } = await run([etcd], { ...QUIET, derive: { peers: MEMBERS } })
    expect(valueAt(objects[0], ['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'])).toBe('p-etcd-0.peers')
  })
})

test('the brokers of a Kafka that only got a namespace count once', async () => {
  const previous = { 'internal.config.kubernetes.io/previousNames': 'events,events' }
  const kafka = {
    apiVersion: 'kafka.strimzi.io/v1beta2',
    kind: 'Kafka',
    metadata: { name: 'events', namespace: 'shop', annotations: previous },
    spec: { kafka: { config: { 'offsets.topic.replication.factor': 5 } } },
  }
  const pool = {
    apiVersion: 'kafka.strimzi.io/v1beta2',
    kind: 'KafkaNodePool',
    metadata: { name: 'kafka', namespace: 'shop', labels: { 'strimzi.io/cluster': 'events' } },
    spec: { replicas: 3 },
  }
  const { errors } = await run([kafka, pool], QUIET)
  expect(errors).toEqual(['copies-above-brokers spec.kafka.config["offsets.topic.replication.factor"]'])
})

test('more members than can be named are refused, not written out', async () => {
  const etcd = workload('StatefulSet', 'p-etcd', { replicas: 2 ** 31 - 1, spec: { serviceName: 'peers' } })
  const { errors } = await run([etcd], { ...QUIET, derive: { peers: MEMBERS } })
  expect(errors).toContain('not-computable')
})

describe('a generated ConfigMap', () => {
  const rule = {
    from: 'store',
    formula: 'count',
    target: { configMap: { name: 'store-config', key: 'a.yaml', path: 'n' } },
  }
  const store = workload('StatefulSet', 'store', { replicas: 3 })

  test.each([
    ['without its hash, in a build', configMap('store-config', 'a.yaml', 'n: 1\n')],
    ['with its hash, in a rendering', configMap('store-config-4m2b7c9d8f', 'a.yaml', 'n: 1\n')],
    ['under the name before a prefix', renamed(configMap('store-config', 'a.yaml', 'n: 1\n'), 'p-')],
  ])('is found %s', async (_, config) => {
    const { objects, errors } = await run([store, config], { ...QUIET, derive: { n: rule } })
    expect(errors).toEqual([])
    expect(objects[1]?.data).toEqual({ 'a.yaml': 'n: 3\n' })
  })

  test.each([
    ['another name', configMap('store-config-old', 'a.yaml', 'n: 1\n')],
    ['another key', configMap('store-config', 'b.yaml', 'n: 1\n')],
    [
      'another namespace',
      { ...configMap('store-config', 'a.yaml', 'n: 1\n'), metadata: { name: 'store-config', namespace: 'x' } },
    ],
  ])('of %s is not meant', async (_, config) => {
    const { objects, errors } = await run([store, config], { ...QUIET, derive: { n: rule } })
    expect(errors).toEqual(['target-not-found derive.n.target'])
    expect(objects[1]).toEqual(config)
  })
})

test('the counted workloads must be in one namespace', async () => {
  const store = workload('StatefulSet', 'store', { replicas: 3 })
  const other = { ...structuredClone(store), metadata: { name: 'store', namespace: 'old' } }
  const rule = { from: 'store', formula: 'count', target: { env: { name: 'N' } } }
  const { errors } = await run([store, other], { ...QUIET, derive: { n: rule } })
  expect(errors).toEqual(['several-namespaces derive.n.from'])
})

test('a kind called Deployment in another group is no Deployment', async () => {
  const foreign = { ...workload('Deployment', 'cart', { replicas: 2 }), apiVersion: 'example.com/v1' }
  const { objects, findings } = await run([foreign])
  expect(objects).toEqual([foreign])
  expect(findings).toEqual([])
})

test('a strategic-merge patch, which names no image, is left alone', async () => {
  const patch = workload('Deployment', 'cart', { replicas: 2, container: { image: undefined } })
  const { objects, findings } = await run([patch], { ...QUIET, disruptionBudget: { maxUnavailable: 1 }, spread: {} })
  expect(objects).toEqual([patch])
  expect(findings).toEqual([])
})
