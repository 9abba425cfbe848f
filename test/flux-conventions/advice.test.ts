import { broken, configMap, kustomization, RESOURCES, release, reportedOn } from './build.ts'

// What a finding says besides its rule: where, what was found there, and what was probably meant.

const EXISTING = { 'Namespace/web': { reason: 'is there' } }
const COMPLETE = {
  complete: true,
  existing: EXISTING,
  rules: { path: { severity: 'off', reason: 'another matter' }, 'source-exists': { severity: 'off', reason: 'too' } },
}
const said = async (objects: readonly object[], spec: object = COMPLETE): Promise<string[]> =>
  (await reportedOn(objects, spec)).map(({ field, message }) => `${field?.path}: ${message}`)
const containing = (...texts: string[]) => texts.map((text) => expect.stringContaining(text))

describe('a dependency that is not there', () => {
  const needing = (name: string) => kustomization({ dependsOn: [{ name }] })
  const base = (namespace: string) => kustomization({}, { name: 'base', namespace })

  test('is named with the namespace that has one of its name', async () => {
    expect(await said([needing('base'), base('infra')])).toEqual(
      containing('one of this name is in namespace infra: write namespace: infra'),
    )
  })

  test('is named with the name that was probably meant, of the same kind', async () => {
    expect(await said([needing('bases'), base('flux-system')])).toEqual(containing('did you mean base?'))
    expect(await said([needing('other'), base('flux-system')])).toEqual(containing('correct the name, or remove'))
    expect(await said([needing('shop2'), release()])).toEqual(containing('did you mean shop?'))
    expect(await said([release({ dependsOn: [{ name: 'bases' }] }), base('web')])).toEqual(
      containing('web/bases, which the tree does not have, expected a HelmRelease of the tree; correct the name'),
    )
  })

  test('may be there by the word of the policy, by its namespace and name alone', async () => {
    const existing = (key: string) => ({ ...COMPLETE, existing: { ...EXISTING, [key]: { reason: 'elsewhere' } } })
    expect(await said([needing('base')], existing('Kustomization/flux-system/base'))).toEqual([])
    expect(await said([needing('base')], existing('Kustomization/web/base'))).toHaveLength(1)
    expect(await said([needing('base')], existing('HelmRelease/flux-system/base'))).toHaveLength(1)
  })
})

test('a circle is named from where it begins, without the way to it', async () => {
  const on = (name: string, other: string) => kustomization({ dependsOn: [{ name: other }] }, { name })
  expect(await said([on('a', 'b'), on('b', 'c'), on('c', 'b')], { rules: COMPLETE.rules })).toEqual(
    containing('the circle flux-system/b → flux-system/c → flux-system/b,'),
  )
})

describe('a source that is not there', () => {
  const spec = { ...COMPLETE, rules: { path: COMPLETE.rules.path } }
  const repository = (name: string, namespace: string) => ({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name, namespace },
    spec: { interval: '1h', url: 'oci://example.com/shop', ref: { tag: '1.2.3', digest: `sha256:${'0'.repeat(64)}` } },
  })

  test.each<[string, string, string, string]>([
    ['the namespace that has one of its name', 'shop', 'flux-system', 'one of this name is in namespace flux-system'],
    ['the name that was probably meant', 'shops', 'web', 'did you mean shops?'],
    ['nothing, where none is near', 'search', 'web', 'expected a source of the tree'],
  ])('is named with %s', async (_, name, namespace, text) => {
    const [sentence, ...more] = await said([release(), repository(name, namespace)], spec)
    expect(sentence).toMatch(/^spec\.chartRef: found OCIRepository web\/shop, which the tree does not have/)
    expect(sentence?.endsWith(text)).toBe(true)
    expect(more).toEqual([])
  })

  test('may be one that an ArtifactGenerator of the build makes', async () => {
    const generator = {
      apiVersion: 'source.extensions.fluxcd.io/v1beta1',
      kind: 'ArtifactGenerator',
      metadata: { name: 'all', namespace: 'web' },
      spec: { artifacts: [{ name: 'shop' }] },
    }
    const taking = release({ chartRef: { kind: 'ExternalArtifact', name: 'shop' } })
    expect(await said([taking, generator], spec)).toEqual([])
    expect(await said([taking], spec)).toHaveLength(1)
  })

  test('is not looked for in a part of the tree, nor where the policy says that it exists', async () => {
    const existing = { ...EXISTING, 'OCIRepository/web/shop': { reason: 'elsewhere' } }
    expect(await said([release(), repository('shop', 'web')], spec)).toEqual([])
    expect(await said([release()], { ...spec, existing })).toEqual([])
    expect(await said([release()], { ...spec, complete: false })).toEqual([])
  })
})

