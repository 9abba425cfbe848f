import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, run, workload } from './build.ts'

const OFF = { spread: 'off', trafficDistribution: 'off', disruptionBudget: 'off' }
const budget = (name: string, limits: Fields, app: string | undefined = 'zk'): KubernetesObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'shop' },
  spec: { ...limits, selector: { matchLabels: { app } } },
})
const members = (replicas: unknown, name = 'zk') => workload('StatefulSet', name, { replicas })

const messages = async (objects: readonly KubernetesObject[], spec: Fields = {}) =>
  (await run(objects, { ...OFF, ...spec })).findings.map(({ id, message }) => `${id.split('/')[1]}: ${message}`)
const errors = async (objects: readonly KubernetesObject[], spec: Fields = {}) =>
  (await run(objects, { ...OFF, ...spec })).errors

describe('a budget that lets nobody go says how that is counted', () => {
  test.each<[Fields, number, string]>([
    [{}, 3, 'no limit blocks every eviction: 0 may be away'],
    [{ maxUnavailable: 0 }, 3, 'maxUnavailable 0 blocks every eviction: 0 may be away'],
    [{ maxUnavailable: '0%' }, 3, 'maxUnavailable 0% blocks every eviction: 0 may be away'],
    [{ minAvailable: 3 }, 3, 'minAvailable 3 blocks every eviction: 3 - 3 = 0 of 3 replicas'],
    [{ minAvailable: 4 }, 3, 'minAvailable 4 blocks every eviction: max(3 - 4, 0) = 0 of 3 replicas'],
    [{ minAvailable: '100%' }, 3, 'minAvailable 100% blocks every eviction: 3 - 100% of 3 = 0 of 3 replicas'],
    [{ maxUnavailable: null, minAvailable: null }, 3, 'no limit blocks every eviction: 0 may be away'],
  ])('%j of %i', async (limits, replicas, text) => {
    const [said = ''] = await messages([members(replicas), budget('zk', limits)])
    expect(said).toContain(`blocks-every-eviction: ${text}`)
  })

  test.each<[string, Fields, unknown]>([
    ['one may go', { minAvailable: 2 }, 3],
    ['a percentage that begins with a nought', { maxUnavailable: '05%' }, 3],
    ['a percentage is rounded up', { maxUnavailable: '1%' }, 3],
    ['nothing runs', { minAvailable: 1 }, 0],
    ['nobody knows how many run', { minAvailable: 1 }, '${REPLICAS}'],
    ['nobody knows how many must stay', { minAvailable: '${LEAST}' }, 1],
  ])('but not where %s', async (_, limits, replicas) => {
    expect(await errors([members(replicas), budget('zk', limits)])).toEqual([])
  })

  test('nor where it also selects pods that nobody counts', async () => {
    const job = { ...workload('Job', 'backup', { labels: { app: 'zk' } }), apiVersion: 'batch/v1' }
    expect(await errors([members(1), job, budget('zk', { minAvailable: 1 })])).toEqual([])
  })

  test('by the pods that KEDA runs while there is work, of one and of several', async () => {
    const scaled = (least: number) => ({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'zk', namespace: 'shop' },
      spec: { minReplicaCount: least, idleReplicaCount: 0, scaleTargetRef: { kind: 'StatefulSet', name: 'zk' } },
    })
    const of = (least: number) => messages([members(undefined), scaled(least), budget('zk', { minAvailable: least })])
    expect((await of(1))[0]).toContain('1 - 1 = 0 of 1 pod that ScaledObject shop/zk runs at least while it is active')
    expect((await of(2))[0]).toContain('2 - 2 = 0 of 2 pods that ScaledObject shop/zk runs at least while it is active')
    expect((await of(0))[0] ?? '').not.toContain('blocks-every-eviction')
  })

  test('by the minimum of an autoscaler', async () => {
    const scaled = [members(undefined), autoscaler('zk', 2, 'StatefulSet')]
    const [said] = await messages([...scaled, budget('zk', { minAvailable: 2 })])
    expect(said).toContain('2 - 2 = 0 of minReplicas 2 of HorizontalPodAutoscaler shop/zk')
  })
})

