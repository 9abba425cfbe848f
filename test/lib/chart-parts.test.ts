import { canonicalJson, digestOf, sha256 } from '../../functions/lib/charts/canonical-json.ts'
import {
  type ChartLock,
  isChartLock,
  isIntact,
  isLockOf,
  mentionsChartLock,
} from '../../functions/lib/charts/chart-lock.ts'
import { isExactVersion } from '../../functions/lib/charts/exact-version.ts'
import { applyPatch, keysOfPointer, type Operation, patchOf } from '../../functions/lib/charts/json-patch.ts'
import { literalPasswords, literalPasswordsIn } from '../../functions/lib/charts/literal-passwords.ts'
import {
  hasOwnEntries,
  MANAGED,
  managedIndex,
  managedPatches,
  Targets,
  writeManagedEntry,
} from '../../functions/lib/charts/post-renderer.ts'
import { chartSourceOf, releaseOf } from '../../functions/lib/charts/release.ts'
import { rootInitContainers } from '../../functions/lib/charts/root-init-containers.ts'
import { chartUrlOf, holdsChart, MIRRORED_CHART, sourcesElsewhere } from '../../functions/lib/charts/source.ts'
import { copyOf } from '../../functions/lib/exact-integer.ts'
import type { Fields, KubernetesObject, ObjectMeta } from '../../functions/lib/kubernetes/objects.ts'

const object = (type: string, spec: object, metadata: Partial<ObjectMeta> = {}): KubernetesObject => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'shop', ...metadata }, spec }
}
const release = (spec: object, metadata: Partial<ObjectMeta> = {}) =>
  object('helm.toolkit.fluxcd.io/v2 HelmRelease', spec, metadata)

