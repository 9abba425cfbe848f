import { contentHash } from '../../functions/lib/framework/content-hash.ts'
import { requireDistinct } from '../../functions/lib/framework/distinct.ts'
import { EXCEPTION, setExceptions } from '../../functions/lib/framework/exceptions.ts'
import { type KrmFunction, readerOf, type Step } from '../../functions/lib/framework/function.ts'
import { generatedNames } from '../../functions/lib/framework/generated-names.ts'
import {
  fillUnset,
  GENERATED_BY,
  generatedObject,
  isGeneratedBy,
  replaceGenerated,
} from '../../functions/lib/framework/generated-objects.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { addAll, refill } from '../../functions/lib/framework/lists.ts'
import { matches, matchesPattern } from '../../functions/lib/framework/match.ts'
import { openPlaceholders, requireClosed } from '../../functions/lib/framework/open-placeholders.ts'
import { Shared } from '../../functions/lib/framework/shared.ts'
import type { KubernetesObject, ObjectMeta } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'

const object = (
  metadata: Partial<ObjectMeta> = {},
  body: object = {},
  type = 'apps/v1 Deployment',
): KubernetesObject => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata: { name: 'cart', namespace: 'shop', ...metadata }, ...body }
}
const withPods = (name: string, type = 'apps/v1 Deployment', namespace = 'shop'): KubernetesObject =>
  object({ name, namespace }, { spec: { template: { spec: { containers: [{ name: 'a', image: 'a' }] } } } }, type)

describe('the hash of what an object says', () => {
  const base = () => object({ annotations: { a: 'b' } }, { spec: { x: [1, { y: 2, z: null }] } })
  const hash = (changed: KubernetesObject) => contentHash(changed, ['mark'])

  test('is the same whatever the order of its keys, and without its marks and those of the caller', () => {
    const { metadata, spec, kind, apiVersion } = base()
    const same = [
      { spec, metadata, kind, apiVersion },
      object({ annotations: { a: 'b' } }, { spec: { x: [1, { z: null, y: 2 }] }, other: undefined }),
      object({ annotations: { mark: 'c', a: 'b' } }, { spec }),
      ...[
        'config.kubernetes.io/index',
        'internal.config.kubernetes.io/path',
        'config.k8s.io/id',
        'kustomize.config.k8s.io/id',
        'internal.kpt.dev/resource-id',
      ].map((key) => object({ annotations: { [key]: '1', a: 'b' } }, { spec })),
    ]
    expect(same.map(hash)).toEqual(same.map(() => hash(base())))
    expect(hash(base())).toMatch(/^[a-f0-9]{16}$/)
    expect(hash(object())).toBe(hash(object({ annotations: {} })))
  })

  test('is another for any other content', () => {
    const others = [
      base(),
      object({ annotations: { a: 'b' } }, { spec: { x: [{ y: 2, z: null }, 1] } }),
      object({ annotations: { a: 'b' } }, { spec: { x: [1, { y: 2 }] } }),
      object({ annotations: { a: 'b' } }, { spec: { x: [1, { y: '2', z: null }] } }),
      object({ annotations: { a: 'c' } }, { spec: base().spec }),
      object({ annotations: { 'example.com/config.kubernetes.io/x': '1', a: 'b' } }, { spec: base().spec }),
      object({ name: 'other', annotations: { a: 'b' } }, { spec: base().spec }),
      object({ annotations: { a: 'b' } }, { spec: { x: [1, { y: 2, z: null }] }, 'spec":{': 1 }),
    ]
    expect(new Set(others.map(hash)).size).toBe(others.length)
  })
})

