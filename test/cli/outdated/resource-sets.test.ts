import { removeFolders, tree } from '../lib/command-line.ts'
import { withRegistry } from './lib/registry.ts'

const { outdated, patched } = withRegistry({
  'quay.io/acme/charts/shop': ['1.2.3', '1.2.4', '1.3.0'],
  'quay.io/acme/charts/blog': ['4.0.1', '4.1.0'],
  'quay.io/acme/web': ['1.4.1', '1.5.0'],
})
afterAll(removeFolders)

type Files = Readonly<Record<string, string>>

const saidOf = async (files: Files) => JSON.parse((await outdated(tree(files), '--output', 'json')).stdout)

const setOf = (spec: string): string =>
  `apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: apps\nspec:\n${spec}`

const source = (url: string, ref: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: << inputs.app >>}
spec:
  url: oci://quay.io/acme/charts/${url}
  layerSelector: {mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip, operation: copy}
  ref: {${ref}}
`
const indented = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
/** As an entry of a list. */
const entry = (text: string, by: number): string => `${' '.repeat(by)}- ${indented(text, by + 2).trimStart()}`

const resources = (...all: string[]): string => `  resources:\n${all.map((one) => entry(one, 2)).join('')}`
const template = (text: string): string => `  resourcesTemplate: |\n${indented(text, 4)}`

const INPUTS = (shop: string, blog: string): string => `  inputs:
  - app: shop
    version: "${shop}" # sold out
  - app: blog
    chart: {version: ${blog}}
`
const provider = (spec: string): string =>
  `apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\nmetadata:\n  name: versions\n  labels: {of: shop}\nspec:\n${spec}`
const STATIC = (version: string): string =>
  provider(`  type: Static\n  defaultValues: {app: shop, version: ${version}}\n`)

const SHOP = source('<< inputs.app >>', 'tag: << inputs.version >>')
const FROM = (from: string): string => setOf(`  inputsFrom: [${from}]\n${resources(SHOP)}`)

describe('a version of what a ResourceSet makes moves', () => {
  test.each<[where: string, before: Files, after: Files]>([
    [
      'in the input of each app',
      { 'apps.yaml': setOf(INPUTS('1.2.3', '4.0.1') + resources(SHOP)) },
      { 'apps.yaml': setOf(INPUTS('1.3.0', '4.0.1') + resources(SHOP)) },
    ],
    [
      'in an input of several levels, quoted and with a prefix',
      {
        'apps.yaml': setOf(
          INPUTS('1.2.3', '4.0.1') + resources(source('blog', 'tag: << inputs.chart.version | quote >>')),
        ),
      },
      {
        'apps.yaml': setOf(
          INPUTS('1.2.3', '4.1.0') + resources(source('blog', 'tag: << inputs.chart.version | quote >>')),
        ),
      },
    ],
    [
      'in its own text',
      { 'apps.yaml': setOf(resources(source('shop', 'tag: 1.2.3').replaceAll('<< inputs.app >>', 'shop'))) },
      { 'apps.yaml': setOf(resources(source('shop', 'tag: 1.3.0').replaceAll('<< inputs.app >>', 'shop'))) },
    ],
    [
      'in a template, around whose lines are conditions',
      {
        'apps.yaml': setOf(
          INPUTS('1.2.3', '4.0.1') +
            template(`---\n<<- if inputs.version >>\n${SHOP}<<- end >>\n---\n${source('shop', 'tag: 1.2.4')}`),
        ),
      },
      {
        'apps.yaml': setOf(
          INPUTS('1.3.0', '4.0.1') +
            template(`---\n<<- if inputs.version >>\n${SHOP}<<- end >>\n---\n${source('shop', 'tag: 1.3.0')}`),
        ),
      },
    ],
    [
      'in a step',
      {
        'apps.yaml': setOf(`${INPUTS('1.2.3', '4.0.1')}  steps:\n  - name: first\n    resources:\n${entry(SHOP, 4)}`),
      },
      {
        'apps.yaml': setOf(`${INPUTS('1.3.0', '4.0.1')}  steps:\n  - name: first\n    resources:\n${entry(SHOP, 4)}`),
      },
    ],
    [
      'in a provider with values of its own, by name',
      { 'apps.yaml': FROM('{name: versions}'), 'versions.yaml': STATIC('1.2.3') },
      { 'apps.yaml': FROM('{name: versions}'), 'versions.yaml': STATIC('1.3.0') },
    ],
    [
      'in a provider, by label',
      { 'apps.yaml': FROM('{selector: {matchLabels: {of: shop}}}'), 'versions.yaml': STATIC('1.2.3') },
      { 'apps.yaml': FROM('{selector: {matchLabels: {of: shop}}}'), 'versions.yaml': STATIC('1.3.0') },
    ],
  ])('%s', async (_where, before, after) => {
    expect(await patched(before)).toEqual(after)
  })

  const pod = (image: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - {name: web, image: "${image}"}\n`

  test.each<[what: string, set: (version: string) => string]>([
    [
      'whose tag is an input',
      (v) => setOf(`  inputs: [{tag: ${v}}]\n${resources(pod('quay.io/acme/web:<< inputs.tag >>'))}`),
    ],
    [
      'whose registry is an input',
      (v) => setOf(`  inputs: [{from: quay.io/acme}]\n${resources(pod(`<< inputs.from >>/web:${v}`))}`),
    ],
    [
      'of which an input has every part',
      (v) =>
        setOf(
          `  inputs: [{from: quay.io, tag: ${v}}]\n${resources(pod('<< inputs.from >>/acme/web:<< inputs.tag >>'))}`,
        ),
    ],
    [
      'that is an input',
      (v) => setOf(`  inputs: [{image: quay.io/acme/web:${v}}]\n${resources(pod('<< inputs.image >>'))}`),
    ],
  ])('an image %s', async (_what, set) => {
    expect(await patched({ 'apps.yaml': set('1.4.1') })).toEqual({ 'apps.yaml': set('1.5.0') })
  })

  test('and is told where it is written', async () => {
    const said = await saidOf({ 'apps.yaml': setOf(INPUTS('1.2.3', '4.0.1') + resources(SHOP)) })
    expect(said.outdated).toMatchObject([
      { kind: 'chart', name: 'oci://quay.io/acme/charts/shop', places: [{ line: 8, field: 'spec.inputs[0].version' }] },
    ])
    // The input of the blog has no such value.
    expect(said.notCompared).toEqual([
      { file: 'apps.yaml', line: 18, found: '<< inputs.version >>', why: 'a template decides it' },
    ])
  })
})

