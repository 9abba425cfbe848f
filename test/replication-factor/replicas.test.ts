import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, idOf, QUIET, run, workload } from './build.ts'

const replicasOf = (objects: readonly KubernetesObject[]): unknown[] =>
  objects.map(({ spec }) => (spec as { replicas?: unknown }).replicas)

describe('replicas of the policy', () => {
  const written = async (replicas: unknown, wanted?: number) => {
    const result = await run([workload('Deployment', 'cart', { replicas })], {
      ...QUIET,
      ...(wanted !== undefined && { replicas: { cart: wanted } }),
    })
    return { replicas: replicasOf(result.objects)[0], ids: result.findings.map(idOf) }
  }

  test.each<[unknown, number | undefined, unknown]>([
    [undefined, 1, 1],
    [undefined, 3, 3],
    [5, 3, 3],
    [3, 3, 3],
    [undefined, undefined, undefined],
    [2, undefined, 2],
  ])('in place of %j: %j', async (present, wanted, expected) => {
    expect(await written(present, wanted)).toEqual({ replicas: expected, ids: [] })
  })

  test('are not written over a placeholder, which is said only where the policy wants some', async () => {
    expect(await written('${N}', 3)).toEqual({ replicas: '${N}', ids: ['placeholder-replicas'] })
    expect(await written('${N}')).toEqual({ replicas: '${N}', ids: [] })
  })
})

describe('the factor of a workload that a preset knows', () => {
  const ingesters = async (factor: number | undefined, ...names: string[]) => {
    const objects = names.map((name) => workload('StatefulSet', name, { replicas: 1 }))
    const result = await run(objects, {
      ...QUIET,
      ...(factor !== undefined && { factor }),
      presets: { loki: { parts: { ingester: 'loki-ingester*' }, values: { ring: 'off' } } },
    })
    return { replicas: replicasOf(result.objects), ids: result.findings.map(idOf) }
  }

  test('is its least number of replicas', async () => {
    expect((await ingesters(3, 'loki-ingester')).replicas).toEqual([3])
    expect((await ingesters(undefined, 'loki-ingester')).replicas).toEqual([1])
  })

  test('is not written where several workloads share the part', async () => {
    expect((await ingesters(3, 'loki-ingester-a', 'loki-ingester-b', 'loki-ingester-c')).replicas).toEqual([1, 1, 1])
  })
})

describe('a workload with an autoscaler', () => {
  const found = async (replicas: number | undefined, min: number, wanted?: number) => {
    const objects = [workload('Deployment', 'cart', { replicas }), autoscaler('cart', min)]
    const result = await run(objects, { ...QUIET, ...(wanted !== undefined && { replicas: { cart: wanted } }) })
    return { replicas: replicasOf(result.objects)[0], ids: result.findings.map(idOf) }
  }

  test('gets no replicas, and its least number is compared instead', async () => {
    expect(await found(undefined, 2, 3)).toEqual({
      replicas: undefined,
      ids: ['autoscaler-below-replicas spec.minReplicas'],
    })
    expect(await found(undefined, 3, 3)).toEqual({ replicas: undefined, ids: [] })
  })

  test('has no replicas of its own', async () => {
    expect(await found(2, 3)).toEqual({ replicas: 2, ids: ['replicas-with-autoscaler spec.replicas'] })
  })
})
