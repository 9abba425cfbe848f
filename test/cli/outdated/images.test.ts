import { NEW, OLD, patched, RELEASE, saidOf } from './lib/acme.ts'

describe('an image', () => {
  const pod = (image: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: ${image} # of the shop\n`

  test.each([
    ['in a manifest', 'pod.yaml', (tag: string, _: string) => pod(`quay.io/acme/web:${tag}`)],
    ['with its digest', 'pod.yaml', (tag: string, digest: string) => pod(`"quay.io/acme/web:${tag}@${digest}"`)],
    [
      'in the values of a release',
      'release.yaml',
      (tag: string, _: string) =>
        `${RELEASE}  values:\n    web:\n      image:\n        registry: quay.io\n        repository: acme/web\n        tag: '${tag}'\n`,
    ],
    [
      'in values, its digest behind the tag',
      'release.yaml',
      (tag: string, digest: string) =>
        `${RELEASE}  values:\n    image: {repository: quay.io/acme/web, tag: ${tag}@${digest}}\n`,
    ],
    [
      'in values, its digest in a field',
      'release.yaml',
      (tag: string, digest: string) =>
        `${RELEASE}  values:\n    image: {repository: quay.io/acme/web, tag: ${tag}, digest: ${digest}}\n`,
    ],
    [
      'under newTag',
      'kustomization.yaml',
      (tag: string, _: string) =>
        `images:\n- name: web\n  newName: quay.io/acme/web\n  # the newest that we tried\n  newTag: ${tag}\n`,
    ],
  ])('%s moves, and every other byte stays', async (_what, path, text) => {
    expect(await patched({ [path]: text('1.4.1', OLD) })).toEqual({ [path]: text('1.5.0', NEW) })
  })

  test('moves in all its places at once, with its lock', async () => {
    const lock = (tag: string, digest: string): string =>
      `apiVersion: krm-hardening.dev/v1alpha1\nkind: ImageMirrorDigest\nspec:\n  digests:\n    quay.io/acme/web:${tag}: ${digest}\n`
    const files = {
      'a.yaml': pod('quay.io/acme/web:1.4.1'),
      'b.yaml': pod('quay.io/acme/web:1.4.1'),
      'lock.yaml': lock('1.4.1', OLD),
    }
    expect((await saidOf(files)).outdated).toHaveLength(1)
    expect(await patched(files)).toEqual({
      'a.yaml': pod('quay.io/acme/web:1.5.0'),
      'b.yaml': pod('quay.io/acme/web:1.5.0'),
      'lock.yaml': lock('1.5.0', NEW),
    })
  })

  test('that only a lock has is reported, and stays: its version comes from what uses it', async () => {
    const lock = `apiVersion: krm-hardening.dev/v1alpha1\nkind: ImageMirrorDigest\nspec:\n  digests:\n    quay.io/acme/web:1.4.1: ${OLD}\n`
    expect(await saidOf({ 'lock.yaml': lock })).toMatchObject({ outdated: [{ to: '1.5.0', patch: '' }], patch: '' })
  })

  test('that YAML would read as a number is quoted', async () => {
    const file = (tag: string): string => `images:\n- name: nginx\n  newTag: ${tag}\n`
    expect(await patched({ 'kustomization.yaml': file('"1.27"') })).toEqual({ 'kustomization.yaml': file('"1.28"') })
  })
})

test('an image in a patch of what a chart renders moves there', async () => {
  const files = (version: string) => ({
    'release.yaml': `${RELEASE}  postRenderers:\n  - kustomize:\n      patches:\n      - target: {kind: Deployment, name: web}\n        patch: |\n          - op: replace\n            path: /spec/template/spec/containers/0/image\n            value: quay.io/acme/web:${version} # until the chart has it\n`,
  })
  expect(await patched(files('1.4.1'))).toEqual(files('1.5.0'))
})

describe('an image in the values of a chart', () => {
  const values = (tag: string, indent = ''): string =>
    `${indent}image:\n${indent}  repository: quay.io/acme/web\n${indent}  tag: ${tag}\n`
  const release = `${RELEASE}  valuesFrom: [{kind: ConfigMap, name: shop-values}]\n`

  test('moves in the file that a ConfigMap is generated from', async () => {
    const files = {
      'kustomization.yaml':
        'configMapGenerator:\n- name: shop-values\n  files: [values.yaml=helm/values.yaml]\n- name: other\n  files: [helm/other.yaml]\n',
      'release.yaml': release,
      'helm/other.yaml': values('1.4.1'),
    }
    expect(await patched({ ...files, 'helm/values.yaml': values('1.4.1') })).toEqual({
      ...files,
      'helm/values.yaml': values('1.5.0'),
    })
  })

  test('moves in the text of a ConfigMap', async () => {
    const map = (tag: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop-values}\ndata:\n  values.yaml: |\n${values(tag, '    ')}`
    const files = { 'release.yaml': release, 'values.yaml': map('1.4.1') }
    expect(await patched(files)).toEqual({ ...files, 'values.yaml': map('1.5.0') })
  })

  test('moves where Flux sets it', async () => {
    const text = (tag: string): string =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\nspec:\n  images:\n  - name: quay.io/acme/web\n    newTag: ${tag}\n`
    expect(await patched({ 'a.yaml': text('1.4.1') })).toEqual({ 'a.yaml': text('1.5.0') })
  })
})
