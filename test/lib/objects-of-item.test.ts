import { InputError } from '../../functions/lib/framework/input-error.ts'
import { complete, isNothing, objectsIn, prune } from '../../functions/lib/resource-list/objects-of-item.ts'

const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })
const CONTAINERS = { containers: [{ name: 'app', image: 'app' }] }

const namesIn = (item: unknown): string[] => objectsIn(item, 'item 1').map(({ metadata }) => metadata.name)

/** The ids of the findings with which an item is refused. */
function refusalOf(item: unknown): string[] {
  try {
    objectsIn(item, 'item 1')
    return []
  } catch (cause) {
    if (cause instanceof InputError) return cause.findings.map(({ id }) => id)
    throw cause
  }
}

describe('an item is', () => {
  test.each<[string, unknown, string[]]>([
    ['no object if it is null', null, []],
    ['no object if it is absent', undefined, []],
    ['no object if it has no name', { ...pod('a'), metadata: {} }, []],
    ['no object if it says nothing of itself', { data: {} }, []],
    ['itself', pod('a'), ['a']],
    ['the members of a List', { apiVersion: 'v1', kind: 'List', items: [pod('a'), null, pod('b')] }, ['a', 'b']],
    ['the members of a List in a List', { kind: 'List', items: [{ kind: 'List', items: [pod('a')] }] }, ['a']],
    ['the members of a map that says no kind', { items: [pod('a')] }, ['a']],
    ['no object if such members say nothing of themselves', { items: [{ name: 'a' }] }, []],
    [
      'itself if its items have an apiVersion alone, or a kind alone',
      { ...pod('a'), apiVersion: 'example.com/v1', kind: 'Stack', items: [{ apiVersion: 'v1' }, { kind: 'Pod' }] },
      ['a'],
    ],
    [
      'itself if it has a name, and a kind that only ends in List',
      { apiVersion: 'example.com/v1', kind: 'AllowList', metadata: { name: 'a' }, items: [{ name: 'b' }] },
      ['a'],
    ],
    [
      'its members if one of them is an object, whatever else it is',
      { ...pod('a'), apiVersion: 'example.com/v1', kind: 'Stack', items: [{ name: 'c' }, pod('b')] },
      ['b'],
    ],
    [
      'its members if they say what they are, though they have no names',
      { ...pod('a'), apiVersion: 'example.com/v1', kind: 'Stack', items: [{ apiVersion: 'v1', kind: 'Pod' }] },
      [],
    ],
    [
      'itself if it is called List in another group',
      { ...pod('a'), apiVersion: 'example.com/v1', kind: 'List' },
      ['a'],
    ],
    ['itself if its items are no list', { ...pod('a'), kind: 'Stack', items: { b: pod('b') } }, ['a']],
  ])('%s', (_, item, names) => expect(namesIn(item)).toEqual(names))
})

describe('an item is refused, because it would pass through unhardened, if it is', () => {
  test.each<[string, unknown, string]>([
    ['text', 'kind: Pod', 'objects/not-an-object'],
    ['a list', [pod('a')], 'objects/not-an-object'],
    ['text in a List', { apiVersion: 'v1', kind: 'List', items: ['a'] }, 'objects/not-an-object'],
    [
      'a List whose items are a map',
      { apiVersion: 'v1', kind: 'List', items: { a: pod('a') } },
      'objects/wrong-identity',
    ],
    [
      'a List whose name is a number',
      { apiVersion: 'v1', kind: 'List', metadata: { name: 1 } },
      'objects/wrong-identity',
    ],
    ['of a kind that is a number', { ...pod('a'), kind: 1 }, 'objects/wrong-identity'],
    ['of a name that is a number', { ...pod('a'), metadata: { name: 1 } }, 'objects/wrong-identity'],
    ['of metadata that are text', { ...pod('a'), metadata: 'a' }, 'objects/wrong-identity'],
    ['of a kind without an API version', { kind: 'Pod', metadata: { name: 'a' } }, 'objects/wrong-identity'],
    ['of an API version without a kind', { apiVersion: 'v1', metadata: { name: 'a' } }, 'objects/wrong-identity'],
    ['a Pod without a name', { ...pod('a'), metadata: {}, spec: CONTAINERS }, 'objects/no-name'],
    [
      'a Pod that lets the API choose its name',
      { ...pod('a'), metadata: { generateName: 'a-' }, spec: CONTAINERS },
      'objects/no-name',
    ],
    [
      'a Deployment without a name',
      { apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec: CONTAINERS } } },
      'objects/no-name',
    ],
    [
      'of any kind with containers, without a name',
      { apiVersion: 'example.com/v1', kind: 'Box', spec: CONTAINERS },
      'objects/no-name',
    ],
    [
      'one Deployment to the API, and a list of them to kubectl',
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, items: [{ metadata: { name: 'b' } }] },
      'objects/two-readings',
    ],
    [
      'the same in the custom resource of an operator',
      { apiVersion: 'kafka.strimzi.io/v1beta2', kind: 'Kafka', metadata: { name: 'a' }, items: [{}] },
      'objects/two-readings',
    ],
  ])('%s', (_, item, id) => expect(refusalOf(item)).toEqual([id]))

  test('but not if it is a patch, which names no image', () => {
    const template = { spec: { containers: [{ name: 'app', args: ['a'] }] } }
    expect(refusalOf({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template } })).toEqual([])
  })

  test('the message says where it is, and its kind', () => {
    const message = (item: unknown) => () => objectsIn(item, 'item 7')
    expect(message({ ...pod('a'), metadata: {}, spec: CONTAINERS })).toThrow(/item 7: Pod/)
    expect(message({ ...pod('a'), kind: 1 })).toThrow(/item 7\b(?!: 1)/)
    expect(message({ kind: 'Pod' })).toThrow(/apiVersion.*nothing.*the API version/)
    expect(message({ apiVersion: 'v1' })).toThrow(/kind.*nothing.*the kind/)
    const unnamed = { ...pod('a'), spec: CONTAINERS }
    expect(message({ ...unnamed, metadata: { generateName: 'a-' } })).toThrow(/generateName.*in its place/)
    expect(message({ ...unnamed, metadata: {} })).toThrow(/nothing.*write metadata\.name$/)
  })
})