describe('a budget in numbers over pods without a scale', () => {
  test('names each of them, sorted', async () => {
    const set = (name: string) => workload('DaemonSet', name, { labels: { app: 'zk' } })
    const objects = [set('b'), set('a'), budget('zk', { maxUnavailable: 1 })]
    expect((await messages(objects))[0]).toContain('DaemonSet shop/a, DaemonSet shop/b')
  })
})

describe('the majority of a quorum', () => {
  const QUORUM = { quorum: { 'zk*': true } }

  test('is lost by several budgets together, which are named in their order', async () => {
    const parts = [members(3, 'zk-a'), members(2, 'zk-b')]
    const each = [budget('b', { maxUnavailable: 2 }, 'zk-b'), budget('a', { maxUnavailable: 2 }, 'zk-a')]
    const [said] = await messages([...parts, ...each], QUORUM)
    expect(said).toContain('maxUnavailable 2 of a + maxUnavailable 2 of b')
    expect(await messages([...parts, ...each.toReversed()], QUORUM)).toContain(said)
  })

  test.each<[string, unknown, Fields]>([
    ['nobody knows its members', '${MEMBERS}', { maxUnavailable: 5 }],
    ['it has no members', 0, { maxUnavailable: 5 }],
    ['nobody knows the limit', 5, { maxUnavailable: '${MOST}' }],
  ])('is not spoken of where %s', async (_, replicas, limits) => {
    expect(await errors([members(replicas), budget('zk', limits)], QUORUM)).toEqual([])
  })

  test('is lost only by evictions of its members', async () => {
    const web = workload('Deployment', 'web', { replicas: 9, labels: { app: 'web' } })
    expect(await errors([members(3), web, budget('web', { maxUnavailable: 5 }, 'web')], QUORUM)).toEqual([])
  })

  test('counts what a percentage lets go of all pods that the budget selects', async () => {
    const web = workload('Deployment', 'web', { replicas: 7, labels: { app: 'zk' } })
    expect(await errors([members(3), web, budget('zk', { maxUnavailable: '10%' })], QUORUM)).toEqual([])
    expect(await errors([members(3), web, budget('zk', { maxUnavailable: '20%' })], QUORUM)).toEqual([
      'loses-the-majority',
    ])
  })

  test('is kept by a workload that is none for a reason', async () => {
    const args = { args: ['--initial-cluster=a=http://a:2380,b=http://b:2380'] }
    const etcd = workload('StatefulSet', 'etcd', { replicas: 2, container: args })
    const none = { etcd: { enabled: false, reason: 'a proxy' } }
    expect(await errors([etcd])).toEqual(['even-quorum spec.replicas'])
    expect(await errors([etcd], { quorum: none })).toEqual([])
  })
})

