import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscalersOf, describeRunning } from '../../functions/replication-factor/build/autoscaler.ts'
import { buildOf, factorOf, totalOf } from '../../functions/replication-factor/build/build.ts'
import { expandPresets } from '../../functions/replication-factor/build/known-parts.ts'
import { named, scalablesOf, wholeNumber } from '../../functions/replication-factor/build/scalable.ts'
import { mayReachRuntimePods, selectedBy } from '../../functions/replication-factor/build/selected-workloads.ts'
import { replicationFactorSchema } from '../../functions/replication-factor/config.ts'
import { autoscaler, workload } from './build.ts'

const build = (objects: readonly KubernetesObject[], spec: Fields = {}) =>
  buildOf(objects, parseConfig(replicationFactorSchema, spec, 'spec'))
const object = (apiVersion: string, kind: string, name: string, spec: Fields = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
})
const kafka = (name: string) => object('kafka.strimzi.io/v1beta2', 'Kafka', name)
const nodePool = (name: string, spec: Fields = { replicas: 3 }) =>
  object('kafka.strimzi.io/v1beta2', 'KafkaNodePool', name, spec)

describe('a part of a preset', () => {
  const expanded = (objects: readonly KubernetesObject[], presets: Fields) => expandPresets(build(objects, { presets }))
  const said = (objects: readonly KubernetesObject[], presets: Fields) =>
    expanded(objects, presets).findings.map(({ field, message }) => `${field?.path}: ${message}`)

  test('is an object of its kind', () => {
    expect(said([kafka('kafka'), nodePool('kafka')], { kafka: {} })).toEqual([])
    const foreign = [object('v1', 'Service', 'kafka'), nodePool('kafka')]
    expect(said(foreign, { kafka: {} })).toEqual([
      expect.stringContaining('presets.kafka.parts.cluster: found no Kafka kafka in the build'),
    ])
    expect(said([kafka('other'), nodePool('kafka')], { kafka: {} })).toHaveLength(1)
  })

  test('that is missing is the one of the kind that was probably meant', () => {
    const objects = [kafka('kafka-1'), object('v1', 'Service', 'kafka1'), nodePool('kafka-2'), nodePool('other')]
    expect(said(objects, { kafka: {} })).toEqual([
      expect.stringContaining('found no Kafka kafka in the build (did you mean kafka-1?)'),
      expect.stringContaining('found no KafkaNodePool/kafka in the build (did you mean KafkaNodePool/kafka-2?)'),
    ])
  })

  test('that is missing takes its values away, and no others', () => {
    const names = (objects: readonly KubernetesObject[], presets: Fields) =>
      expanded(objects, presets).rules.map(({ name }) => name.replace('presets.', ''))
    const ingester = workload('StatefulSet', 'mimir-ingester', { replicas: 3 })
    expect(names([ingester], { mimir: {} })).toEqual(['mimir.values.ingester-ring'])
    expect(names([kafka('kafka')], { kafka: {} })).toEqual([])
    expect(names([nodePool('kafka')], { kafka: {} })).toEqual([])
    expect(names([kafka('kafka'), nodePool('kafka')], { kafka: { values: { 'min-in-sync': 'off' } } })).toHaveLength(5)
    expect(names([ingester], { mimir: { parts: { ingester: 'off' } } })).toEqual([])
  })

  test('has its name in every place of its values', () => {
    const rules = expanded([kafka('p-kafka'), nodePool('p-kafka')], { kafka: { prefix: 'p-' } }).rules
    expect(rules[0]).toMatchObject({
      from: 'KafkaNodePool/p-kafka',
      target: { object: { name: 'p-kafka', path: ['spec', 'kafka', 'config', 'default.replication.factor'] } },
    })
    expect(rules.at(-1)).toMatchObject({ target: { object: { labels: { 'strimzi.io/cluster': 'p-kafka' } } } })
  })

  test('may be a workload that nothing scales', () => {
    const daemons = workload('DaemonSet', 'mimir-etcd')
    expect(
      said([daemons], { mimir: { parts: { ingester: 'off', 'store-gateway': 'off', alertmanager: 'off' } } }),
    ).toEqual([])
  })

  test('of several presets is found in the order of their names, whatever that of the policy', () => {
    const order = (...keys: string[]) =>
      said([], Object.fromEntries(keys.map((key) => [key, {}]))).map((text) => text.split('.')[1])
    expect(order('tidb', 'qdrant')).toEqual(order('qdrant', 'tidb'))
  })

  const loki = workload('StatefulSet', 'loki-ingester', { replicas: 3 })
  test('has other places for a value, until the policy names one', () => {
    const ring = (own: Fields) => expanded([loki], { loki: { values: { ring: own } } }).rules[0]
    expect(ring({})?.otherPaths).toBeDefined()
    const target = { configMap: { key: 'a.yaml', path: 'ring' } }
    expect(ring({ target })).toMatchObject({ target })
    expect(ring({ target })).not.toHaveProperty('otherPaths')
  })
})