describe('values that are not there', () => {
  const from = (...valuesFrom: object[]) => release({ valuesFrom })

  test('are named by their place, and by the generated name that the build has', async () => {
    const generated = configMap('values-h7k2m9c4t8', { 'values.yaml': 'a: 1' })
    const both = [
      { kind: 'ConfigMap', name: 'first' },
      { kind: 'ConfigMap', name: 'values' },
    ]
    expect(await said([from(...both), configMap('first', { 'values.yaml': 'a: 1' }), generated])).toEqual(
      containing('spec.valuesFrom[1].name: found ConfigMap values'),
    )
    expect(await said([from({ kind: 'ConfigMap', name: 'values' }), generated])).toEqual(
      containing('the build has values-h7k2m9c4t8: set disableNameSuffixHash'),
    )
    const [other] = await said([from({ kind: 'ConfigMap', name: 'values' }), configMap('values-short', {})])
    expect(other).not.toContain('set disableNameSuffixHash')
  })

  test.each<[string, object, object]>([
    [
      'the policy says that they exist',
      { kind: 'ConfigMap', name: 'values' },
      { 'ConfigMap/web/values': { reason: 'x' } },
    ],
    ['their name has a variable', { kind: 'ConfigMap', name: 'values-${STAGE}' }, {}],
    ['a Secret gives them', { kind: 'Secret', name: 'values' }, {}],
  ])('are not missed where %s', async (_, reference, existing) => {
    expect(await said([from(reference)], { ...COMPLETE, existing: { ...EXISTING, ...existing } })).toEqual([])
  })

  test('are read under the key that the release names', async () => {
    const map = configMap('v', { other: 'a: 1', broken: 'a: [1\nb: 2\n' })
    const keyed = (valuesKey: string) => from({ kind: 'ConfigMap', name: 'v', valuesKey })
    expect(await said([keyed('other'), map])).toEqual([])
    expect(await said([keyed('broken'), map])).toEqual(containing('spec.valuesFrom[0]: found ConfigMap v: data.broken'))
    expect(await said([keyed('none'), map])).toEqual(containing('data.none, which is not there'))
  })

  test('may have a tag of somebody, and a key twice, which Helm reads', async () => {
    expect(
      await said([from({ kind: 'ConfigMap', name: 'v' }), configMap('v', { 'values.yaml': 'a: !own 1\na: 2' })]),
    ).toEqual([])
  })
})

describe('requests and limits', () => {
  test('are told apart', async () => {
    const values = (resources: object) => [release({ values: { resources } })]
    expect(await said(values({}), {})).toEqual(containing('spec.values: found no requests and no limits'))
    expect(await said(values({ requests: RESOURCES.requests }), {})).toEqual(containing('found no limits,'))
    expect(await said(values({ limits: RESOURCES.limits }), {})).toEqual(containing('found no requests,'))
    expect(await said(values({ ...RESOURCES, limits: {} }), {})).toEqual(containing('found no limits,'))
  })

  test.each([
    ['in a list', { containers: [{ name: 'a' }, { resources: RESOURCES }] }],
    ['under a name that ends so', { controller: { defaultResources: RESOURCES } }],
    [
      'in two places',
      { a: { resources: { limits: RESOURCES.limits } }, b: { resources: { requests: RESOURCES.requests } } },
    ],
  ])('count %s', async (_, values) => {
    expect(await broken([release({ values })])).toEqual([])
  })

  test('are not asked for where a Secret gives values, whatever a ConfigMap of its name holds', async () => {
    const from = release({ values: {}, valuesFrom: [{ kind: 'Secret', name: 'v' }] })
    expect(await broken([from, configMap('v', { 'values.yaml': 'a: 1' })])).toEqual([])
  })

  test('do not count under other names', async () => {
    expect(await broken([release({ values: { resourcesPolicy: RESOURCES, quota: RESOURCES } })])).toEqual([
      'resources (warning)',
    ])
  })
})