describe('a patch tests what it relies on', () => {
  test.each<[string, unknown, unknown, Operation[]]>([
    ['not where a field is added', { a: 1 }, { a: 1, b: [2] }, [{ op: 'add', path: '/b', value: [2] }]],
    [
      'where a scalar is replaced',
      { a: 1 },
      { a: 2 },
      [
        { op: 'test', path: '/a', value: 1 },
        { op: 'replace', path: '/a', value: 2 },
      ],
    ],
    [
      'where a scalar is removed',
      { a: 1 },
      {},
      [
        { op: 'test', path: '/a', value: 1 },
        { op: 'remove', path: '/a' },
      ],
    ],
    ['not where a map is removed', { a: { b: 1 } }, {}, [{ op: 'remove', path: '/a' }]],
    ['not where a list is removed', { a: [1] }, {}, [{ op: 'remove', path: '/a' }]],
    [
      'by the name of an item, once',
      { c: [{ name: 'x', a: 1 }] },
      { c: [{ name: 'x', a: 1, b: 2, d: 3 }] },
      [
        { op: 'test', path: '/c/0/name', value: 'x' },
        { op: 'add', path: '/c/0/b', value: 2 },
        { op: 'add', path: '/c/0/d', value: 3 },
      ],
    ],
    [
      'by what else tells items apart',
      { c: [{ a: 1, mountPath: '/x', path: 'y' }] },
      { c: [{ a: 1, mountPath: '/x', path: 'y', b: 2 }] },
      [
        { op: 'test', path: '/c/0/mountPath', value: '/x' },
        { op: 'add', path: '/c/0/b', value: 2 },
      ],
    ],
    [
      'by the whole item, if nothing does',
      { c: [{ a: 1 }] },
      { c: [{ a: 1, b: 2 }] },
      [
        { op: 'test', path: '/c/0', value: { a: 1 } },
        { op: 'add', path: '/c/0/b', value: 2 },
      ],
    ],
    [
      'by a scalar item itself',
      { c: ['x', 'y'] },
      { c: ['x', 'z'] },
      [
        { op: 'test', path: '/c/1', value: 'y' },
        { op: 'replace', path: '/c/1', value: 'z' },
      ],
    ],
    [
      'not where an item is added at the end',
      { c: ['x'] },
      { c: ['x', 'y'] },
      [{ op: 'add', path: '/c/-', value: 'y' }],
    ],
    [
      'where a list gets shorter',
      { c: ['x', 'y'] },
      { c: ['x'] },
      [
        { op: 'test', path: '/c', value: ['x', 'y'] },
        { op: 'replace', path: '/c', value: ['x'] },
      ],
    ],
    [
      'in keys with slashes and tildes',
      { 'a/b~c': {} },
      { 'a/b~c': { d: 1 } },
      [{ op: 'add', path: '/a~1b~0c/d', value: 1 }],
    ],
    ['nothing, if nothing differs', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
    ['nothing, for a field that is undefined', { a: 1 }, { a: 1, b: undefined }, []],
  ])('%s', (_, before, after, operations) => {
    expect(patchOf(before, after)).toEqual(operations)
    const patched = copyOf(before) as Fields
    expect(applyPatch(patched, operations)).toBeUndefined()
    expect(canonicalJson(patched)).toBe(canonicalJson(after))
  })

  test.each<[string, Fields, Operation, string]>([
    ['another value', { a: 1 }, { op: 'test', path: '/a', value: 2 }, '/a has another value'],
    ['another item', { a: [1] }, { op: 'test', path: '/a/0', value: 2 }, '/a/0 has another value'],
    ['no such field to remove', { a: 1 }, { op: 'remove', path: '/b' }, '/b is not there'],
    ['no such field to replace', { a: 1 }, { op: 'replace', path: '/b', value: 1 }, '/b is not there'],
    ['no such item to remove', { a: [1] }, { op: 'remove', path: '/a/1' }, '/a/1 is not there'],
    ['no such item to replace', { a: [1] }, { op: 'replace', path: '/a/-', value: 1 }, '/a/- is not there'],
    ['nothing on the way', { a: 1 }, { op: 'add', path: '/b/c', value: 1 }, '/b/c is not there'],
    ['a scalar on the way', { a: 1 }, { op: 'add', path: '/a/c', value: 1 }, '/a/c is not there'],
    ['null on the way', { a: null }, { op: 'add', path: '/a/c', value: 1 }, '/a/c is not there'],
    ['no path', { a: 1 }, { op: 'replace', path: '', value: 1 }, ' is not there'],
  ])('it does not fit an object with %s', (_, before, operation, problem) => {
    expect(applyPatch(before, [operation])).toEqual({ problem })
  })

  test('operations on a list move what is behind them', () => {
    const list = { a: ['x', 'z'] }
    const operations: Operation[] = [
      { op: 'add', path: '/a/1', value: 'y' },
      { op: 'remove', path: '/a/0' },
      { op: 'replace', path: '/a/0', value: 'w' },
    ]
    expect(applyPatch(list, operations)).toBeUndefined()
    expect(list).toEqual({ a: ['w', 'z'] })
  })

  test('a key that JavaScript has a meaning for is data', () => {
    const before: Fields = {}
    expect(applyPatch(before, [{ op: 'add', path: '/__proto__', value: 1 }])).toBeUndefined()
    expect(Object.keys(before)).toEqual(['__proto__'])
  })

  test('a pointer names keys', () => {
    expect(keysOfPointer('/a~1b/c~0d/~01')).toEqual(['a/b', 'c~d', '~1'])
    expect(keysOfPointer('')).toEqual([])
  })
})

describe('a literal password in values', () => {
  const found = (values: unknown) => literalPasswords(release({ values }))

  test.each(['password', 'adminPassword', 'passwd', 'pass', 'secretKey', 'authToken', 'apiKey', 'API_PASSWORD'])(
    'is the text at %s',
    (key) => {
      expect(found({ a: [{ [key]: 'hunter2' }] })).toEqual([`spec.values.a[0].${key}`])
      expect(literalPasswordsIn(`a:\n  - ${key}: hunter2 # why\n`)).toEqual([key])
    },
  )

  test.each([
    'user',
    'bypass',
    'tokens',
    'passwordSecretKey',
    'existing_secret_key',
    'tokenSecretKey',
    'userSecretKey',
    'idSecretKey',
  ])('is not the text at %s', (key) => {
    expect(found({ [key]: 'hunter2' })).toEqual([])
    expect(literalPasswordsIn(`${key}: hunter2\n`)).toEqual([])
  })

  test.each([
    '',
    'null',
    '~',
    'true',
    'False',
    '42',
    '-1.5',
    '/etc/password',
    '!secret x',
    '$PASSWORD',
    '${PASSWORD}',
    'x${A}',
    '{{ .a }}',
    'op://a/b',
    'ref+vault://a',
  ])('is not %j, which is elsewhere or no text', (text) => expect(found({ password: text })).toEqual([]))

  test('is not the name of a key in a Secret', () => {
    for (const next of ['remoteRef', 'secretName', 'existingSecret', 'secretRef', 'sourceRef'])
      expect(found({ secretKey: 'admin', [next]: 'a' })).toEqual([])
    expect(found({ secretKey: 'hunter2', other: 'a' })).toEqual(['spec.values.secretKey'])
    expect(found({ password: 'hunter2', secretName: 'a' })).toEqual(['spec.values.password'])
  })

  test.each<[string, string[]]>([
    ['password: "hunter2"\n', ['password']],
    ["'password': 'hunter2'\n", ['password']],
    ['a: {password: hunter2, token: x}\n', ['password', 'token']],
    ['a: { "token": "x" }\n', ['token']],
    ['password: hunter2\npassword: hunter3\n', ['password']],
    ['# password: hunter2\n', []],
    ['a: b # password: hunter2\n', []],
    ['password: # hunter2\n', []],
    ['password: ""\n', []],
    ['password: {a: b}\n', []],
    ['password: [a]\n', []],
    ['password: *a\n', []],
    ['password:\n  a: b\n', []],
    ['password:hunter2\n', []],
    ['password: ${PASSWORD}\n', []],
  ])('in the text %j: %j', (text, keys) => expect(literalPasswordsIn(text)).toEqual(keys))

  test('is none where there are no values', () => expect(literalPasswords(release({}))).toEqual([]))
})

describe('init containers that run as root, or change owners', () => {
  const named = (own: object, pod: object = {}) =>
    rootInitContainers(
      object('apps/v1 Deployment', {
        template: {
          spec: {
            ...pod,
            initContainers: [{ name: 'init', image: 'a', ...own }],
            containers: [{ name: 'a', image: 'a' }],
          },
        },
      }),
    )

  test.each<[string, object, object, string[]]>([
    ['by their user', { securityContext: { runAsUser: 0 } }, {}, ['init']],
    ['by the user of the pod', {}, { securityContext: { runAsUser: 0 } }, ['init']],
    [
      'not by that, if they have their own',
      { securityContext: { runAsUser: 1 } },
      { securityContext: { runAsUser: 0 } },
      [],
    ],
    ['by a capability', { securityContext: { capabilities: { add: ['KILL', 'CHOWN'] } } }, {}, ['init']],
    ['not by another', { securityContext: { capabilities: { add: ['KILL'] } } }, {}, []],
    ['not by nothing', {}, {}, []],
  ])('%s', (_, own, pod, names) => expect(named(own, pod)).toEqual(names))

  test('are none of an object without pods', () => expect(rootInitContainers(object('v1 Service', {}))).toEqual([]))
})

test.each([
  ['1.2.3', true],
  ['v1.2.3', true],
  ['1.2.3-rc.1', true],
  ['1.2.3+build.5', true],
  ['10.20.30-a+b', true],
  ['1.2', false],
  ['1.2.x', false],
  ['^1.2.3', false],
  ['1.2.3 - 2', false],
  ['*', false],
  ['>=1.2.3', false],
  ['latest', false],
])('%s is one version: %s', (version, expected) => expect(isExactVersion(version)).toBe(expected))

test('the same data has the same digest, however it is written', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}')
  expect(canonicalJson(undefined)).toBe('null')
  expect(digestOf({ b: 1, a: 2 })).toBe(`sha256:${sha256('{"a":2,"b":1}')}`)
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

describe('a lock of a chart', () => {
  const lock = (metadata: Partial<ObjectMeta> = {}) => object('krm-hardening.dev/v1alpha1 ChartLock', {}, metadata)

  test('is one of this product', () => {
    expect(isChartLock(lock())).toBe(true)
    expect(isChartLock({ ...lock(), apiVersion: 'example.com/v1' })).toBe(false)
    expect(isChartLock({ ...lock(), kind: 'Lock' })).toBe(false)
  })

  test('is of the release of its name, and of its namespace if it names one', () => {
    const own = release({})
    expect(isLockOf(lock(), own)).toBe(true)
    expect(isLockOf(lock({ name: 'other' }), own)).toBe(false)
    expect(isLockOf(lock({ namespace: 'blog' }), own)).toBe(false)
    const anywhere = { ...lock(), metadata: { name: 'web' } }
    expect(isLockOf(anywhere, own)).toBe(true)
  })

  test.each([
    ['kind: ChartLock\n', true],
    ['kind: "ChartLock"\n', true],
    ['{"kind": "ChartLock"}', true],
    ["'kind' : 'ChartLock'", true],
    ['kind: ChartLocks\n', false],
    ['mankind: ChartLock\n', false],
    ['kind: Lock\n', false],
  ])('may be in %j: %s', (text, expected) => expect(mentionsChartLock(text)).toBe(expected))

  test('is intact while its digest is that of its objects', () => {
    const objects = [object('v1 Service', {})]
    expect(isIntact({ objects, digest: digestOf(objects) } as unknown as ChartLock)).toBe(true)
    expect(isIntact({ objects: [], digest: digestOf(objects) } as unknown as ChartLock)).toBe(false)
  })
})

describe('the managed entry of a HelmRelease', () => {
  const patches = [
    {
      target: { kind: 'Service', name: 'web' },
      operations: [{ op: 'add', path: '/a', value: 'x\u2028y' }] as Operation[],
    },
  ]
  const own = { kustomize: { images: [] } }
  const managed = (spec: object) => {
    const it = release(spec)
    writeManagedEntry(it, patches)
    return it
  }
  const entries = (it: KubernetesObject) => (it.spec as { postRenderers?: unknown[] }).postRenderers

  test('is written behind the entries of the owner, and read back', () => {
    const it = managed({ postRenderers: [own] })
    expect(entries(it)).toEqual([
      own,
      {
        kustomize: {
          patches: [{ target: patches[0]?.target, patch: '- {"op":"add","path":"/a","value":"x\\u2028y"}\n' }],
        },
      },
    ])
    expect(managedIndex(it)).toBe(1)
    expect(hasOwnEntries(it)).toBe(true)
    expect(managedPatches(it)).toEqual(patches)
  })

  test('stays where it is when it is written again, and goes with its last patch', () => {
    const it = managed({})
    ;(it.spec as { postRenderers: unknown[] }).postRenderers.push(own)
    const more = [...patches, { target: { kind: 'Job' }, operations: [] }]
    writeManagedEntry(it, more)
    expect(managedIndex(it)).toBe(0)
    expect(managedPatches(it)).toHaveLength(2)
    writeManagedEntry(it, [])
    expect(entries(it)).toEqual([own])
    expect(it.metadata.annotations).toEqual({})
    expect(managedIndex(it)).toBeUndefined()
  })

  test('goes with the list, if it was all there was', () => {
    const it = managed({ interval: '1h' })
    expect(hasOwnEntries(it)).toBe(false)
    writeManagedEntry(it, [])
    expect(it.spec).toEqual({ interval: '1h' })
  })

  test('is edited if none has its digest', () => {
    const it = release({ postRenderers: [own] }, { annotations: { [MANAGED]: digestOf({}) } })
    expect(managedIndex(it)).toBe('edited')
    expect(hasOwnEntries(it)).toBe(true)
    expect(managedPatches(it)).toEqual([])
  })

  test('is none where there are no entries', () => {
    expect(managedIndex(release({}))).toBeUndefined()
    expect(hasOwnEntries(release({}))).toBe(false)
    expect(hasOwnEntries(release({ postRenderers: null }))).toBe(false)
    expect(managedPatches(release({ postRenderers: [own] }))).toEqual([])
  })

  test('selects an object exactly, by its namespace only if another has its kind and name', () => {
    const one = object('apps/v1 Deployment', {}, { name: 'a.b' })
    const [left, right] = ['shop', 'blog'].map((namespace) => object('v1 Service', {}, { namespace }))
    const bare = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } }
    const targets = new Targets([one, left as KubernetesObject, right as KubernetesObject, bare])
    expect([one, left, right, bare].map((each) => targets.of(each as KubernetesObject))).toEqual([
      { group: 'apps', version: 'v1', kind: 'Deployment', name: 'a\\.b' },
      { version: 'v1', kind: 'Service', name: 'web', namespace: 'shop' },
      { version: 'v1', kind: 'Service', name: 'web', namespace: 'blog' },
      { version: 'v1', kind: 'Service', name: 'web' },
    ])
  })
})

