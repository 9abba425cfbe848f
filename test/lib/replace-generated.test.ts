import { GENERATED_BY, replaceGenerated } from '../../functions/lib/framework/generated-objects.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const wanted = (): KubernetesObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'cart' } } },
})

/** As Kustomize hands back what an earlier run generated: keys sorted, its own annotations added. */
const present = (maxUnavailable: number): KubernetesObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: {
    annotations: { 'internal.config.kubernetes.io/index': '3', [GENERATED_BY]: 'replication-factor' },
    labels: { app: 'cart' },
    name: 'cart',
    namespace: 'shop',
  },
  spec: { selector: { matchLabels: { app: 'cart' } }, maxUnavailable },
})

test('an object that says the same already stays as it is, to the order of its keys', () => {
  const objects = [present(1)]
  const before = JSON.stringify(objects)
  expect(replaceGenerated(objects, 'replication-factor', [wanted()])).toEqual([])
  expect(JSON.stringify(objects)).toBe(before)
})

test('an object that says something else gets what is wanted, and keeps the annotations of its caller', () => {
  const object = present(2)
  replaceGenerated([object], 'replication-factor', [wanted()])
  expect(object).toEqual(present(1))
})

test('an object that nothing asks for any more goes, and a finding says so', () => {
  const objects = [present(1)]
  expect(replaceGenerated(objects, 'replication-factor', [])).toMatchObject([{ id: 'objects/removed' }])
  expect(objects).toEqual([])
})

test('what another function generated is none of its business', () => {
  const objects = [present(1)]
  expect(replaceGenerated(objects, 'istio-hardening', [])).toEqual([])
  expect(objects).toHaveLength(1)
})
