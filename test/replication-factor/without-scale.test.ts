import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, idOf, renamed, run, workload } from './build.ts'

const QUIET = { spread: 'off' }
const labels = { app: 'shop' }

const ofKind = (kind: string, apiVersion: string, more: Record<string, string> = {}): KubernetesObject => {
  const template = { metadata: { labels: { ...labels, ...more } }, spec: { containers: [{ name: 'a', image: 'a' }] } }
  const spec = {
    Pod: template.spec,
    CronJob: { jobTemplate: { spec: { template } } },
    ScaledJob: { jobTargetRef: { template } },
  }[kind] ?? { template }
  const metadata = { name: `shop-${kind.toLowerCase()}`, namespace: 'shop', ...(kind === 'Pod' && template.metadata) }
  return { apiVersion, kind, metadata, spec }
}

const KINDS: [string, string][] = [
  ['Job', 'batch/v1'],
  ['CronJob', 'batch/v1'],
  ['ScaledJob', 'keda.sh/v1alpha1'],
  ['DaemonSet', 'apps/v1'],
  ['Pod', 'v1'],
]

const OF_NO_JOB = { key: 'job-name', operator: 'DoesNotExist' }
/** The label of a controller that tells pods of a Deployment from those of a kind. */
const TOLD_APART_BY: Record<string, Fields> = {
  Job: OF_NO_JOB,
  CronJob: OF_NO_JOB,
  ScaledJob: OF_NO_JOB,
  DaemonSet: { key: 'pod-template-generation', operator: 'DoesNotExist' },
  Pod: { key: 'pod-template-hash', operator: 'Exists' },
}

const budgetOf = ({ objects }: { objects: KubernetesObject[] }): Fields | undefined =>
  objects.find(({ kind }) => kind === 'PodDisruptionBudget')?.spec as Fields | undefined

const shop = (more: Record<string, string> = {}, replicas = 3): KubernetesObject => {
  const deployment = workload('Deployment', 'shop', { labels: { ...labels, ...more }, replicas })
  return { ...deployment, spec: { ...(deployment.spec as Fields), selector: { matchLabels: labels } } }
}

describe.each(KINDS)('pods of a %s that the selector of a Deployment reaches', (kind, apiVersion) => {
  test('are left out by a label of the Deployment', async () => {
    const result = await run([shop({ tier: 'web' }), ofKind(kind, apiVersion, { tier: 'clean' })], QUIET)
    expect(budgetOf(result)).toEqual({ maxUnavailable: 1, selector: { matchLabels: { ...labels, tier: 'web' } } })
    expect(result.findings.map(idOf)).toEqual(['budget-narrowed'])
  })

  test('are left out by a label of their own', async () => {
    const result = await run([shop(), ofKind(kind, apiVersion, { part: 'clean' })], QUIET)
    const matchExpressions = [{ key: 'part', operator: 'DoesNotExist' }]
    expect(budgetOf(result)).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels, matchExpressions } })
  })

  test('are left out by a label of a controller, if templates carry the same', async () => {
    const result = await run([shop(), ofKind(kind, apiVersion)], QUIET)
    expect(budgetOf(result)).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: labels, matchExpressions: [TOLD_APART_BY[kind]] },
    })
    expect(result.findings.map(idOf)).toEqual(['budget-narrowed'])
    expect((await run(result.objects, QUIET)).objects).toEqual(result.objects)
  })

  test('are left out of a hand-written budget by a label of a controller', async () => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { maxUnavailable: 1, selector: { matchLabels: labels, matchExpressions: [TOLD_APART_BY[kind]] } },
    }
    expect((await run([shop(), ofKind(kind, apiVersion), budget], QUIET)).findings).toEqual([])
  })

  const chosen = (limits: Fields): Fields => ({
    ...QUIET,
    workloads: { shop: { disruptionBudget: { ...limits, selector: labels } } },
  })

  test.each([
    [{ maxUnavailable: 1 }, 2],
    [{ maxUnavailable: '50%' }, 1],
    [{ minAvailable: '50%' }, 2],
    [{ minAvailable: 2 }, 2],
  ])('that the selector of the policy selects make %j a number: %s', async (limits, minAvailable) => {
    const result = await run([shop(), ofKind(kind, apiVersion)], chosen(limits))
    expect(budgetOf(result)).toEqual({ minAvailable, selector: { matchLabels: labels } })
    expect(result.errors).toEqual([])
  })

  test('are an error where the replicas of the Deployment are not known', async () => {
    const unknown = { ...shop(), spec: { ...(shop().spec as Fields), replicas: '$(REPLICAS)' } }
    expect((await run([unknown, ofKind(kind, apiVersion)], chosen({}))).errors).toEqual(['budget-without-scale'])
  })

  test.each([
    [{ maxUnavailable: 1 }, ['budget-without-scale']],
    [{ minAvailable: '50%' }, ['budget-without-scale']],
    [{ minAvailable: 2 }, []],
  ])('under a hand-written budget with %j are %j', async (limits, errors) => {
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { ...limits, selector: { matchLabels: labels } },
    }
    expect((await run([shop(), ofKind(kind, apiVersion), budget], QUIET)).errors).toEqual(errors)
  })
})