describe('an item holds', () => {
  test.each<[string, unknown, boolean]>([
    ['null', null, true],
    ['nothing', undefined, true],
    ['a map without fields', {}, true],
    ['a List without members', { apiVersion: 'v1', kind: 'List', items: [] }, true],
    ['a List of nothing', { kind: 'List', items: [null, {}, { kind: 'List', items: [] }] }, true],
    ['a List of one thing and nothing', { kind: 'List', items: [null, pod('a')] }, false],
    ['a typed list of nothing', { apiVersion: 'example.com/v1', kind: 'BoxList', items: [{}] }, true],
    ['a kind that begins with List', { apiVersion: 'example.com/v1', kind: 'Listener', items: [{}] }, false],
    ['an object', pod('a'), false],
    ['text', '', false],
  ])('nothing, if it is %s: %j is %s', (_, item, expected) => expect(isNothing(item)).toBe(expected))
})

describe('what the API server would add is added', () => {
  const completed = (item: unknown): unknown => {
    complete(item)
    return item
  }
  test('apiVersion and kind of the members of a typed list, and nothing to a member that has them', () => {
    const other = { apiVersion: 'v2', kind: 'Other', metadata: { name: 'b' } }
    const items = [{ metadata: { name: 'a' } }, other, null, 'text']
    expect(completed({ apiVersion: 'v1', kind: 'PodList', items })).toEqual({
      apiVersion: 'v1',
      kind: 'PodList',
      items: [pod('a'), other, null, 'text'],
    })
  })

  test.each<[string, unknown]>([
    [
      'a List, whose members can be of any kind',
      { apiVersion: 'v1', kind: 'List', items: [{ metadata: { name: 'a' } }] },
    ],
    ['a map without a kind', { apiVersion: 'v1', items: [{ metadata: { name: 'a' } }] }],
    ['an object', pod('a')],
    ['text', 'a'],
    ['null', null],
  ])('and nothing to %s', (_, item) => expect(completed(structuredClone(item))).toEqual(item))

  test('in lists in lists', () => {
    const inner = { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' } }] }
    expect(completed({ kind: 'List', items: [inner] })).toMatchObject({ items: [{ items: [pod('a')] }] })
  })

  test('the name of the container of a Knative Service that has a name itself', () => {
    const service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      spec: { template: { spec: { containers: [{ image: 'a' }] } } },
    }
    expect(completed({ ...structuredClone(service), metadata: { name: 'a' } })).toMatchObject({
      spec: { template: { spec: { containers: [{ name: 'user-container' }] } } },
    })
    expect(completed(structuredClone(service))).toEqual(service)
  })
})

describe('members that are gone are taken out of a list', () => {
  const list = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items })
  const isGone = (item: unknown): boolean => JSON.stringify(item) === JSON.stringify(pod('gone'))

  test.each<[string, unknown, unknown]>([
    ['one of two', list(pod('gone'), pod('a')), list(pod('a'))],
    ['none', list(pod('a'), null), list(pod('a'), null)],
    ['one in a list in a list', list(list(pod('gone'), pod('a'))), list(list(pod('a')))],
    ['a list in a list, if it was all that it had', list(list(pod('gone')), pod('a')), list(pod('a'))],
    ['none of an object', pod('a'), pod('a')],
    ['none of a list that was empty', list(), list()],
    ['none of text', 'a', 'a'],
  ])('%s', (_, item, left) => {
    expect(prune(item, isGone)).toBe(true)
    expect(item).toEqual(left)
  })

  test.each([
    ['an object that is gone', pod('gone')],
    ['a list of what is gone', list(pod('gone'), pod('gone'))],
    ['a list of such lists', list(list(pod('gone')))],
  ])('nothing is left of %s', (_, item) => expect(prune(item, isGone)).toBe(false))
})
