import { removeFolders, tree } from '../lib/command-line.ts'
import { withRegistry } from './lib/registry.ts'

const OLD = `sha256:${'0'.repeat(64)}`
const TAGS: Readonly<Record<string, string[]>> = {
  'quay.io/acme/charts/shop': ['v1.2.4', '1.2.5', 'v1.3.0'],
  'quay.io/acme/web': ['1.4.1', '1.5.0'],
  'quay.io/acme/worker': ['1.4.1', '1.4.9', '1.5.0', '1.6.0'],
}

const { outdated, patched } = withRegistry(TAGS)
afterAll(removeFolders)

const saidOf = async (files: Readonly<Record<string, string>>) =>
  JSON.parse((await outdated(tree(files), '--output', 'json')).stdout)

const shop = (tag: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: shop}
spec:
  url: oci://quay.io/acme/charts/shop
  ref: {tag: "${tag}"}
`
const pod = (image: string): string => `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - {name: web, image: "${image}"}
`
const applied = (postBuild: string, path = './app', name = 'app'): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}}
spec:
  path: ${path}
  postBuild:
${postBuild}`
const substitute = (value: string): string => `    substitute:\n      SHOP: ${value} # of the shop\n`

describe('a version in a variable of Flux', () => {
  test.each<[what: string, file: string, text: (version: string) => string, rest: Record<string, string>]>([
    ['of a chart', 'ks.yaml', (v) => applied(substitute(v)), { 'app/a.yaml': shop('${SHOP}') }],
    ['without its prefix', 'ks.yaml', (v) => applied(substitute(v.slice(1))), { 'app/a.yaml': shop('v${SHOP}') }],
    [
      'in a ConfigMap',
      'settings/map.yaml',
      (v) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  SHOP: "${v}"\n`,
      {
        'ks.yaml': applied('    substituteFrom:\n    - {kind: ConfigMap, name: settings}\n'),
        'app/a.yaml': shop('${SHOP}'),
      },
    ],
    [
      'in a generated ConfigMap',
      'settings/kustomization.yaml',
      (v) => `configMapGenerator:\n- name: settings\n  literals: [SHOP=${v}]\n`,
      {
        'ks.yaml': applied('    substituteFrom:\n    - {kind: ConfigMap, name: settings}\n'),
        'app/a.yaml': shop('${SHOP}'),
      },
    ],
    ['in its default', 'app/a.yaml', (v) => shop(`\${SHOP:=${v}}`), {}],
  ])('%s moves where it is written', async (_what, file, text, rest) => {
    const files = { ...rest, [file]: text('v1.2.4') }
    expect(await patched(files)).toEqual({ ...files, [file]: text('v1.3.0') })
  })

  test.each([
    ['the tag of an image', pod('quay.io/acme/web:${SHOP}')],
    ['a whole image', pod('${SHOP}')],
    [
      'a tag in values',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec:\n  values:\n    image: {repository: quay.io/acme/web, tag: "${SHOP}"}\n',
    ],
    ['a tag of a kustomization', 'images: [{name: quay.io/acme/web, newTag: "${SHOP}"}]\n'],
  ])('may be %s', async (what, text) => {
    const value = (tag: string): string => (what === 'a whole image' ? `quay.io/acme/web:${tag}` : tag)
    const file = text.startsWith('images:') ? 'app/kustomization.yaml' : 'app/a.yaml'
    const files = { [file]: text, 'ks.yaml': applied(substitute(value('1.4.1'))) }
    expect(await patched(files)).toEqual({ ...files, 'ks.yaml': applied(substitute(value('1.5.0'))) })
  })

  test('moves for each cluster that sets it, and not where another app has a variable of that name', async () => {
    const files = {
      'app/a.yaml': shop('${SHOP}'),
      'other/a.yaml': pod('quay.io/acme/web:${SHOP}'),
      'clusters/a.yaml': applied(substitute('v1.2.4')),
      'clusters/b.yaml': applied(substitute('v1.3.0')),
      'clusters/other.yaml': applied(substitute('1.4.1'), './other', 'other'),
    }
    expect(await patched(files)).toEqual({
      ...files,
      'clusters/a.yaml': applied(substitute('v1.3.0')),
      'clusters/other.yaml': applied(substitute('1.5.0'), './other', 'other'),
    })
  })

  test('moves in the image itself, where the variable is its registry', async () => {
    const files = (version: string) => ({
      'app/a.yaml': pod(`\${REGISTRY:=quay.io}/acme/web:${version}`),
      'ks.yaml': applied('    substitute: {REGISTRY: quay.io}\n'),
    })
    expect(await patched(files('1.4.1'))).toEqual(files('1.5.0'))
  })

  test('of two images moves to a version that both have', async () => {
    const files = {
      'app/a.yaml': `${pod('quay.io/acme/web:${SHOP}')}  - {name: worker, image: "quay.io/acme/worker:\${SHOP}"}\n`,
      'ks.yaml': applied(substitute('1.4.1')),
    }
    expect(await patched(files)).toEqual({ ...files, 'ks.yaml': applied(substitute('1.5.0')) })
  })

  test.each([
    ['that nothing sets', shop('${OTHER}'), '${OTHER}'],
    ['of an image that nothing sets', pod('quay.io/acme/web:${OTHER}'), 'quay.io/acme/web:${OTHER}'],
    ['next to a digest', pod(`quay.io/acme/web:\${SHOP}@${OLD}`), `quay.io/acme/web:1.4.1@${OLD}`],
    ['behind another', pod('${REGISTRY}/web:${SHOP}'), '${REGISTRY}/web:${SHOP}'],
  ])('%s is named', async (_what, text, found) => {
    const said = await saidOf({ 'app/a.yaml': text, 'ks.yaml': applied(substitute('1.4.1')) })
    expect(said).toMatchObject({ outdated: [], notCompared: [{ found, why: 'a variable decides it' }] })
  })
})

describe('an image in a patch', () => {
  const base = {
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml':
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\nspec:\n  values:\n    image: {repository: quay.io/acme/web, tag: 1.5.0}\n',
  }

  test.each<[what: string, file: string, text: (tag: string) => string, rest?: Record<string, string>]>([
    [
      'in operations',
      'over/kustomization.yaml',
      (tag) =>
        `resources: [../base]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: quay.io/acme/web:${tag} # tried\n`,
    ],
    [
      'in a merge in quotes',
      'over/kustomization.yaml',
      (tag) =>
        `resources: [../base]\npatches:\n- patch: '{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": {"template": {"spec": {"containers": [{"name": "a", "image": "quay.io/acme/web:${tag}"}]}}}}'\n`,
    ],
    [
      'as the tag of values, whose name the base has',
      'over/tag.yaml',
      (tag) =>
        `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: shop}\nspec: {values: {image: {tag: ${tag}}}}\n`,
      { 'over/kustomization.yaml': 'resources: [../base]\npatches: [{path: tag.yaml}]\n' },
    ],
    [
      'as the tag of values, in operations',
      'over/tag.yaml',
      (tag) => `- {op: replace, path: /spec/values/image/tag, value: ${tag}}\n`,
      {
        'over/kustomization.yaml': 'resources: [../base]\npatches: [{path: tag.yaml, target: {kind: HelmRelease}}]\n',
      },
    ],
    [
      'of a Kustomization of Flux',
      'flux.yaml',
      (tag) =>
        `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec:\n  path: ./base\n  patches:\n  - target: {kind: HelmRelease, name: shop}\n    patch: |\n      - op: replace\n        path: /spec/values/image\n        value: {repository: quay.io/acme/worker, tag: ${tag}}\n`,
    ],
  ])('%s moves', async (what, file, text, rest = {}) => {
    const files = { ...base, ...rest, [file]: text('1.4.1') }
    expect(await patched(files)).toEqual({ ...files, [file]: text(what.includes('Flux') ? '1.6.0' : '1.5.0') })
    expect(await saidOf(files)).toMatchObject({ notCompared: [] })
  })
})

