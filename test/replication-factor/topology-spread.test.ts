import { type Fields, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { run, workload } from './build.ts'

const QUIET = { disruptionBudget: 'off', trafficDistribution: 'off' }
const ZONE = 'topology.kubernetes.io/zone'

const constraintsOf = (object: KubernetesObject | undefined): Fields[] =>
  valueAt(object, ['spec', 'template', 'spec', 'topologySpreadConstraints']) as Fields[]

const across = (key: string, object: KubernetesObject | undefined): Fields | undefined =>
  constraintsOf(object).find(({ topologyKey }) => topologyKey === key)

const cart = (...topologySpreadConstraints: Fields[]) =>
  workload('Deployment', 'cart', { pod: { topologySpreadConstraints } })

describe('a number of zones of the environment', () => {
  const general = { zone: 'DoNotSchedule', minDomains: 3 }
  const zoneOf = async (own: Fields) => {
    const { objects, errors } = await run([workload('Deployment', 'cart')], {
      ...QUIET,
      spread: general,
      workloads: { cart: { spread: own } },
    })
    expect(errors).toEqual([])
    return across(ZONE, objects[0])
  }

  test('is removed with the zones if a workload does without them', async () => {
    expect(await zoneOf({ zone: 'ScheduleAnyway' })).toEqual(expect.not.objectContaining({ minDomains: 3 }))
    expect(await zoneOf({ zone: 'off' })).toBeUndefined()
  })

  test('stays if a workload requires them too, or says nothing about them', async () => {
    expect(await zoneOf({ zone: 'DoNotSchedule' })).toMatchObject({ minDomains: 3 })
    expect(await zoneOf({ hostname: 'off' })).toMatchObject({ minDomains: 3 })
  })
})

describe('a hand-written constraint', () => {
  const written = { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }

  test('loses its number of zones if the policy does not require them', async () => {
    const { objects } = await run([cart({ ...written, minDomains: 3 })], {
      ...QUIET,
      spread: { zone: 'ScheduleAnyway' },
    })
    expect(across(ZONE, objects[0])).toEqual(expect.not.objectContaining({ minDomains: 3 }))
  })

  test('with a null selector gets the selector of the workload', async () => {
    const { objects, errors } = await run([cart({ ...written, labelSelector: null })], QUIET)
    expect(errors).toEqual([])
    expect(across(ZONE, objects[0])).toMatchObject({ labelSelector: { matchLabels: { app: 'cart' } } })
  })

  test('that the policy makes the same as another is refused', async () => {
    const soft = { ...written, maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway' }
    expect((await run([cart(written, soft)], QUIET)).errors).toEqual([])
    expect((await run([cart(written, soft)], { ...QUIET, spread: { zone: 'DoNotSchedule' } })).errors).toEqual([
      'repeated-spread',
    ])
  })
})

test('a workload whose selector lacks a label of its pods is refused, not given a spread that selects nothing', async () => {
  const broken = cart()
  Object.assign(broken.spec as Fields, { selector: { matchLabels: { app: 'card' } } })
  expect((await run([broken], QUIET)).errors).toEqual(['spread-selects-no-pod'])
})

describe('pods are told apart by revision', () => {
  const store = (name: string, pod: Fields = {}) =>
    workload('StatefulSet', name, { labels: { app: 'store', shard: name }, pod })
  const together = { labelSelector: { matchLabels: { app: 'store' } }, topologyKey: ZONE, maxSkew: 1 }

  test('if they belong to one workload', async () => {
    const { objects } = await run([store('store-0')], { ...QUIET, spread: { selector: { app: 'store' } } })
    expect(across(ZONE, objects[0])).toMatchObject({ matchLabelKeys: ['controller-revision-hash'] })
  })

  test('but not if a selector, from the policy or hand-written, reaches those of others', async () => {
    const byPolicy = await run([store('store-0'), store('store-1')], {
      ...QUIET,
      spread: { selector: { app: 'store' } },
    })
    const byHand = await run([store('store-0', { topologySpreadConstraints: [together] }), store('store-1')], QUIET)
    for (const { objects } of [byPolicy, byHand])
      expect(across(ZONE, objects[0])).toEqual(expect.not.objectContaining({ matchLabelKeys: expect.anything() }))
  })

  test('even if the selector of the workload itself reaches others by mistake', async () => {
    const labels = { app: 'store' }
    const { objects } = await run(
      [workload('Deployment', 'store', { labels }), workload('Deployment', 'canary', { labels })],
      QUIET,
    )
    expect(across(ZONE, objects[0])).toMatchObject({ matchLabelKeys: ['pod-template-hash'] })
  })
})

test('a hand-written constraint that counts only the pods of another workload is named with it', async () => {
  const written = { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' }
  const { findings } = await run(
    [cart({ ...written, labelSelector: { matchLabels: { app: 'web' } } }), workload('Deployment', 'web')],
    QUIET,
  )
  expect(findings.filter(({ severity }) => severity === 'warning')).toEqual([
    expect.objectContaining({
      id: 'replication-factor/spread-selects-others',
      message: expect.stringContaining('Deployment shop/web'),
    }),
  ])
})