describe('the members that an etcd is told of', () => {
  const etcd = (list: string, replicas: unknown = 3, env?: Fields[]) =>
    workload('StatefulSet', 'etcd', {
      replicas,
      container: env ? { env } : { args: [`--initial-cluster=${list}`] },
    })
  const variable = (value: string, more: Fields[] = []) => [...more, { name: 'ETCD_INITIAL_CLUSTER', value }]
  const three = ['a', 'b', 'c'].map((name) => `${name}=http://${name}:2380`).join(',')
  const wrong = (field: string) => [`wrong-member-list spec.template.spec.containers[0].${field}`]

  test.each<[string, KubernetesObject, string[]]>([
    ['are as many as it has replicas', etcd(three), []],
    ['are too few', etcd('a=http://a:2380'), wrong('args[0]')],
    ['are none', etcd(''), wrong('args[0]')],
    ['may end with a comma', etcd(`${three},`), []],
    ['are listed once for each URL', etcd(`${three},a=https://a:2379`), []],
    ['are left to a placeholder', etcd('$(MEMBERS)'), []],
    ['are not counted where a placeholder counts the replicas', etcd('a=http://a:2380', '${REPLICAS}'), []],
    ['are in a variable', etcd('', 3, variable('a=http://a:2380')), wrong('env[name=ETCD_INITIAL_CLUSTER]')],
    ['are in the last variable of the name', etcd('', 3, variable(three, variable('a=http://a:2380'))), []],
    ['are in no other variable', etcd('', 3, variable(three, [{ name: 'OTHER', value: 'x=y' }])), []],
  ])('%s', async (_, object, expected) => {
    expect(await errors([object])).toEqual(expected)
  })

  test('are those of the whole quorum, where several workloads are one', async () => {
    const part = (name: string) =>
      workload('StatefulSet', name, { replicas: 1, container: { args: [`--initial-cluster=${three}`] } })
    const parts = ['etcd-a', 'etcd-b', 'etcd-c'].map(part)
    expect(await errors(parts, { quorum: { 'etcd-*': true } })).toEqual([])
    const [said = ''] = await messages(parts.slice(1), { quorum: { 'etcd-*': true } })
    expect(said).not.toContain('wrong-member-list')
    expect(await errors(parts.slice(1), { quorum: { 'etcd-*': true } })).toEqual([
      'even-quorum spec.replicas',
      ...['etcd-b', 'etcd-c'].flatMap(() => wrong('args[0]')),
    ])
  })
})

describe('the TiKV of a TidbCluster', () => {
  const cluster = (replicas: unknown, config?: unknown): KubernetesObject => ({
    apiVersion: 'pingcap.com/v1alpha1',
    kind: 'TidbCluster',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { pd: { replicas: 3, config }, tikv: { replicas } },
  })
  test.each<[string, KubernetesObject, string[]]>([
    ['are three at least', cluster(2), ['too-few-tikv spec.tikv.replicas']],
    ['are three', cluster(3), []],
    ['are not counted where a placeholder counts them', cluster('${TIKV}', { replication: { 'max-replicas': 5 } }), []],
    [
      'are as many as the copies',
      cluster(3, { replication: { 'max-replicas': 4 } }),
      ['copies-above-tikv spec.pd.config.replication.max-replicas'],
    ],
    [
      'are as many as the copies in TOML',
      cluster(3, '[replication]\nmax-replicas = 5\n'),
      ['copies-above-tikv spec.pd.config.replication.max-replicas'],
    ],
    ['have as many copies as PD sets by itself', cluster(3, {}), []],
  ])('%s', async (_, object, expected) => {
    expect(await errors([object])).toEqual(expected)
  })
  test('may be fewer in dev', async () => {
    expect(await errors([cluster(1)], { environment: 'dev' })).toEqual([])
  })
})

describe('a factor', () => {
  test('is asked for once, with every place that needs one', async () => {
    const rule = (from: string) => ({ from, formula: 'factor', target: { argument: { flag: '--copies' } } })
    const { findings } = await run([members(3, 'a'), members(3, 'b')], {
      ...OFF,
      derive: { one: rule('a'), two: rule('b') },
    })
    const missing = findings.filter(({ id }) => id === 'replication-factor/factor-missing')
    expect(missing).toHaveLength(1)
    expect(missing[0]?.message).toContain('derive.one, derive.two')
  })
})

test('a budget for pods of a kind that is not known selects some', async () => {
  const cloneSet: KubernetesObject = {
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind: 'CloneSet',
    metadata: { name: 'zk', namespace: 'shop' },
    spec: {
      template: { metadata: { labels: { app: 'zk' } }, spec: { containers: [{ name: 'zk', image: 'example/zk:1' }] } },
    },
  }
  expect(await messages([cloneSet, budget('zk', { maxUnavailable: 1 })])).toEqual([])
  expect(await messages([cloneSet, budget('zk', { maxUnavailable: 1 }, 'other')])).toEqual([
    expect.stringMatching(/^budget-selects-nothing: /),
  ])
})
