import { entriesOf } from '../../functions/flux-conventions/tree/build.ts'
import { dependenciesOf } from '../../functions/flux-conventions/tree/dependencies.ts'
import { secondsOf } from '../../functions/flux-conventions/tree/durations.ts'
import { hasSource, sourceReferencesOf } from '../../functions/flux-conventions/tree/references.ts'
import { hasLiterals, isEncrypted } from '../../functions/flux-conventions/tree/secrets.ts'
import { type Entry, type Repository, Tree } from '../../functions/flux-conventions/tree/tree.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

// What is read of a tree of objects that Flux applies.

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  more: Fields = {},
  file?: string,
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(file && { annotations: { 'config.kubernetes.io/path': file } }) },
  ...more,
})
const kustomization = (name: string, spec: Fields, file?: string) =>
  object('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, { spec }, file)
const configMap = (name: string, file: string) => object('v1', 'ConfigMap', name, {}, file)
const treeOf = (entries: Entry[], repository?: Partial<Repository>): Tree => {
  const none = { roots: new Set<Entry>(), missing: [], unbuilt: [], remotes: [], unbuiltObjects: new Set<string>() }
  const all = { ...none, variables: new Set<string>(), ...repository }
  return new Tree(entries, { isComplete: true, schemas: {} as never, ...(repository && { repository: all }) })
}

describe('what is in the folder of a Kustomization', () => {
  const appliers = (objects: KubernetesObject[]) =>
    entriesOf(objects).map(({ appliedBy, namespace }) => [appliedBy?.object.metadata.name, namespace])

  test('is applied by it, in its target namespace, and by the one of the deepest folder', () => {
    const objects = [
      kustomization('apps', { path: './apps/', targetNamespace: 'shop' }, 'clusters/apps.yaml'),
      kustomization('cart', { path: '//apps/cart' }, 'clusters/cart.yaml'),
      configMap('a', 'apps/web/a.yaml'),
      configMap('b', 'apps/cart/b.yaml'),
      configMap('c', 'apps-of-others/c.yaml'),
    ]
    expect(appliers(objects)).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['apps', 'shop'],
      ['cart', undefined],
      [undefined, undefined],
    ])
  })

  test('is not the Kustomization itself, and keeps its namespace where there is no target', () => {
    const own = kustomization('apps', { path: 'apps', targetNamespace: 7 }, 'apps/apps.yaml')
    const inside = configMap('a', 'apps/a.yaml')
    inside.metadata.namespace = 'web'
    expect(appliers([own, inside])).toEqual([
      [undefined, undefined],
      ['apps', 'web'],
    ])
  })
})

test.each<[unknown, number | undefined]>([
  ['1h30m', 5400],
  ['10m', 600],
  ['1.25s', 1.25],
  ['500ms', 0.5],
  ['5', undefined],
  ['1h 30m', undefined],
  [60, undefined],
])('the duration %j has %s seconds', (duration, seconds) => {
  expect(secondsOf(duration)).toBe(seconds)
})

test('what has no name is nothing to depend on', () => {
  const [cart, base] = entriesOf([
    kustomization('cart', { dependsOn: [{ name: 7 }, { name: 'base' }, { name: 'base', namespace: 'other' }] }),
    kustomization('base', {}),
  ]) as [Entry, Entry]
  expect(dependenciesOf(treeOf([cart, base]), cart)).toEqual([
    { path: 'spec.dependsOn[1]', name: 'base', namespace: undefined, target: base },
    { path: 'spec.dependsOn[2]', name: 'base', namespace: 'other', target: base },
  ])
})