describe('where a chart comes from', () => {
  const oci = (spec: object, metadata: Partial<ObjectMeta> = {}) =>
    object('source.toolkit.fluxcd.io/v1 OCIRepository', spec, metadata)
  const helm = (spec: object, metadata: Partial<ObjectMeta> = {}) =>
    object('source.toolkit.fluxcd.io/v1 HelmRepository', spec, metadata)
  const SPEC = { url: 'oci://charts.example.com/web', ref: { tag: '1.2.3' } }
  const byReference = (more: object = {}, metadata: Partial<ObjectMeta> = {}) =>
    release({ chartRef: { kind: 'OCIRepository', name: 'web' }, ...more }, metadata)
  const byChart = (spec: object = {}, sourceRef: object = { kind: 'HelmRepository', name: 'web' }) =>
    release({ chart: { spec: { chart: 'cart', version: '1.2.3', sourceRef, ...spec } } })

  test('is the URL before it was mirrored', () => {
    expect(chartUrlOf(oci({ url: 'oci://a' }))).toBe('oci://a')
    expect(chartUrlOf(oci({ url: 'oci://mirror/a' }, { annotations: { [MIRRORED_CHART]: 'oci://a' } }))).toBe('oci://a')
    expect([oci({}), oci({ url: '' }), oci({ url: 1 })].map(chartUrlOf)).toEqual([undefined, undefined, undefined])
  })

  test('may be a source that another build has', () => {
    expect(sourcesElsewhere({})).toEqual([])
    expect(
      sourcesElsewhere({
        sources: {
          'OCIRepository/flux-system/web': { url: 'oci://a', tag: '1.2.3' },
          'HelmRepository/flux-system/web': { url: 'https://a' },
        },
      }),
    ).toEqual([
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata: { name: 'web', namespace: 'flux-system' },
        spec: { url: 'oci://a', ref: { tag: '1.2.3' } },
      },
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'HelmRepository',
        metadata: { name: 'web', namespace: 'flux-system' },
        spec: { url: 'https://a' },
      },
    ])
  })

  test('is an OCIRepository that a release names, or that selects the layer of charts', () => {
    const layer = { layerSelector: { mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' } }
    const named = oci({})
    expect(holdsChart(named, new Map([[named, undefined]]))).toBe(true)
    expect(holdsChart(named, new Map())).toBe(false)
    expect(holdsChart(oci(layer), new Map())).toBe(true)
    expect(holdsChart(helm(layer), new Map())).toBe(false)
  })

  const releaseIn = (it: KubernetesObject, ...objects: KubernetesObject[]) => releaseOf(it, objects, 'target')

  test.each<[string, KubernetesObject, KubernetesObject[], object]>([
    [
      'an OCIRepository',
      byReference(),
      [oci(SPEC)],
      { chart: SPEC.url, version: '1.2.3', isInsecure: false, name: 'web', namespace: 'shop' },
    ],
    ['one without TLS', byReference(), [oci({ ...SPEC, insecure: true })], { isInsecure: true }],
    ['one by a version of its own', byReference(), [oci({ ...SPEC, ref: { semver: '1.2.4' } })], { version: '1.2.4' }],
    ['a HelmRepository', byChart(), [helm({ url: 'https://a/' })], { chart: 'https://a/cart', version: '1.2.3' }],
    [
      'one of another namespace',
      byChart({}, { kind: 'HelmRepository', name: 'web', namespace: 'flux-system' }),
      [helm({ url: 'https://b' }), helm({ url: 'https://a' }, { namespace: 'flux-system' })],
      { chart: 'https://a/cart' },
    ],
  ])('%s', (_, it, objects, expected) => expect(releaseIn(it, ...objects)).toMatchObject(expected))

  test.each<[string, KubernetesObject, KubernetesObject[], string, string]>([
    ['a reference to nothing', byReference(), [], 'spec.chartRef', 'OCIRepository web, which the build does not have'],
    [
      'a reference to the same name elsewhere',
      byReference(),
      [oci(SPEC, { namespace: 'blog' })],
      'spec.chartRef',
      'OCIRepository web, which the build does not have',
    ],
    [
      'a reference to another kind',
      release({ chartRef: { kind: 'HelmRepository', name: 'web' } }),
      [helm({ url: 'a' })],
      'spec.chartRef',
      'HelmRepository',
    ],
    ['neither', release({}), [], 'spec', 'neither chart nor chartRef'],
    ['a chart of no source', byChart(), [], 'spec.chart.spec.sourceRef', 'HelmRepository web'],
    [
      'a chart of another kind of source',
      byChart({}, { kind: 'OCIRepository', name: 'web' }),
      [oci(SPEC)],
      'spec.chart.spec.sourceRef',
      'OCIRepository web',
    ],
    ['a source without URL', byChart(), [helm({})], 'spec.chart.spec.version', 'a source without url'],
    ['no version', byChart({ version: undefined }), [helm({ url: 'a' })], 'spec.chart.spec.version', 'nothing'],
    ['a range', byChart({ version: '1.x' }), [helm({ url: 'a' })], 'spec.chart.spec.version', '1.x'],
    [
      'a tag that moves',
      byReference(),
      [oci({ url: 'oci://a', ref: { tag: 'latest' } })],
      'spec.chartRef: OCIRepository web: spec.ref.tag',
      'latest',
    ],
  ])('is unknown for %s', (_, it, objects, field, found) => {
    expect(releaseIn(it, ...objects)).toMatchObject({ object: it, field, found, expected: expect.any(String) })
  })

  test('name and namespace of the release are those that helm-controller gives it', () => {
    const of = (more: object, metadata: Partial<ObjectMeta> = {}) => releaseIn(byReference(more, metadata), oci(SPEC))
    expect(of({ targetNamespace: 'blog' })).toMatchObject({ namespace: 'blog', name: 'blog-web' })
    expect(of({ targetNamespace: 'blog', releaseName: 'own' })).toMatchObject({ namespace: 'blog', name: 'own' })
    expect(of({ releaseName: 'a'.repeat(53) })).toMatchObject({ name: 'a'.repeat(53) })
    expect(of({ releaseName: 'a'.repeat(54) })).toMatchObject({
      name: `${'a'.repeat(40)}-${sha256('a'.repeat(54)).slice(0, 12)}`,
    })
  })

  test('a release that names no namespace gets the one that the Kustomization gives', () => {
    const bare = { ...byReference(), metadata: { name: 'web' } }
    const source = { ...oci(SPEC), metadata: { name: 'web' } }
    expect(releaseIn(bare, source)).toMatchObject({ namespace: 'target', chart: SPEC.url })
    expect(releaseIn(bare, oci(SPEC, { namespace: 'target' }))).toMatchObject({ chart: SPEC.url })
    expect(releaseOf(bare, [source], undefined)).toMatchObject({ namespace: '', chart: SPEC.url })
    expect(chartSourceOf(bare, [source], 'target')).toBe(source)
    expect(chartSourceOf(bare, [], 'target')).toBeUndefined()
  })

  test('values are those of the release and of ConfigMaps of the build, in their order', () => {
    const map = (data: object, metadata: Partial<ObjectMeta> = {}) => ({
      ...object('v1 ConfigMap', {}, { name: 'values', ...metadata }),
      data,
    })
    const values = { a: 1, b: { c: 2 } }
    const of = (more: object, ...objects: KubernetesObject[]) =>
      releaseIn(byReference({ values, ...more }), oci(SPEC), ...objects)
    expect(of({})).toMatchObject({
      values: digestOf(values),
      valuesByKey: { a: digestOf(1), b: digestOf({ c: 2 }) },
      valuesFrom: [],
    })
    const valuesFrom = [
      { kind: 'ConfigMap', name: 'values' },
      { kind: 'ConfigMap', name: 'values', valuesKey: 'more', targetPath: 'd.e' },
      { kind: 'Secret', name: 'values' },
    ]
    const known = map({ 'values.yaml': 'x: 1', more: 'y' })
    const foreign = map({ 'values.yaml': 'z: 1' }, { namespace: 'blog' })
    expect(of({ valuesFrom }, foreign, known)).toMatchObject({
      values: digestOf(['x: 1', 'y', null, values]),
      valuesFrom: [
        { kind: 'ConfigMap', name: 'values', text: 'x: 1', targetPath: undefined },
        { kind: 'ConfigMap', name: 'values', text: 'y', targetPath: 'd.e' },
        { kind: 'Secret', name: 'values', text: undefined },
      ],
    })
    expect(of({ valuesFrom: [valuesFrom[0]] }, foreign)).toMatchObject({ valuesFrom: [{ text: undefined }] })
  })

  test('values files of the chart come before all others', () => {
    expect(releaseIn(byChart({ valuesFiles: ['prod.yaml'] }), helm({ url: 'a' }))).toMatchObject({
      valuesFrom: [{ kind: 'file', name: 'prod.yaml', text: undefined, targetPath: undefined }],
    })
  })
})