test('a selector of expressions alone is narrowed without matchLabels', async () => {
  const inShop = { key: 'app', operator: 'In', values: ['shop'] }
  const deployment = { ...shop(), spec: { ...(shop().spec as Fields), selector: { matchExpressions: [inShop] } } }
  const result = await run([deployment, ofKind('Job', 'batch/v1')], QUIET)
  expect(budgetOf(result)?.selector).toEqual({ matchExpressions: [inShop, OF_NO_JOB] })
})

test('a budget for one pod of a StatefulSet selects it', async () => {
  const selector = { matchLabels: { 'statefulset.kubernetes.io/pod-name': 'shop-0' } }
  const budget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'first', namespace: 'shop' },
    spec: { maxUnavailable: 1, selector },
  }
  expect((await run([workload('StatefulSet', 'shop'), budget], QUIET)).findings).toEqual([])
  expect((await run([workload('Deployment', 'shop'), budget], QUIET)).findings.map(idOf)).toEqual([
    'budget-selects-nothing',
  ])
})

test('a ReplicaSet has a scale, and a PodTemplate has no pods', async () => {
  const others = [ofKind('ReplicaSet', 'apps/v1'), { ...ofKind('PodTemplate', 'v1'), spec: undefined }]
  const result = await run([shop(), ...others], QUIET)
  expect(budgetOf(result)).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } })
})

describe('unhealthyPodEvictionPolicy', () => {
  const policy = { unhealthyPodEvictionPolicy: 'AlwaysAllow' }

  test.each<[string, Fields, Fields]>([
    ['of all, with a limit', { disruptionBudget: { minAvailable: 1, ...policy } }, { minAvailable: 1, ...policy }],
    ['of all, without one', { disruptionBudget: policy }, { maxUnavailable: 1, ...policy }],
    [
      'of one, with the limit of all',
      { disruptionBudget: { minAvailable: 2 }, workloads: { shop: { disruptionBudget: policy } } },
      { minAvailable: 2, ...policy },
    ],
    [
      'of all, with a limit of one',
      { disruptionBudget: policy, workloads: { shop: { disruptionBudget: { maxUnavailable: 2 } } } },
      { maxUnavailable: 2, ...policy },
    ],
  ])('%s is written', async (_, spec, expected) => {
    expect(budgetOf(await run([shop()], { ...QUIET, ...spec }))).toEqual({
      ...expected,
      selector: { matchLabels: labels },
    })
  })
})

describe('an autoscaler that may go down to none', () => {
  const keda = (spec: Fields): KubernetesObject => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { ...spec, scaleTargetRef: { name: 'shop' } },
  })

  test.each<[Fields, number, boolean]>([
    [{ minReplicaCount: 0 }, 1, true],
    [{}, 1, true],
    [{ minReplicaCount: 3, idleReplicaCount: 0 }, 2, false],
    [{ minReplicaCount: 3, idleReplicaCount: 0 }, 3, true],
  ])(
    'as in %j keeps its minimum above none while it runs: minAvailable %i blocks: %s',
    async (spec, minAvailable, blocks) => {
      const { errors } = await run([workload('Deployment', 'shop'), keda(spec)], {
        ...QUIET,
        disruptionBudget: { minAvailable },
      })
      expect(errors).toEqual(blocks ? ['blocks-every-eviction spec.minAvailable'] : [])
    },
  )
})

describe('an Argo Rollout that takes its pods from a Deployment', () => {
  const rollout = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 3, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' } },
  }
  const lender = shop({}, 0)

  test('is what the policy names and scales', async () => {
    const { objects, findings } = await run([rollout, lender], { ...QUIET, replicas: { web: 5 } })
    expect(objects[0]?.spec).toMatchObject({ replicas: 5 })
    expect(objects[1]).toEqual(lender)
    expect(findings).toEqual([])
  })

  test('gets the budget, and the Deployment none', async () => {
    const { objects } = await run([rollout, lender], QUIET)
    const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget')
    expect(budgets.map(({ metadata }) => metadata.name)).toEqual(['web'])
    expect(budgetOf({ objects })).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } })
  })

  test('is counted, and targeted by an autoscaler', async () => {
    const derive = { n: { from: 'web', formula: 'count', target: { env: { name: 'N' } } } }
    const { objects } = await run([rollout, lender], { ...QUIET, derive })
    expect(JSON.stringify(objects[1])).toContain('"env":[{"name":"N","value":"3"}]')
    const { errors } = await run([rollout, lender, autoscaler('web', 2, 'Rollout')], {
      ...QUIET,
      replicas: { web: 5 },
    })
    expect(errors).toEqual(['autoscaler-below-replicas spec.minReplicas'])
  })

  test('must be what an autoscaler targets', async () => {
    const { findings } = await run([rollout, lender, autoscaler('shop', 2)], QUIET)
    expect(findings.map(idOf)).toEqual(['autoscaler-targets-lender spec.scaleTargetRef'])
  })

  test('is said if the Deployment is in another build', async () => {
    expect((await run([rollout], QUIET)).findings.map(idOf)).toEqual(['reference-elsewhere'])
  })

  test('spreads its pods by its own revisions, in the template that it takes', async () => {
    const { objects } = await run([rollout, lender])
    expect(JSON.stringify(objects[1])).toContain('"matchLabelKeys":["rollouts-pod-template-hash"]')
    expect(JSON.stringify(objects[1])).not.toContain('"pod-template-hash"')
  })
})