describe('a reference to a source', () => {
  const REFERENCE = { kind: 'GitRepository', name: 'apps' }
  const entry = (of: KubernetesObject, namespace?: string): Entry => ({ object: of, namespace })
  const paths = (of: KubernetesObject) => sourceReferencesOf(entry(of)).map(({ path }) => path)

  test('is in the fields of each kind', () => {
    const release = { chartRef: { kind: 'OCIRepository', name: 'a' }, chart: { spec: { sourceRef: REFERENCE } } }
    expect(paths(object('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'a', { spec: release }))).toEqual([
      'spec.chartRef',
      'spec.chart.spec.sourceRef',
    ])
    for (const [group, kind] of [
      ['source.toolkit.fluxcd.io/v1', 'HelmChart'],
      ['image.toolkit.fluxcd.io/v1', 'ImageUpdateAutomation'],
      ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization'],
    ] as const)
      expect(paths(object(group, kind, 'a', { spec: { sourceRef: REFERENCE } }))).toEqual(['spec.sourceRef'])
    const other = { sourceRef: REFERENCE, chartRef: REFERENCE }
    expect(paths(object('example.com/v1', 'HelmChart', 'a', { spec: other }))).toEqual([])
  })

  const has = (
    kind: string,
    name: string,
    namespace: string | undefined,
    entries: Entry[],
    more?: Partial<Repository>,
  ) => hasSource(treeOf(entries, more), { path: '', kind, name, namespace: undefined }, namespace)

  test('has what an ArtifactGenerator of its namespace makes', () => {
    const spec = { artifacts: [{ name: 'other' }, { name: 'apps' }] }
    const generator = object('source.extensions.fluxcd.io/v1beta1', 'ArtifactGenerator', 'all', { spec })
    expect(has('ExternalArtifact', 'apps', 'shop', [entry(generator, 'shop')])).toBe(true)
    expect(has('ExternalArtifact', 'apps', 'shop', [entry(generator)])).toBe(true)
    expect(has('ExternalArtifact', 'apps', 'shop', [entry(generator, 'web')])).toBe(false)
    expect(has('ExternalArtifact', 'third', 'shop', [entry(generator, 'shop')])).toBe(false)
    expect(has('GitRepository', 'apps', 'shop', [entry(generator, 'shop')])).toBe(false)
  })

  test('has the source that Flux starts from', () => {
    const root = entry(kustomization('all', { sourceRef: REFERENCE }), 'flux')
    const roots = new Set([root])
    expect(has('GitRepository', 'apps', 'flux', [root], { roots })).toBe(true)
    expect(has('GitRepository', 'apps', 'shop', [root], { roots })).toBe(false)
    expect(has('GitRepository', 'other', 'flux', [root], { roots })).toBe(false)
    expect(has('OCIRepository', 'apps', 'flux', [root], { roots })).toBe(false)
    expect(has('GitRepository', 'flux-system', 'flux-system', [])).toBe(true)
    expect(has('GitRepository', 'flux-system', 'shop', [])).toBe(false)
  })

  test('may have one in a folder that does not build', () => {
    const unbuiltObjects = new Set(['GitRepository/apps'])
    expect(has('GitRepository', 'apps', 'shop', [], { unbuiltObjects })).toBe(true)
    expect(has('Bucket', 'apps', 'shop', [], { unbuiltObjects })).toBe(false)
  })
})

describe('a ResourceSet may make', () => {
  const mayHave = (spec: Fields, kind: string, name: string): boolean =>
    treeOf(entriesOf([object('fluxcd.controlplane.io/v1', 'ResourceSet', 'apps', { spec })])).mayHave(kind, name)
  const app = kustomization('app-<< inputs.tenant >>-<< inputs.stage >>-x', {})
  const text =
    'kind: Kustomization\nmetadata:\n  name: "app-<< $tenant >>"\n---\nkind: Namespace\nmetadata: {name: web}\n'

  test.each<[where: string, spec: Fields, yes: readonly string[], no: readonly string[]]>([
    [
      'in its resources',
      { resources: [app] },
      ['app-a-b-x', 'app-a-b-c-x'],
      ['app-a-x', 'app-x', 'web-a-b-x', 'app-a-b'],
    ],
    ['in a step', { steps: [{ name: 'one', resources: [app] }] }, ['app-a-b-x'], ['app']],
    ['in a template', { resourcesTemplate: text }, ['app-a', 'app-', 'web'], ['ap', 'webs']],
    ['nothing', {}, [], ['app']],
  ])('%s', (_where, spec, yes, no) => {
    expect(yes.filter((name) => !mayHave(spec, 'Kustomization', name))).toEqual([])
    expect(no.filter((name) => mayHave(spec, 'Kustomization', name))).toEqual([])
    expect(mayHave(spec, 'HelmRelease', 'app-a-b-x')).toBe(false)
  })
})

test('a tree tells its sources and its roots from the rest', () => {
  const entries = entriesOf([
    object('source.toolkit.fluxcd.io/v1', 'GitRepository', 'apps'),
    object('source.toolkit.fluxcd.io/v1', 'HelmChart', 'cart'),
    kustomization('all', {}),
  ]) as [Entry, Entry, Entry]
  const tree = treeOf(entries, { roots: new Set([entries[2]]) })
  expect(tree.sources).toEqual([entries[0]])
  expect(entries.map((entry) => tree.isRoot(entry))).toEqual([false, false, true])
  expect(treeOf(entries).isRoot(entries[2])).toBe(false)
})

describe('a Secret', () => {
  const secret = (more: Fields) => object('v1', 'Secret', 'a', more)
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  test.each<[string, Fields, boolean]>([
    ['a text', { stringData: { a: 'word' } }, true],
    ['data', { data: { a: base64('word') } }, true],
    ['an empty text', { stringData: { a: '' } }, false],
    ['a variable', { stringData: { a: `\${WORD}` } }, false],
    ['a variable in base64', { data: { a: base64(`\${WORD}`) } }, false],
    ['what is no text', { stringData: { a: 7 }, data: null }, false],
  ])('can be read, or not: %s', (_, more, expected) => {
    expect(hasLiterals(secret(more))).toBe(expected)
  })

  test.each<[string, Fields, boolean]>([
    ['by its field', { sops: {} }, true],
    ['by a text', { stringData: { a: 'ENC[AES256_GCM,data:…]' } }, true],
    ['by base64', { data: { a: base64('ENC[AES256_GCM,data:…]') } }, true],
    ['by nothing', { data: { a: base64('word') } }, false],
  ])('is encrypted, or not: %s', (_, more, expected) => {
    expect(isEncrypted(secret(more))).toBe(expected)
  })
})
