import { GENERATED_BY, type Generator, replaceGenerated } from '../../functions/lib/framework/generated-objects.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

const wanted = (): KubernetesObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' } },
  spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'cart' } } },
})

const BUDGETS: Generator = { name: 'replication-factor', types: ['policy/PodDisruptionBudget'] }

/** As Kustomize hands back what an earlier run generated: keys sorted, its own annotations added. */
function present(edit: (object: KubernetesObject) => void = () => undefined): KubernetesObject {
  const objects: KubernetesObject[] = []
  replaceGenerated(objects, BUDGETS, [wanted()])
  const [{ spec, metadata, ...rest }] = objects as [KubernetesObject]
  const annotations = { 'internal.config.kubernetes.io/index': '3', ...metadata.annotations }
  const object = { ...rest, metadata: { annotations, labels: metadata.labels, name: 'cart', namespace: 'shop' }, spec }
  edit(object as KubernetesObject)
  return object as KubernetesObject
}

const byHand = (object: KubernetesObject): void => {
  object.spec = { ...(object.spec as object), maxUnavailable: 2 }
}
/** The mark of earlier versions, which wrote no hash. */
const withoutHash = (object: KubernetesObject): void => {
  object.metadata.annotations = { [GENERATED_BY]: BUDGETS.name }
}

test('an object that already says the same stays as it is, down to the order of its keys', () => {
  const objects = [present()]
  const before = JSON.stringify(objects)
  expect(replaceGenerated(objects, BUDGETS, [wanted()])).toEqual([])
  expect(JSON.stringify(objects)).toBe(before)
})

test('an object that was edited gets what is wanted, keeps the annotations of its caller, and a finding says so', () => {
  const object = present(byHand)
  expect(replaceGenerated([object], BUDGETS, [wanted()])).toMatchObject([{ id: 'objects/replaced' }])
  expect(object).toEqual(present())
})

test('an object with the mark of an earlier version gets the hash, and nothing is reported', () => {
  const object = present(withoutHash)
  expect(replaceGenerated([object], BUDGETS, [wanted()])).toEqual([])
  expect(object.metadata.annotations).toEqual({
    ...present().metadata.annotations,
    'internal.config.kubernetes.io/index': undefined,
  })
})

test('an object that nothing asks for any more is removed, and a finding says so', () => {
  const objects = [present()]
  expect(replaceGenerated(objects, BUDGETS, [])).toMatchObject([{ id: 'objects/removed' }])
  expect(objects).toEqual([])
})

test.each([
  ['that was edited', present(byHand), 'objects/unproven-mark'],
  ['without a hash', present(withoutHash), 'objects/unproven-mark'],
  ['of a kind that is never generated', { ...present(), apiVersion: 'v1', kind: 'Service' }, 'objects/false-mark'],
])('an object with the mark %s stays, and is refused by name', (_, object, id) => {
  const objects = [object]
  expect(replaceGenerated(objects, BUDGETS, [])).toMatchObject([{ id, severity: 'error', object }])
  expect(objects).toEqual([object])
})

test('an object that another function generated is left alone', () => {
  const objects = [present()]
  expect(replaceGenerated(objects, { ...BUDGETS, name: 'istio-hardening' }, [])).toEqual([])
  expect(objects).toHaveLength(1)
})
