import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { autoscaler, idOf, QUIET, run, workload } from './build.ts'

const scaledObject = (spec: Fields) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: { ...spec, scaleTargetRef: { name: 'cart' } },
})

const CART = workload('Deployment', 'cart')
const SPEC = { ...QUIET, replicas: { cart: 3 } }

test.each<[string, Fields, number | undefined]>([
  ['its minimum', { minReplicaCount: 2 }, 2],
  ['none, if it has no minimum', {}, 0],
  ['as many as run while nothing triggers', { minReplicaCount: 3, idleReplicaCount: 0 }, 0],
  ['its minimum, if idleReplicaCount is null', { minReplicaCount: 3, idleReplicaCount: null }, undefined],
])('a ScaledObject may leave %s', async (_, spec, least) => {
  const { findings } = await run([CART, scaledObject(spec)], SPEC)
  expect(findings.map(({ id, field }) => [id, field?.currentValue])).toEqual(
    least === undefined ? [] : [['replication-factor/autoscaler-below-replicas', least]],
  )
})

test('of several autoscalers the one with the lowest minimum counts, in any order', async () => {
  const others = [autoscaler('cart', 3), scaledObject({ minReplicaCount: 1 })]
  for (const objects of [others, others.toReversed()]) {
    const { findings } = await run([CART, ...objects], SPEC)
    expect(findings.map(({ field }) => field?.currentValue)).toEqual([1])
  }
})

test.each(['replicas', 'workloads'])('a pattern in %s that matches nothing is reported', async (map) => {
  const value = map === 'replicas' ? 3 : { disruptionBudget: 'off' }
  const { findings } = await run([CART], { ...QUIET, [map]: { 'car*': value } })
  expect(findings.map(idOf)).toEqual([`unknown-key ${map}["car*"]`])
})