describe('the version of a chart or an artifact', () => {
  const chart = (version?: string) => ({
    chart: { spec: { chart: 'shop', version, sourceRef: { kind: 'HelmRepository', name: 'shop' } } },
    chartRef: undefined,
  })
  const artifact = (ref?: object) => ({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'shop', namespace: 'web' },
    spec: { interval: '1h', url: 'oci://example.com/shop', ref },
  })
  const digest = `sha256:${'0'.repeat(64)}`

  test('is quoted where it is a range, and nothing where there is none', async () => {
    expect(await said([release(chart('1.x'))], {})).toEqual(containing('spec.chart.spec.version: found "1.x"'))
    expect(await said([release(chart())], {})).toEqual(containing('spec.chart.spec.version: found nothing'))
    expect(await said([artifact({ semver: '1.x' })], {})).toEqual(containing('spec.ref: found the range "1.x"'))
    expect(await said([artifact()], {})).toEqual(containing('spec.ref: found nothing'))
  })

  test('of an artifact is its tag or its digest, better both', async () => {
    expect(await broken([artifact({ tag: '1.2.3', digest })])).toEqual([])
    expect(await broken([artifact({ digest })])).toEqual([])
    expect(await broken([artifact({ tag: '1.2.3' })])).toEqual(['chart-digest (info)'])
  })

  test('of a HelmChart is pinned too', async () => {
    const spec = { chart: 'shop', interval: '1h', sourceRef: { kind: 'HelmRepository', name: 'shop' } }
    const helmChart = { ...artifact(), kind: 'HelmChart', spec }
    expect(await said([helmChart], {})).toEqual(containing('spec.version: found nothing'))
    expect(await said([{ ...helmChart, spec: { ...spec, version: '1.2.3' } }], {})).toEqual([])
  })
})

describe('a field that does not fit', () => {
  test('is named with the kind that has it', async () => {
    expect(await said([kustomization({ chartRef: { kind: 'HelmChart', name: 'a' } })], {})).toEqual(
      containing('chartRef is a field of HelmRelease'),
    )
    const [unknown] = await said([kustomization({ nobodyHasIt: true })], {})
    expect(unknown).not.toContain('is a field of')
    const [deeper] = await said(
      [kustomization({ sourceRef: { kind: 'Bucket', name: 'a', namespace: 'b', chart: 'c' } })],
      {},
    )
    expect(deeper).toMatch(/^spec\.sourceRef\.chart: /)
    expect(deeper).not.toContain('is a field of')
  })

  test('may be one that is missing', async () => {
    expect(await said([kustomization({ sourceRef: undefined })], {})).toEqual(
      containing('spec.sourceRef: found nothing'),
    )
  })

  test('of an older version has to change with it', async () => {
    const old = { ...kustomization({ timeout: 'soon' }), apiVersion: 'kustomize.toolkit.fluxcd.io/v1beta2' }
    expect(await said([old], {})).toEqual(containing('apiVersion: found kustomize.toolkit.fluxcd.io/v1beta2'))
    expect((await said([old], {}))[0]).toContain('fields have to change with it')
    expect((await said([{ ...kustomization(), apiVersion: old.apiVersion }], {}))[0]).not.toContain('fields have to')
  })

  test('of an older version is not judged by the newer one', async () => {
    const old = { ...release({ timeout: 'soon' }), apiVersion: 'helm.toolkit.fluxcd.io/v2beta2' }
    expect(await broken([old])).toEqual(['api-version'])
  })
})

describe('a targetNamespace that nothing makes', () => {
  const going = (targetNamespace: string, more: object = {}) => release({ targetNamespace, ...more })
  const resourceSet = (name: string) => ({
    apiVersion: 'fluxcd.controlplane.io/v1',
    kind: 'ResourceSet',
    metadata: { name: 'tenants', namespace: 'flux-system' },
    spec: { inputs: [{ name: 'shop' }], resources: [made(name)] },
  })
  const EVERYWHERE = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'flux-system']
  const made = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  })

  test('is named with the one that was probably meant', async () => {
    expect(await said([going('shops'), made('shop')])).toEqual(containing('did you mean shop?'))
    const [far] = await said([going('search'), made('shop')])
    expect(far).toMatch(/^spec\.targetNamespace: found search, .*expected a Namespace of the tree$/)
  })

  test.each<[string, object[]]>([
    ['the tree makes it', [going('shop'), made('shop')]],
    [
      'every cluster has it',
      EVERYWHERE.map((name) => kustomization({ targetNamespace: name, interval: '5m' }, { name })),
    ],
    ['the release makes it', [going('shop', { install: { createNamespace: true, remediation: { retries: 3 } } })]],
    ['it has a variable', [going('shop-${STAGE}')]],
    ['the policy says so', [going('web')]],
    ['a ResourceSet may make it', [going('shop'), resourceSet('<< inputs.name >>')]],
  ])('is none where %s', async (_, objects) => {
    expect(await said(objects)).toEqual([])
  })

  test('is judged in a Kustomization too, and only where the tree is complete', async () => {
    expect(await broken([kustomization({ targetNamespace: 'shop' })], COMPLETE)).toEqual(['namespace-exists (warning)'])
    expect(await broken([going('shop')], { rules: COMPLETE.rules })).toEqual([])
  })
})
