import { expect, test } from '@jest/globals'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { complete, objectsIn } from '../../functions/lib/resource-list/objects-of-item.ts'

const named = (...containers: unknown[]) =>
  containers.map((name) => ({ ...(name !== undefined && { name }), image: 'a' }))

function namesOf(spec: Record<string, unknown>, apiVersion = 'serving.knative.dev/v1'): unknown[] {
  const item = { apiVersion, kind: 'Service', metadata: { name: 'x' }, spec: { template: { spec } } }
  complete(item)
  const [object] = objectsIn(item, 'item 1') as [KubernetesObject]
  return ['containers', 'initContainers'].flatMap((list) =>
    ((valueAt(object, ['spec', 'template', 'spec', list]) ?? []) as { name?: string }[]).map(({ name }) => name),
  )
}

// Source: https://github.com/knative/serving/blob/main/pkg/apis/serving/v1/revision_defaults.go
test.each([
  ['the one container', { containers: named(undefined) }, ['user-container']],
  ['one with a name', { containers: named('app') }, ['app']],
  ['an empty or null name', { containers: named('', null) }, ['user-container-0', 'user-container-1']],
  [
    'several, past the names that are taken',
    { containers: named(undefined, 'user-container-0', undefined) },
    ['user-container-1', 'user-container-0', 'user-container-2'],
  ],
  [
    'init containers',
    { containers: named('init-container'), initContainers: named(undefined) },
    ['init-container', 'init-container-0'],
  ],
  ['none', { containers: null }, []],
])('a Knative Service gets the names that Knative gives: %s', (_what, spec, names) => {
  expect(namesOf(spec)).toEqual(names)
})

test('a Service of another group gets no policy', () => {
  expect(namesOf({ containers: named(undefined) }, 'v1')).toEqual([undefined])
})