describe('what a key of the policy names', () => {
  const candidates = [
    { kind: 'Deployment', name: 'cart' },
    { kind: 'StatefulSet', name: 'cart' },
    { kind: 'StatefulSet', name: 'cart-db' },
  ]
  test.each<[string, string[]]>([
    ['cart', ['Deployment/cart', 'StatefulSet/cart']],
    ['StatefulSet/cart', ['StatefulSet/cart']],
    ['*Set/cart*', ['StatefulSet/cart', 'StatefulSet/cart-db']],
    ['/cart', []],
    ['Deployment/*', ['Deployment/cart']],
  ])('%s', (key, expected) => {
    expect(named(candidates, key).map(({ kind, name }) => `${kind}/${name}`)).toEqual(expected)
  })

  test.each<[unknown, number | undefined]>([
    [3, 3],
    ['3', 3],
    ['12', 12],
    ['3x', undefined],
    ['x3', undefined],
    [1.5, undefined],
    [true, undefined],
    [null, undefined],
    [['3'], undefined],
    ['${N}', undefined],
  ])('the number %j', (value, expected) => expect(wholeNumber(value)).toBe(expected))
})

describe('what runs a number of pods', () => {
  const names = (...objects: KubernetesObject[]) =>
    scalablesOf(objects, new Map()).map(({ kind, name, path }) => `${kind} ${name} ${path.join('.')}`)

  test('is sorted by namespace, kind and name', () => {
    const all = [workload('StatefulSet', 'a'), workload('Deployment', 'b'), workload('Deployment', 'a')]
    expect(names(...all)).toEqual(names(...all.toReversed()))
    expect(names(...all)).toEqual([
      'Deployment a spec.replicas',
      'Deployment b spec.replicas',
      'StatefulSet a spec.replicas',
    ])
  })
  test('is each part of a custom resource that has a number', () => {
    expect(names(object('pingcap.com/v1alpha1', 'TidbCluster', 'db', { pd: { replicas: 3 }, tikv: {} }))).toEqual([
      'TidbCluster db-pd spec.pd.replicas',
    ])
    expect(names(object('example.com/v1', 'Widget', 'x', { replicas: 3 }))).toEqual([])
  })
  test('is no Deployment without a template, but a Rollout that borrows one', () => {
    expect(names(object('apps/v1', 'Deployment', 'x', { replicas: 3 }))).toEqual([])
    const rollout = (spec: Fields) => object('argoproj.io/v1alpha1', 'Rollout', 'x', spec)
    expect(names(rollout({ workloadRef: { kind: 'Deployment', name: 'y' } }))).toEqual(['Rollout x spec.replicas'])
    expect(names(rollout({}))).toEqual([])
  })
})

describe('a Rollout that borrows its pods', () => {
  const lender = workload('Deployment', 'cart', { replicas: 0 })
  const rollout = (spec: Fields = {}) =>
    object('argoproj.io/v1alpha1', 'Rollout', 'live', { workloadRef: { kind: 'Deployment', name: 'cart' }, ...spec })
  const replicated = (...objects: KubernetesObject[]) =>
    build(objects).replicated.map(({ kind, name, selector }) => [kind, name, selector])

  test('has the selector of the other, unless it has its own', () => {
    const own = { matchLabels: { app: 'own' } }
    expect(replicated(lender, rollout())).toEqual([['Rollout', 'live', { matchLabels: { app: 'cart' } }]])
    expect(replicated(lender, rollout({ selector: own }))).toEqual([['Rollout', 'live', own]])
  })
  test('takes those of the kind, name and namespace that it refers to', () => {
    const others = [
      { ...workload('StatefulSet', 'cart'), metadata: { name: 'cart', namespace: 'shop' } },
      { ...lender, metadata: { name: 'cart', namespace: 'other' } },
    ]
    expect(replicated(...others, rollout()).map(([kind]) => kind)).toEqual(['Deployment', 'StatefulSet'])
  })
})