describe('of a ResourceSet is named', () => {
  const UNREAD = 'a ResourceSet with a template that is no YAML before it is filled in'
  const ELSEWHERE = 'a ResourceSet with inputs that this tree does not show'

  test.each<[what: string, files: Files, named: object[]]>([
    [
      'a template that only the operator can read',
      {
        'apps.yaml': setOf(template('spec:\n  << if inputs.x >>a: b<< else >>a: c<< end >>\n  tag: [<< range .x >>\n')),
      },
      [{ line: 4, found: 'apps', why: UNREAD }],
    ],
    [
      'a version that the template computes',
      {
        'apps.yaml': setOf(
          `  inputs: [{app: shop, version: 1.2.3}]\n${resources(source('shop', 'tag: << inputs.version | trunc 3 >>'))}`,
        ),
      },
      [{ found: '<< inputs.version | trunc 3 >>', why: 'a template decides it' }],
    ],
    [
      'a range in an input',
      {
        'apps.yaml': setOf(
          `  inputs: [{app: shop, version: 1.x}]\n${resources(source('shop', 'semver: << inputs.version >>'))}`,
        ),
      },
      [{ line: 6, found: '1.x', why: expect.stringContaining('a range') }],
    ],
    [
      'a provider that asks elsewhere, and its range',
      {
        'apps.yaml': FROM('{name: versions}'),
        'versions.yaml': provider(
          '  type: OCIArtifactTag\n  url: oci://quay.io/acme/charts/shop\n  filter: {semver: ">=1.0.0"}\n',
        ),
      },
      [
        { file: 'apps.yaml', found: 'apps', why: ELSEWHERE },
        { file: 'versions.yaml', found: '>=1.0.0', why: expect.stringContaining('a range') },
      ],
    ],
    [
      'a provider that is in another tree',
      { 'apps.yaml': FROM('{name: versions}') },
      [{ found: 'apps', why: ELSEWHERE }],
    ],
    [
      'the product of all its inputs',
      {
        'apps.yaml': setOf(
          `  inputStrategy: {name: Permute}\n  inputs: [{app: shop, version: 1.2.3}]\n${resources(SHOP)}`,
        ),
      },
      [{ found: 'apps', why: ELSEWHERE }],
    ],
  ])('%s', async (_what, files, named) => {
    const { pins, notCompared } = await saidOf(files)
    expect(notCompared).toMatchObject(named)
    expect(pins).toBe(0)
  })

  test('nothing, if it pins nothing', async () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: << inputs.name >>}\n'
    const said = await saidOf({ 'apps.yaml': setOf(`  inputsFrom: [{name: tenants}]\n${resources(namespace)}`) })
    expect(said).toMatchObject({ pins: 0, notCompared: [] })
  })
})

test.each<[version: string, why: string]>([
  ['2.x', 'a range'],
  ['2.6.4', 'a version of Flux'],
])('the version %s of Flux that the Flux Operator installs is named', async (version, why) => {
  const { notCompared } = await saidOf({
    'flux.yaml': `apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux}\nspec:\n  distribution:\n    version: "${version}"\n    artifact: oci://ghcr.io/acme/manifests:latest\n`,
  })
  expect(notCompared).toMatchObject([
    { line: 6, found: version, why: expect.stringContaining(why) },
    { line: 7, why: 'the manifests that the Flux Operator installs' },
  ])
})
