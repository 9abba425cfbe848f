import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, QUIET, run, workload } from './build.ts'

const scaledObject = (spec: Fields) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { ...spec, scaleTargetRef: { name: 'cart' } },
})

const CART = workload('Deployment', 'cart')
const SPEC = { ...QUIET, replicas: { cart: 3 } }

test.each<[string, Fields, string | undefined]>([
  ['its least', { minReplicaCount: 2 }, 'found 2, expected at least 3'],
  ['none, where it says no least', {}, 'found 0, expected at least 3'],
  [
    'as many as run while nothing triggers',
    { minReplicaCount: 3, idleReplicaCount: 0 },
    'found 0, expected at least 3',
  ],
  ['its least where that is null', { minReplicaCount: 3, idleReplicaCount: null }, undefined],
])('a ScaledObject may leave %s', async (_, spec, message) => {
  const { errors } = await run([CART, scaledObject(spec)], SPEC)
  expect(errors).toEqual(message === undefined ? [] : [expect.stringContaining(message)])
})

test('of several autoscalers the one counts that may leave the fewest, in whatever order they stand', async () => {
  const others = [autoscaler('cart', 3), scaledObject({ minReplicaCount: 1 })]
  for (const objects of [others, others.toReversed()]) {
    const { errors } = await run([CART, ...objects], SPEC)
    expect(errors).toEqual([expect.stringContaining('found 1, expected at least 3')])
  }
})

test.each(['replicas', 'workloads'])('a pattern in %s names nothing, and is said', async (map) => {
  const value = map === 'replicas' ? 3 : { disruptionBudget: 'off' }
  const { findings } = await run([CART], { ...QUIET, [map]: { 'car*': value } })
  expect(findings.map(({ message }) => message)).toEqual([
    `${map}.car*: nothing in the build is called car* (did you mean cart?)`,
  ])
})