describe('what is pinned without a version', () => {
  const git = (ref: string): string =>
    `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a}\nspec: {url: https://example.com/a, ref: {${ref}}}\n`

  test.each([
    ['a tag of Git', git('tag: v1.0.0'), 'v1.0.0', 'a tag of a Git repository, which no registry lists'],
    ['a range of Git', git("semver: '>=1'"), '>=1', expect.stringContaining('a range')],
    ['a commit', git('branch: main, commit: abc'), 'abc', 'a commit of a Git repository'],
    [
      'a chart without a version',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec:\n  chart: {spec: {chart: blog, sourceRef: {kind: HelmRepository, name: a}}}\n',
      'blog',
      'no version, so that the newest is taken',
    ],
    [
      'an image by its digest',
      pod(`quay.io/acme/web@${OLD}`),
      `quay.io/acme/web@${OLD}`,
      expect.stringContaining('a digest without a tag'),
    ],
    [
      'a tag whose image the chart names',
      'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\nspec: {values: {image: {tag: v1.0.0}}}\n',
      'v1.0.0',
      'the name of its image is a default of the chart',
    ],
  ])('%s is named', async (_what, text, found, why) => {
    expect(await saidOf({ 'a.yaml': text })).toMatchObject({
      outdated: [],
      notCompared: [{ file: 'a.yaml', found, why }],
    })
  })

  test('a kustomization that sets only a digest is named', async () => {
    const files = { 'kustomization.yaml': `images: [{name: quay.io/acme/web, digest: "${OLD}"}]\n` }
    expect(await saidOf(files)).toMatchObject({ notCompared: [{ found: OLD, why: expect.stringContaining('digest') }] })
  })

  test('a patch in folded text is named', async () => {
    const text =
      'patches:\n- target: {kind: Deployment}\n  patch: >-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: quay.io/acme/web:1.4.1\n'
    expect(await saidOf({ 'kustomization.yaml': text })).toMatchObject({
      notCompared: [{ found: 'patches[0].patch', why: expect.stringContaining('in a block') }],
    })
  })
})
