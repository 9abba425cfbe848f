import { removeFolders, tree } from '../lib/command-line.ts'
import { withRegistry } from './lib/registry.ts'

const TAGS: Readonly<Record<string, string[]>> = {
  'quay.io/acme/charts/shop': ['v1.2.4', 'v1.3.0'],
  'quay.io/acme/web': ['1.4.1', '1.5.0'],
  'quay.io/acme/worker': ['1.4.1', '1.4.9', '1.5.0', '1.6.0'],
}

const { outdated, patched } = withRegistry(TAGS)
afterAll(removeFolders)

const CHART = `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: shop}
spec:
  url: oci://quay.io/acme/charts/shop
  ref: {tag: v0.0.0}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chartRef: {kind: OCIRepository, name: shop}
`
const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  template:
    spec:
      containers:
      - {name: proxy, image: "\${PROXY}"}
      - {name: ${name}, image: "${image}"}
`
const versions = (data: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: versions}
data:
  ${data}
`
const SOURCE = '- source: {kind: ConfigMap, name: versions, fieldPath: data.SHOP}\n'
const TARGET = '  targets: [{select: {kind: OCIRepository}, fieldPaths: [spec.ref.tag]}]\n'
const withReplacements = (resources: string, replacements: string): string =>
  `resources: [${resources}]\nreplacements:\n${replacements}`

type Files = (version: string) => Record<string, string>

describe('the version of a chart that a replacement takes', () => {
  test.each<[from: string, files: Files]>([
    [
      'from a ConfigMap',
      (version) => ({
        'kustomization.yaml': withReplacements('chart.yaml, versions.yaml', `${SOURCE}${TARGET}`),
        'versions.yaml': versions(`SHOP: "${version}" # of the shop`),
      }),
    ],
    [
      'from a literal of a generated ConfigMap',
      (version) => ({
        'kustomization.yaml': `${withReplacements('chart.yaml', `${SOURCE}${TARGET}`)}configMapGenerator:\n- name: versions\n  literals:\n  - WEB=1.4.1\n  - SHOP=${version}\n`,
      }),
    ],
    [
      'from a literal in quotes',
      (version) => ({
        'kustomization.yaml': `${withReplacements('chart.yaml', `${SOURCE}${TARGET}`)}configMapGenerator:\n- name: versions\n  literals: ['SHOP="${version}"']\n`,
      }),
    ],
    [
      'from a file with variables, by a replacement in a file',
      (version) => ({
        'kustomization.yaml': `resources: [chart.yaml]\nreplacements: [{path: replace.yaml}]\nconfigMapGenerator:\n- {name: versions, envs: [versions.env]}\n`,
        'replace.yaml': `${SOURCE}${TARGET}`,
        'versions.env': `# Of all.\nWEB=1.4.1\nSHOP=${version}\n`,
      }),
    ],
    [
      'from a part of an annotation',
      (version) => ({
        'kustomization.yaml': withReplacements(
          'chart.yaml, versions.yaml',
          `- source: {kind: ConfigMap, name: versions, fieldPath: 'metadata.annotations.acme\\.example/shop', options: {delimiter: ":", index: 1}}\n${TARGET}`,
        ),
        'versions.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: versions, annotations: {acme.example/shop: "shop:${version}"}}\n`,
      }),
    ],
    [
      'from the replacement itself',
      (version) => ({
        'kustomization.yaml': withReplacements('chart.yaml', `- sourceValue: ${version}\n${TARGET}`),
      }),
    ],
    [
      'in a component, for all but what it rejects',
      (version) => ({
        'kustomization.yaml': 'resources: [chart.yaml]\ncomponents: [part]\n',
        'part/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplacements:\n- sourceValue: ${version}\n  targets: [{select: {group: source.toolkit.fluxcd.io}, reject: [{name: other}], fieldPaths: [spec.ref.tag]}]\n`,
      }),
    ],
  ])('%s moves there, and the field that is replaced stays', async (_from, files) => {
    expect(await patched({ 'chart.yaml': CHART, ...files('v1.2.4') })).toEqual({
      'chart.yaml': CHART,
      ...files('v1.3.0'),
    })
  })
})

describe('the version of an image that a replacement takes', () => {
  const toTags =
    '  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ["spec.template.spec.containers.[image=quay.io/acme/web:tag].image"]\n    options: {delimiter: ":", index: 1}\n'

  test.each<[as: string, files: Files]>([
    [
      'as the tag alone',
      (version) => ({
        'kustomization.yaml': withReplacements('web.yaml, versions.yaml', `${SOURCE}${toTags}`),
        'versions.yaml': versions(`SHOP: ${version}`),
        'web.yaml': deployment('web', 'quay.io/acme/web:tag'),
      }),
    ],
    [
      'as a whole reference',
      (version) => ({
        'kustomization.yaml': withReplacements(
          'web.yaml, versions.yaml',
          `${SOURCE}  targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=web].image"]}]\n`,
        ),
        'versions.yaml': versions(`SHOP: quay.io/acme/web:${version}`),
        'web.yaml': deployment('web', 'unset'),
      }),
    ],
    [
      'next to its repository',
      (version) => ({
        'kustomization.yaml': withReplacements(
          'web.yaml, versions.yaml',
          `${SOURCE}  targets: [{select: {kind: HelmRelease}, fieldPaths: [spec.values.image.tag]}]\n`,
        ),
        'versions.yaml': versions(`SHOP: ${version}`),
        'web.yaml': `${CHART.slice(CHART.indexOf('---') + 4)}  values:\n    image: {repository: quay.io/acme/web, tag: unset}\n`,
      }),
    ],
  ])('%s moves there', async (_as, files) => {
    expect(await patched(files('1.4.1'))).toEqual(files('1.5.0'))
  })

  test('for two images moves to the newest that both have', async () => {
    const files: Files = (version) => ({
      'kustomization.yaml': withReplacements(
        'web.yaml, worker.yaml, versions.yaml',
        `${SOURCE}${toTags.replace('[image=quay.io/acme/web:tag]', '*').replace('{kind: Deployment}', '{kind: Deployment, name: "w.*"}')}`,
      ),
      'versions.yaml': versions(`SHOP: ${version}`),
      'web.yaml': deployment('web', 'quay.io/acme/web:tag'),
      'worker.yaml': deployment('worker', 'quay.io/acme/worker:tag'),
    })
    expect(await patched(files('1.4.1'))).toEqual(files('1.5.0'))
  })
})

test('a replacement from a field that no file shows is named', async () => {
  const { stdout } = await outdated(
    tree({
      'kustomization.yaml': withReplacements(
        'web.yaml',
        `${SOURCE}${TARGET.replace('OCIRepository', 'Deployment').replace('spec.ref.tag', 'spec.template.spec.containers.*.image')}`,
      ),
      'web.yaml': deployment('web', 'unset'),
    }),
    '--output',
    'json',
  )
  expect(JSON.parse(stdout).notCompared).toContainEqual({
    file: 'kustomization.yaml',
    line: 3,
    found: 'data.SHOP',
    why: 'a replacement from a field that no file shows',
  })
})
