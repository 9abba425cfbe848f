import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import { listAt, stringsIn, textAt } from '../../functions/lib/kubernetes/fields.ts'
import {
  describe as call,
  ensureFields,
  ensureList,
  formatPath,
  groupOf,
  isFields,
  isKind,
  setMeta,
  typeOf,
  valueAt,
} from '../../functions/lib/kubernetes/objects.ts'

const DATA = { spec: { name: 'a', empty: '', list: [{ b: 'c' }, 'd', null, [{ e: 1 }]], none: null } }

test('a map of fields is no list, null or number, however large', () => {
  expect([{}, { a: 1 }].map(isFields)).toEqual([true, true])
  expect([[], null, undefined, 'a', 1, new ExactInteger('9007199254740993')].map(isFields)).toEqual(
    Array.from({ length: 6 }, () => false),
  )
})

test('the group of an apiVersion is what is before the slash', () => {
  expect(['v1', 'apps/v1', 'a.b/c/d'].map(groupOf)).toEqual(['', 'apps', 'a.b'])
})

test('a type is group and kind, in whatever version', () => {
  expect(typeOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).toBe('apps/Deployment')
  expect(typeOf({ apiVersion: 'apps/v1', kind: 'StatefulSet' })).toBe('apps/StatefulSet')
  expect(typeOf({ apiVersion: 'v1', kind: 'Pod' })).toBe('/Pod')
  expect(isKind({ apiVersion: 'apps/v1beta1', kind: 'Deployment' }, 'apps', 'Deployment')).toBe(true)
  expect(isKind({ apiVersion: 'apps/v1', kind: 'Deployment' }, 'apps', 'StatefulSet')).toBe(false)
  expect(isKind({ apiVersion: 'example.com/v1', kind: 'Deployment' }, 'apps', 'Deployment')).toBe(false)
})

test.each([
  ['HorizontalPodAutoscaler', 'autoscaling'],
  ['PodSecurityPolicy', 'policy'],
])('a %s of the group extensions is one of %s', (kind, group) => {
  expect(typeOf({ apiVersion: 'extensions/v1beta1', kind })).toBe(`${group}/${kind}`)
})

test('messages call an object by kind, namespace and name', () => {
  const object = (namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', ...(namespace && { namespace }) },
  })
  expect([object('shop'), object()].map(call)).toEqual(['Pod shop/a', 'Pod a'])
})

test.each<[string, (string | number)[], unknown]>([
  ['of a key', ['spec', 'name'], 'a'],
  ['of an item', ['spec', 'list', 0, 'b'], 'c'],
  ['of the root', [], DATA],
  ['null', ['spec', 'none'], null],
  ['below null', ['spec', 'none', 'a'], undefined],
  ['below text', ['spec', 'name', 'length'], undefined],
  ['beyond a list', ['spec', 'list', 9], undefined],
  ['that every object inherits', ['spec', 'constructor'], undefined],
])('the value at a path: %s', (_, path, expected) => expect(valueAt(DATA, path)).toBe(expected))

test.each<[(string | number)[], string]>([
  [[], ''],
  [['spec', 'containers', 0, 'image'], 'spec.containers[0].image'],
  [['metadata', 'labels', 'app.kubernetes.io/name'], 'metadata.labels["app.kubernetes.io/name"]'],
  [['data', 'a b'], 'data["a b"]'],
  [['_a-b1', '1a', ''], '_a-b1["1a"][""]'],
  [[0, 'a'], '[0].a'],
])('the path %j is written %j', (path, text) => expect(formatPath(path)).toBe(text))

test('text at a path is none if it is empty, or no text', () => {
  expect(textAt(DATA, 'spec', 'name')).toBe('a')
  for (const key of ['empty', 'list', 'none', 'absent']) expect(textAt(DATA, 'spec', key)).toBeUndefined()
})

test('the maps of a list are those of its items that are maps', () => {
  expect(listAt(DATA, 'spec', 'list')).toEqual([{ b: 'c' }])
  for (const key of ['name', 'none', 'absent']) expect(listAt(DATA, 'spec', key)).toEqual([])
})

test('every string below a value is found with its path', () => {
  expect([...stringsIn(DATA)]).toEqual([
    [['spec', 'name'], 'a'],
    [['spec', 'empty'], ''],
    [['spec', 'list', 0, 'b'], 'c'],
    [['spec', 'list', 1], 'd'],
  ])
  expect([...stringsIn('a')]).toEqual([[[], 'a']])
  expect([...stringsIn(1)]).toEqual([])
})

test('maps and lists on the way to a field are made where there are none, and kept where there are', () => {
  const root: Record<string, unknown> = { none: null, text: 'a', map: { a: 1 }, list: [1] }
  for (const key of ['none', 'text', 'map', 'new']) ensureFields(root, key).b = 2
  ensureList(root, 'list').push(2)
  ensureList(root, 'other').push(3)
  expect(root).toEqual({ none: { b: 2 }, text: { b: 2 }, map: { a: 1, b: 2 }, new: { b: 2 }, list: [1, 2], other: [3] })
})

test('a label or annotation is added to those that are there', () => {
  const owner = { metadata: { labels: { app: 'cart' } } }
  setMeta(owner, 'labels', 'tier', 'web')
  setMeta(owner, 'annotations', 'why', 'because')
  expect(owner).toEqual({ metadata: { labels: { app: 'cart', tier: 'web' }, annotations: { why: 'because' } } })
})