describe('the reasons of exceptions on an object', () => {
  const reasonsAfter = (before: Record<string, string> | undefined, reasons: string[]) => {
    const changed = object(before && { annotations: before })
    setExceptions(changed, 'one', reasons)
    return changed.metadata.annotations
  }

  test.each<[string, Record<string, string> | undefined, string[], Record<string, string> | undefined]>([
    ['are added, sorted and each once', undefined, ['b', 'a', 'b'], { [EXCEPTION]: 'one: a\none: b' }],
    ['take one line each', undefined, ['a\nb'], { [EXCEPTION]: 'one: a b' }],
    ['replace earlier ones', { [EXCEPTION]: 'one: a' }, ['b'], { [EXCEPTION]: 'one: b' }],
    [
      'leave those of other functions',
      { [EXCEPTION]: 'one-more: a\n\none: b', x: 'y' },
      ['c'],
      { [EXCEPTION]: 'one-more: a\none: c', x: 'y' },
    ],
    ['go with the last', { [EXCEPTION]: 'one: a', x: 'y' }, [], { x: 'y' }],
    ['go with their map, if it had no other', { [EXCEPTION]: 'one: a' }, [], undefined],
    ['are none where there were none', { x: 'y' }, [], { x: 'y' }],
    ['are none of an object without annotations', undefined, [], undefined],
  ])('%s', (_, before, reasons, after) => expect(reasonsAfter(before, reasons)).toEqual(after))
})

test('two objects of one identity are refused, unless one is never applied', () => {
  const local = (value: string) => object({ annotations: { 'config.kubernetes.io/local-config': value } })
  expect(() => requireDistinct([object(), object({ namespace: 'other' }), local('true')])).not.toThrow()
  expect(() => requireDistinct([object(), local('false')])).toThrow('is in the build twice')
})

describe('which items a function is shown', () => {
  const step = (reads: KrmFunction['reads']): Step => ({
    function: {
      name: 'a',
      kind: 'A',
      section: 'a',
      description: '',
      schema: undefined as never,
      reads,
      transform: () => [],
    },
    spec: { mode: 'mutate' },
  })
  const item = (kind: string, text = '') => ({ apiVersion: 'v1', kind, text })

  test('depends on the functions, by type or by text', () => {
    const reads = readerOf([
      step((_, { kind }) => kind === 'Pod'),
      step((_, { kind, text }) => kind === 'ConfigMap' && text.includes('x')),
    ])
    const items = [item('Pod'), item('Secret'), item('ConfigMap', 'x'), item('ConfigMap', 'y'), item('Pod', 'x')]
    expect(items.map(reads)).toEqual([true, false, true, false, true])
    expect(items.toReversed().map(reads)).toEqual([true, false, true, false, true])
    expect(readerOf([])(item('Pod'))).toBe(false)
  })

  test('is asked once for all items of a type, if their text does not matter', () => {
    let asked = 0
    const reads = readerOf([
      step((_, { kind }) => {
        asked++
        return kind === 'Pod'
      }),
    ])
    for (const kind of ['Pod', 'Pod', 'Secret', 'Secret', 'Pod']) reads(item(kind))
    expect(asked).toBe(2)
  })
})

describe('what is generated for a workload has its name', () => {
  const namesOf = (...objects: KubernetesObject[]) => {
    const names = generatedNames(workloadsOf(objects))
    return objects.map((each) => names.get(each))
  }

  test.each<[string, KubernetesObject[], string[]]>([
    ['each its own', [withPods('a'), withPods('b')], ['a', 'b']],
    ['also in two namespaces', [withPods('a'), withPods('a', 'apps/v1 Deployment', 'blog')], ['a', 'a']],
    [
      'a Job behind what runs on',
      [withPods('a', 'batch/v1 Job'), withPods('a', 'apps/v1 StatefulSet')],
      ['a-job', 'a'],
    ],
    ['kinds by the alphabet', [withPods('a', 'apps/v1 StatefulSet'), withPods('a')], ['a-statefulset', 'a']],
    [
      'never that of another workload',
      [withPods('a'), withPods('a', 'batch/v1 Job'), withPods('a-job')],
      ['a', 'a-job-job', 'a-job'],
    ],
  ])('%s', (_, objects, names) => expect(namesOf(...objects)).toEqual(names))
})

