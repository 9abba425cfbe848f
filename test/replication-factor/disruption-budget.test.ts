import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, run, workload } from './build.ts'

const budgetsOf = (objects: readonly KubernetesObject[]): [string, unknown][] =>
  objects.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ metadata, spec }) => [metadata.name, spec])

const handWritten = (name: string, spec: unknown): KubernetesObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'shop' },
  spec,
})

const SPREAD_OFF = { spread: 'off' }

test.each(['Job', 'CronJob', 'DaemonSet', 'ReplicaSet', 'Pod'])('a %s gets no budget', async (kind) => {
  const { objects } = await run(
    [{ ...workload(kind, 'a'), apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1' }],
    SPREAD_OFF,
  )
  expect(budgetsOf(objects)).toEqual([])
})

test('an Argo Rollout gets a budget, as a Deployment does', async () => {
  const { objects } = await run(
    [{ ...workload('Rollout', 'a', { replicas: 2 }), apiVersion: 'argoproj.io/v1alpha1' }],
    SPREAD_OFF,
  )
  expect(budgetsOf(objects)).toEqual([['a', { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } }]])
})

test('a budget with an empty selector selects every pod of its namespace', async () => {
  const all = handWritten('all', { maxUnavailable: 1, selector: {} })
  const { objects } = await run([workload('Deployment', 'a'), workload('Deployment', 'b'), all], SPREAD_OFF)
  expect(budgetsOf(objects).map(([name]) => name)).toEqual(['all'])
})

test('a budget without a selector selects none', async () => {
  const none = handWritten('none', { maxUnavailable: 1 })
  const { objects } = await run([workload('Deployment', 'a'), none], SPREAD_OFF)
  expect(budgetsOf(objects).map(([name]) => name)).toEqual(['none', 'a'])
})

test('a budget of another namespace selects nothing here', async () => {
  const other = { ...handWritten('a', { maxUnavailable: 1, selector: { matchLabels: { app: 'a' } } }) }
  other.metadata = { name: 'a', namespace: 'other' }
  const { objects } = await run([workload('Deployment', 'a'), other], SPREAD_OFF)
  expect(budgetsOf(objects)).toHaveLength(2)
})

test('two workloads with one selector share the budget of the first', async () => {
  const labels = { app: 'cart' }
  const { objects, errors } = await run(
    [workload('Deployment', 'cart', { labels }), workload('Deployment', 'canary', { labels })],
    SPREAD_OFF,
  )
  expect(budgetsOf(objects).map(([name]) => name)).toEqual(['canary'])
  expect(errors).toEqual([])
})

test('a budget is compared with the minimum of an autoscaler', async () => {
  const budget = handWritten('cart', { minAvailable: 1, selector: { matchLabels: { app: 'cart' } } })
  const { errors } = await run([workload('Deployment', 'cart'), autoscaler('cart'), budget], SPREAD_OFF)
  expect(errors).toEqual(['blocks-every-eviction spec.minAvailable'])
})

test('a workload without pods blocks nothing', async () => {
  const budget = handWritten('cart', { minAvailable: 1, selector: { matchLabels: { app: 'cart' } } })
  expect((await run([workload('Deployment', 'cart', { replicas: 0 }), budget], SPREAD_OFF)).errors).toEqual([])
})

test('a budget whose pods are not all counted is not compared with a number', async () => {
  const budget = handWritten('cart', { minAvailable: 1, selector: { matchLabels: { app: 'cart' } } })
  const daemon = workload('DaemonSet', 'daemon', { labels: { app: 'cart' } })
  expect((await run([workload('Deployment', 'cart'), daemon, budget], SPREAD_OFF)).errors).toEqual([])
})

describe('a quorum', () => {
  const quorum = (replicas: number, spec: object) =>
    run([workload('StatefulSet', 'zk', { replicas })], { ...SPREAD_OFF, quorum: { zk: true }, ...spec })

  test.each([
    [1, 1],
    [3, 1],
    [5, 2],
    [7, 3],
  ])('of %i may lose %i at once, and no more', async (replicas, most) => {
    expect((await quorum(replicas, { disruptionBudget: { maxUnavailable: most } })).errors).toEqual([])
    const { errors } = await quorum(replicas, { disruptionBudget: { maxUnavailable: most + 1 } })
    // A lone member loses itself, however many more the budget allows.
    expect(errors).toHaveLength(replicas === 1 ? 0 : 1)
  })

  test('is compared with minAvailable and percentages too', async () => {
    expect((await quorum(5, { disruptionBudget: { minAvailable: 3 } })).errors).toEqual([])
    expect((await quorum(5, { disruptionBudget: { minAvailable: 2 } })).errors).toEqual(['loses-the-majority'])
    expect((await quorum(5, { disruptionBudget: { maxUnavailable: '50%' } })).errors).toEqual(['loses-the-majority'])
  })

  test('is compared with a budget that also counts pods of unknown number', async () => {
    const budget = handWritten('zk', { maxUnavailable: 2, selector: {} })
    const { errors } = await run(
      [workload('StatefulSet', 'zk', { replicas: 3 }), workload('DaemonSet', 'log'), budget],
      {
        ...SPREAD_OFF,
        quorum: { zk: true },
      },
    )
    expect(errors).toEqual(['budget-without-scale', 'loses-the-majority'])
  })

  test('loses no more members to a budget than the budget selects', async () => {
    const members = ['zk-0', 'zk-1', 'zk-2'].map((name) => workload('StatefulSet', name, { replicas: 1 }))
    const budget = handWritten('zk-0', { maxUnavailable: 2, selector: { matchLabels: { app: 'zk-0' } } })
    const { errors } = await run([...members, budget], {
      disruptionBudget: 'off',
      ...SPREAD_OFF,
      quorum: { 'zk-*': true },
    })
    expect(errors).toEqual([])
  })

  test('with one name in two namespaces counts as two', async () => {
    const here = workload('StatefulSet', 'zk', { replicas: 1 })
    const there = { ...workload('StatefulSet', 'zk', { replicas: 2 }), metadata: { name: 'zk', namespace: 'other' } }
    const { findings } = await run([here, there], { ...SPREAD_OFF, quorum: { zk: true } })
    const odd = findings.filter(({ id }) => id === 'replication-factor/even-quorum')
    expect(odd.map(({ object }) => object?.metadata.namespace)).toEqual(['other'])
  })
})

describe('a hand-written budget', () => {
  const against = async (replicas: number, limits: object) => {
    const budget = handWritten('cart', { ...limits, selector: { matchLabels: { app: 'cart' } } })
    return (await run([workload('Deployment', 'cart', { replicas }), budget], SPREAD_OFF)).errors
  }

  test('may have null, which counts as absent', async () => {
    expect(await against(3, { maxUnavailable: null, minAvailable: 2 })).toEqual([])
    expect(await against(3, { maxUnavailable: null, minAvailable: 3 })).toEqual([
      'blocks-every-eviction spec.minAvailable',
    ])
  })

  test('may keep more pods than there are', async () => {
    expect(await against(2, { minAvailable: 3 })).toEqual(['blocks-every-eviction spec.minAvailable'])
  })

  test('without a limit lets no pod go', async () => {
    expect(await against(3, {})).toEqual(['blocks-every-eviction spec.maxUnavailable'])
  })
})