describe('what an autoscaler targets', () => {
  const scaledObject = (reference: Fields): KubernetesObject => ({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { minReplicaCount: 2, scaleTargetRef: reference },
  })
  const NOTHING = ['autoscaler-targets-nothing spec.scaleTargetRef']
  const elsewhere = { ...autoscaler('shop', 2), metadata: { name: 'shop', namespace: 'other' } }

  test.each<[string, KubernetesObject, string[]]>([
    ['is in the build', autoscaler('shop', 2), []],
    ['is not called so', autoscaler('shopp', 2), NOTHING],
    ['is of another kind', autoscaler('shop', 2, 'StatefulSet'), NOTHING],
    ['is in another namespace', elsewhere, NOTHING],
    ['is a Deployment where a ScaledObject does not say', scaledObject({ name: 'shop' }), []],
    ['is not there for a ScaledObject', scaledObject({ name: 'web' }), NOTHING],
    ['is of a kind that is not known', scaledObject({ apiVersion: 'example.com/v1', kind: 'Shop', name: 'web' }), []],
    ['has a name that is put in later', autoscaler('${NAME}', 2), []],
  ])('%s', async (_, object, expected) => {
    const { findings } = await run([workload('Deployment', 'shop'), object], { ...QUIET, disruptionBudget: 'off' })
    expect(findings.map(idOf).filter((id) => id.startsWith('autoscaler-'))).toEqual(expected)
  })

  test('is named as it was before the prefix of Kustomize', async () => {
    const { findings } = await run([renamed(workload('Deployment', 'shop'), 'dev-'), autoscaler('shop', 2)], QUIET)
    expect(findings.map(idOf)).toEqual([])
  })
})

describe('a hand-written object that selects nothing', () => {
  const selector = { matchLabels: { app: 'shopp' } }
  const budget = (matchLabels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'other', namespace: 'shop' },
    spec: { maxUnavailable: 1, selector: { matchLabels } },
  })
  const kafka = {
    apiVersion: 'kafka.strimzi.io/v1beta2',
    kind: 'Kafka',
    metadata: { name: 'events', namespace: 'shop' },
    spec: { kafka: {} },
  }

  test('is reported if it is a budget', async () => {
    expect((await run([shop(), budget(selector.matchLabels)], QUIET)).findings.map(idOf)).toEqual([
      'budget-selects-nothing',
    ])
  })

  test('is reported if it is a spread constraint', async () => {
    const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector }
    const deployment = workload('Deployment', 'shop', { pod: { topologySpreadConstraints: [constraint] } })
    const { findings } = await run([deployment], { ...QUIET, disruptionBudget: 'off' })
    expect(findings.map(idOf)).toEqual(['written-spread-selects-nothing'])
  })

  test.each<[string, string, Fields, string[]]>([
    ['by a key of its own', 'rack', {}, ['spread-without-selector']],
    ['by a key that gets a selector', 'kubernetes.io/hostname', {}, []],
    ['by any key, where nothing is written', 'kubernetes.io/hostname', { spread: 'off' }, ['spread-without-selector']],
  ])('as a spread constraint without a selector, %s, is said: %s', async (_, topologyKey, spec, expected) => {
    const constraint = { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway' }
    const deployment = workload('Deployment', 'shop', { pod: { topologySpreadConstraints: [constraint] } })
    const { findings } = await run([deployment], { disruptionBudget: 'off', ...spec })
    expect(findings.map(idOf)).toEqual(expected)
  })

  test('is not reported if an operator makes such pods', async () => {
    const { findings } = await run(
      [kafka, budget({ 'strimzi.io/cluster': 'events', 'strimzi.io/kind': 'Kafka' })],
      QUIET,
    )
    expect(findings).toEqual([])
    const wrong = await run([kafka, budget({ 'strimzi.io/cluster': 'orders' })], QUIET)
    expect(wrong.findings.map(idOf)).toEqual(['budget-selects-nothing'])
  })
})