describe('a generated object', () => {
  const wanted = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: 'cart', spec: { maxUnavailable: 1 } }
  const wave = (value: string): Partial<ObjectMeta> => ({ annotations: { 'argocd.argoproj.io/sync-wave': value } })

  test('has the namespace of its owners, the labels that they share but for those of the mesh, and their earliest wave', () => {
    const owners = [
      object({ labels: { app: 'cart', tier: 'web', 'istio.io/rev': 'a' }, ...wave('2') }),
      object({ labels: { app: 'cart', tier: 'db', 'istio.io/rev': 'a' }, ...wave('-1') }),
    ]
    expect(generatedObject(owners, wanted)).toStrictEqual({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'cart', namespace: 'shop', labels: { app: 'cart' }, ...wave('-1') },
      spec: { maxUnavailable: 1 },
    })
  })

  test('has none of what its owners lack, and what it is given', () => {
    const bare = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cart' } }
    expect(generatedObject([bare], wanted).metadata).toStrictEqual({ name: 'cart' })
    expect(generatedObject([], wanted).metadata).toStrictEqual({ name: 'cart' })
    expect(generatedObject([object(), object(wave('1'))], wanted).metadata).toStrictEqual({
      name: 'cart',
      namespace: 'shop',
    })
    expect(generatedObject([object(wave('1')), object()], wanted).metadata.annotations).toBeUndefined()
    expect(generatedObject([object(), object(wave('-1'))], wanted).metadata.annotations).toEqual(wave('-1').annotations)
    expect(generatedObject([object(wave('10')), object(wave('9'))], wanted).metadata).toMatchObject(wave('9'))
    const given = { ...wanted, namespace: '', labels: { a: 'b' } }
    expect(generatedObject([object({ labels: { app: 'cart' } })], given).metadata).toStrictEqual({
      name: 'cart',
      labels: { a: 'b' },
    })
  })

  test('is completed by hand where a person wrote it: what is set stays', () => {
    const byHand = object({ name: 'cart' }, { spec: { a: 1, map: { x: 1 }, list: [1], none: null, off: false } })
    const from = object(
      { name: 'cart' },
      { spec: { a: 2, map: { x: 2, y: 3 }, list: [2], none: 4, off: true, new: { z: 1 } } },
    )
    expect(replaceGenerated([byHand], { name: 'one', types: ['apps/Deployment'] }, [from])).toEqual([])
    expect(byHand.spec).toEqual({ a: 1, map: { x: 1, y: 3 }, list: [1], none: 4, off: false, new: { z: 1 } })
    expect(isGeneratedBy(byHand, 'one')).toBe(false)
    expect((byHand.spec as { new: object }).new).not.toBe((from.spec as { new: object }).new)
  })

  test('is left to who asks, where a person wrote it', () => {
    const finding = { id: 'a/b', severity: 'info' as const, message: 'c' }
    const seen: unknown[] = []
    const byHand = object()
    const from = object()
    const complete = (...pair: KubernetesObject[]) => {
      seen.push(...pair)
      return [finding]
    }
    expect(replaceGenerated([byHand], { name: 'one', types: [] }, [from], complete)).toEqual([finding])
    expect(seen).toEqual([byHand, from])
  })

  test('is added with its mark, behind the others', () => {
    const objects = [object()]
    replaceGenerated(objects, { name: 'one', types: ['v1/Service'] }, [object({ name: 'new' })])
    expect(objects.map((each) => isGeneratedBy(each, 'one'))).toEqual([false, true])
    expect(objects[1]?.metadata.annotations?.[GENERATED_BY]).toBe('one')
  })

  test('fills only what is not set', () => {
    const to = { a: 0, b: '', c: undefined }
    fillUnset(to, { a: 1, b: 'x', c: 2 })
    expect(to).toEqual({ a: 0, b: '', c: 2 })
  })
})