describe('an autoscaler', () => {
  const cart = workload('Deployment', 'cart')
  const found = (...objects: KubernetesObject[]) => {
    const scalables = scalablesOf([cart, ...objects], new Map())
    return [...autoscalersOf(objects, scalables)].map(([{ name }, { object: by, min }]) => [name, by.kind, min])
  }
  test('scales a Deployment where it names no kind, and nothing where it names nothing', () => {
    const of = (scaleTargetRef: Fields | undefined) =>
      found({ ...autoscaler('cart', 2), spec: { minReplicas: 2, ...(scaleTargetRef && { scaleTargetRef }) } })
    expect(of({ name: 'cart' })).toEqual([['cart', 'HorizontalPodAutoscaler', 2]])
    expect(of({ kind: 'Deployment' })).toEqual([])
    expect(of(undefined)).toEqual([])
  })
  test('of another namespace scales nothing here', () => {
    expect(found({ ...autoscaler('cart', 2), metadata: { name: 'cart', namespace: 'other' } })).toEqual([])
  })
  test('is none of a foreign group, and no other object with a target', () => {
    expect(found({ ...autoscaler('cart', 2), apiVersion: 'example.com/v1' })).toEqual([])
    expect(found({ ...autoscaler('cart', 2), kind: 'VerticalPodAutoscaler' })).toEqual([])
  })
  test('scales no part of a custom resource', () => {
    const db = object('pingcap.com/v1alpha1', 'TidbCluster', 'db', { pd: { replicas: 3 } })
    expect(found(db, autoscaler('db', 2, 'TidbCluster'))).toEqual([])
  })
  test('with a placeholder may go lower than any other, whatever their order', () => {
    const open = { ...autoscaler('cart', '${MIN}'), metadata: { name: 'open', namespace: 'shop' } }
    for (const all of [
      [autoscaler('cart', 0), open],
      [open, autoscaler('cart', 0)],
    ])
      expect(found(...all)).toEqual([['cart', 'HorizontalPodAutoscaler', undefined]])
  })
  test('of two that go as low the first counts', () => {
    const second = { ...autoscaler('cart', 2), metadata: { name: 'second', namespace: 'shop' } }
    const scalables = scalablesOf([cart], new Map())
    const [one] = autoscalersOf([autoscaler('cart', 2), second], scalables).values()
    expect(one?.object.metadata.name).toBe('cart')
  })

  const least = (spec: Fields) => {
    const scaled = {
      ...object('keda.sh/v1alpha1', 'ScaledObject', 'cart'),
      spec: { scaleTargetRef: { name: 'cart' }, ...spec },
    }
    const [one] = autoscalersOf([scaled], scalablesOf([cart], new Map())).values()
    return one && [one.field, one.min, one.leastRunning, describeRunning(one)]
  }
  const of = (text: string) => `${text} that ScaledObject shop/cart runs at least while it is active`
  test.each<[Fields, unknown[]]>([
    [{}, ['spec.minReplicaCount', 0, 1, of('1 pod')]],
    [{ minReplicaCount: 3 }, ['spec.minReplicaCount', 3, 3, 'minReplicaCount 3 of ScaledObject shop/cart']],
    [{ minReplicaCount: 3, idleReplicaCount: 0 }, ['spec.idleReplicaCount', 0, 3, of('3 pods')]],
    [
      { minReplicaCount: '${MIN}', idleReplicaCount: 0 },
      ['spec.idleReplicaCount', 0, 0, 'idleReplicaCount 0 of ScaledObject shop/cart'],
    ],
  ])('of KEDA with %j', (spec, expected) => expect(least(spec)).toEqual(expected))
})

describe('what a selector reaches', () => {
  const cart = workload('Deployment', 'cart', { labels: { app: 'cart', tier: 'web' } })
  const names = (selector: unknown, namespace = 'shop') =>
    selectedBy(build([cart, workload('Deployment', 'other')]), namespace, selector).map(({ name }) => name)
  test.each<[unknown, string[]]>([
    [{ matchLabels: { app: 'cart' } }, ['cart']],
    [{ matchLabels: { app: 'cart', tier: 'db' } }, []],
    [{ matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, ['cart']],
    [{}, ['cart', 'other']],
    [undefined, []],
    [null, []],
    ['app=cart', []],
  ])('%j', (selector, expected) => expect(names(selector)).toEqual(expected))
  test('is in its namespace', () => expect(names({}, 'other')).toEqual([]))

  test('may be pods that an operator makes, if one label fits and none contradicts', () => {
    const operated = { ...build([]), runtimePods: [{ namespace: 'shop', labels: { app: 'db', part: 'pd' } }] }
    const may = (matchLabels: Fields, namespace = 'shop') => mayReachRuntimePods(operated, namespace, { matchLabels })
    expect(may({ app: 'db' })).toBe(true)
    expect(may({ app: 'db', unknown: 'x' })).toBe(true)
    expect(may({ app: 'db', part: 'tikv' })).toBe(false)
    expect(may({ unknown: 'x' })).toBe(false)
    expect(may({ app: 'cart' })).toBe(false)
    expect(may({})).toBe(false)
    expect(may({ app: 'db' }, 'other')).toBe(false)
    expect(mayReachRuntimePods(operated, 'shop', undefined)).toBe(false)
  })
})

test('a sum is known only where every number is', () => {
  const whole = build([
    workload('StatefulSet', 'a', { replicas: 2 }),
    workload('StatefulSet', 'b', { replicas: '${N}' }),
  ])
  expect(totalOf(whole, whole.scalables.slice(0, 1)).value).toBe(2)
  expect(totalOf(whole, whole.scalables)).toEqual({
    value: undefined,
    text: '2 replicas of StatefulSet shop/a + an unknown number of replicas of StatefulSet shop/b',
  })
})

test('the factor of a workload goes before that of the environment', () => {
  const own = { workloads: { b: { factor: 2, reason: 'why' } }, factor: 3 }
  const whole = build([workload('StatefulSet', 'a'), workload('StatefulSet', 'b')], own)
  expect(factorOf(whole, whole.scalables)).toBe(2)
  expect(factorOf(whole, whole.scalables.slice(0, 1))).toBe(3)
})