describe('a pattern', () => {
  test.each<[string, string, boolean]>([
    ['cart', 'cart', true],
    ['cart', 'carts', false],
    ['*', '', true],
    ['*', 'cart', true],
    ['cart*', 'cart', true],
    ['cart*', 'cart-db', true],
    ['*cart', 'shop-cart', true],
    ['*cart', 'cart-db', false],
    ['c*t', 'cart', true],
    ['c*t', 'ct', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'acb', false],
    ['a*b*c', 'axc', false],
    ['a*bc*cd', 'abcd', false],
    ['a*b*b*c', 'abc', false],
    ['a.c', 'abc', false],
    ['', '', true],
    ['', 'a', false],
  ])('%j matches %j: %s', (pattern, text, expected) => expect(matchesPattern(pattern, text)).toBe(expected))

  test.each<[object, boolean]>([
    [{}, true],
    [{ kind: 'Deployment', name: 'ca*', namespace: 'sh*', labels: { app: 'cart' } }, true],
    [{ kind: 'Deploy*' }, false],
    [{ kind: 'Job', name: 'cart' }, false],
    [{ name: 'shop' }, false],
    [{ namespace: 'cart' }, false],
    [{ namespace: '' }, false],
    [{ labels: { app: 'shop' } }, false],
    [{ labels: { team: 'a' } }, false],
    [{ labels: {} }, true],
  ])('%j selects Deployment shop/cart: %s', (match, expected) => {
    expect(matches(match, object({ labels: { app: 'cart' } }))).toBe(expected)
  })

  test('an object without namespace and labels has those that are empty', () => {
    const bare = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    expect(matches({ namespace: '', labels: {} }, bare)).toBe(true)
    expect(matches({ namespace: 'shop' }, bare)).toBe(false)
  })
})

describe('a placeholder that begins and does not end', () => {
  const pathsOf = (body: object, metadata: Partial<ObjectMeta> = {}) =>
    openPlaceholders(object(metadata, body)).map(({ id, field }) => `${id} ${field?.path}`)

  test.each<[string, object, string[]]>([
    ['in a text', { spec: { a: 'x${Y:=z' } }, ['spec.a']],
    ['in an item', { spec: [{ a: '${Y' }, 'b}'] }, ['spec[0].a']],
    ['in a key, and below it', { '${Y': { a: '${Z' } }, ['["${Y"]', '["${Y"].a']],
    ['within another', { a: '${Y:=${Z}' }, ['a']],
    ['behind one that ends', { a: '${Y}${Z' }, ['a']],
    ['behind what ends nothing', { a: '}${Z' }, ['a']],
  ])('%s is found', (_, body, paths) => {
    expect(pathsOf(body)).toEqual(paths.map((path) => `objects/open-placeholder ${path}`))
    expect(() => requireClosed([object({}, body)])).toThrow()
  })

  test.each<[string, object, Partial<ObjectMeta>]>([
    ['that ends', { a: '${Y:=z}', b: '${Y:=${Z}}', c: '{}' }, {}],
    ['that is a dollar sign', { a: '$${Y', b: '$$${Y}' }, {}],
    ['of another form', { a: '$(Y', b: '$Y', c: 1, d: null }, {}],
    [
      'that Flux leaves alone by a label',
      { a: '${Y' },
      { labels: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } },
    ],
    [
      'that Flux leaves alone by an annotation',
      { a: '${Y' },
      { annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' } },
    ],
  ])('is none %s', (_, body, metadata) => {
    expect(pathsOf(body, metadata)).toEqual([])
    expect(() => requireClosed([object(metadata, body)])).not.toThrow()
  })

  test('is one where Flux is told something else', () => {
    expect(pathsOf({ a: '${Y' }, { labels: { 'kustomize.toolkit.fluxcd.io/substitute': 'enabled' } })).toHaveLength(1)
  })
})

test('items are grouped in the order in which they came', () => {
  expect([...groupBy(['a1', 'b1', 'a2'], (item) => item[0] as string)]).toEqual([
    ['a', ['a1', 'a2']],
    ['b', ['b1']],
  ])
})

test('a list is filled again, and added to, in place', () => {
  const list = [1, 2]
  refill(list, [3])
  addAll(list, new Set([4, 5]))
  expect(list).toEqual([3, 4, 5])
})

test('what functions share is made once, even if it is undefined', () => {
  const shared = new Shared()
  const [one, two] = [Symbol('one'), Symbol('two')]
  let made = 0
  const make = () => {
    made++
    return undefined
  }
  expect([shared.get(one, make), shared.get(one, make), shared.get(two, () => 2)]).toEqual([undefined, undefined, 2])
  expect(made).toBe(1)
})
