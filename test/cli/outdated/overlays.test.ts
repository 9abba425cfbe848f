import { tree } from '../lib/command-line.ts'
import { helmRelease, outdated, patched, RELEASE, repository, saidOf, source } from './lib/acme.ts'
import { url } from './lib/chart-index.ts'

describe('a version that an overlay sets', () => {
  const base = {
    'base/kustomization.yaml': 'resources: [source.yaml, release.yaml]\n',
    'base/source.yaml': source('    tag: v1.2.3\n'),
    'base/release.yaml': RELEASE,
  }
  const overlay = (patches: string) => ({ ...base, 'over/kustomization.yaml': `resources: [../base]\n${patches}` })
  const places = async (files: Readonly<Record<string, string>>) =>
    (await saidOf(files)).outdated.flatMap(({ places: all }) => all.map(({ file, field }) => `${file} ${field}`))

  test.each<[what: string, file: string, text: (tag: string) => string, rest?: Record<string, string>]>([
    [
      'by operations in place',
      'over/kustomization.yaml',
      (tag) =>
        `resources: [../base]\npatches:\n- target: {kind: OCIRepository, name: shop}\n  patch: |-\n    - op: replace # of the overlay\n      path: /spec/ref/tag\n      value: ${tag}\n`,
    ],
    [
      'by operations on a map, in a file',
      'over/tag.yaml',
      (tag) => `- op: add\n  path: /spec/ref\n  value:\n    tag: ${tag} # newer\n`,
      {
        'over/kustomization.yaml':
          'resources: [../base]\npatches:\n- {path: tag.yaml, target: {group: source.toolkit.fluxcd.io, kind: OCIRepository, name: sh.*}}\n',
      },
    ],
    [
      'by operations of the old form',
      'over/tag.yaml',
      (tag) => `- {op: replace, path: /spec/ref/tag, value: ${tag}}\n`,
      {
        'over/kustomization.yaml':
          'resources: [../base]\npatchesJson6902:\n- {path: tag.yaml, target: {kind: OCIRepository, name: shop}}\n',
      },
    ],
    [
      'by a merge in place',
      'over/kustomization.yaml',
      (tag) =>
        `resources: [../base]\npatches:\n- patch: |\n    apiVersion: source.toolkit.fluxcd.io/v1\n    kind: OCIRepository\n    metadata: {name: shop}\n    spec:\n      ref: {tag: ${tag}}\n`,
    ],
    [
      'by a merge in a file, for what a target names',
      'over/tag.yaml',
      (tag) =>
        `apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: any}\nspec: {ref: {tag: ${tag}}}\n`,
      {
        'over/kustomization.yaml':
          'resources: [../base]\npatches:\n- {path: tag.yaml, target: {kind: OCIRepository, name: shop}}\n',
      },
    ],
    [
      'by a component',
      'part/kustomization.yaml',
      (tag) =>
        `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- target: {kind: OCIRepository}\n  patch: |-\n    - {op: replace, path: /spec/ref/tag, value: ${tag}}\n`,
      { 'over/kustomization.yaml': 'resources: [../base]\ncomponents: [../part]\n' },
    ],
  ])('%s moves there, and nowhere else', async (_what, file, text, rest = {}) => {
    const files = { ...base, ...rest, [file]: text('v1.2.4') }
    expect(await patched(files)).toEqual({ ...files, [file]: text('v1.3.0') })
    const { notCompared } = await saidOf(files)
    expect(notCompared).toMatchObject([
      { file: 'base/source.yaml', found: 'v1.2.3', why: 'a patch sets it in every build' },
    ])
  })

  const two = {
    ...base,
    'base/kustomization.yaml': 'resources: [source.yaml, release.yaml, fleet.yaml]\n',
    'base/fleet.yaml': source('    tag: 1.0.0\n', 'oci://quay.io/acme/fleet/apps').replace('name: shop', 'name: fleet'),
  }
  test.each<[form: string, text: (tag: string) => string]>([
    ['in single quotes', (tag) => `  patch: '[{"op": "replace", "path": "/spec/ref/tag", "value": "${tag}"}]'\n`],
    [
      'in single quotes, with some inside',
      (tag) => `  patch: '[{op: replace, path: /spec/ref/tag, value: ''${tag}''}]'\n`,
    ],
    [
      'in double quotes',
      (tag) => `  patch: "[{\\"op\\": \\"replace\\", \\"path\\": \\"/spec/ref/tag\\", \\"value\\": \\"${tag}\\"}]"\n`,
    ],
    [
      'in double quotes, with lines',
      (tag) => `  patch: "- op: replace\\n  path: /spec/ref/tag\\n  value: ${tag}\\n"\n`,
    ],
    [
      'as a merge in quotes',
      (tag) =>
        `  patch: '{"kind": "any", "apiVersion": "v1", "metadata": {"name": "any"}, "spec": {"ref": {"tag": "${tag}"}}}'\n`,
    ],
  ])('by a patch %s moves there', async (_form, text) => {
    const files = (tag: string) => overlay(`patches:\n- target: {kind: OCIRepository, name: shop}\n${text(tag)}`)
    expect(await patched(files('v1.2.4'))).toEqual(files('v1.3.0'))
  })

  test('by one patch for several charts moves only as far as all of them go', async () => {
    const files = (tag: string) => ({
      ...two,
      'over/kustomization.yaml': `resources: [../base]\npatches:\n- target: {kind: OCIRepository}\n  patch: |-\n    - {op: replace, path: /spec/ref/tag, value: ${tag}}\n`,
    })
    const { stdout } = await outdated(tree(files('v1.2.3')))
    expect(stdout).toContain(
      'oci://quay.io/acme/charts/shop v1.2.3: patch v1.2.4, minor v1.3.0, major v2.0.0 (stays: one place sets the version of oci://quay.io/acme/fleet/apps too, which has none of these)\n',
    )
    expect(stdout).not.toContain('+++')
    const webs = {
      'base/source.yaml': source('    tag: 1.4.1\n', 'oci://quay.io/acme/web'),
      'base/fleet.yaml': two['base/fleet.yaml'].replace('fleet/apps', 'web-next'),
    }
    const { outdated: found } = await saidOf({ ...files('1.4.1'), ...webs })
    expect(found).toMatchObject([
      { name: 'oci://quay.io/acme/web-next', to: '1.5.0', newest: { minor: '1.6.0' } },
      { name: 'oci://quay.io/acme/web', to: '1.5.0', newest: { patch: '1.4.2', minor: '1.5.0', major: '2.0.0' } },
    ])
    expect(await patched({ ...files('1.4.1'), ...webs })).toEqual({ ...files('1.5.0'), ...webs })
  })

  test('by a patch for the charts with a label moves those alone', async () => {
    const files = (tag: string) => ({
      ...two,
      'base/source.yaml': two['base/source.yaml'].replace('  name: shop', '  name: shop\n  labels: {tier: front}'),
      'over/kustomization.yaml': `resources: [../base]\npatches:\n- target: {labelSelector: "tier in (front, edge), !old"}\n  patch: |-\n    - {op: replace, path: /spec/ref/tag, value: ${tag}}\n`,
    })
    const { 'base/fleet.yaml': fleet, ...rest } = await patched(files('v1.2.4'))
    expect({ ...rest, 'base/fleet.yaml': fleet?.replace('1.0.1', '1.0.0') }).toEqual(files('v1.3.0'))
  })

  test('moves in the base too, if another overlay takes that', async () => {
    const patch =
      'patches:\n- target: {kind: OCIRepository, name: shop}\n  patch: |-\n    - {op: replace, path: /spec/ref/tag, value: v1.2.4}\n'
    expect(await places({ ...overlay(patch), 'other/kustomization.yaml': 'resources: [../base]\n' })).toEqual([
      'base/source.yaml spec.ref.tag',
      'over/kustomization.yaml spec.ref.tag',
    ])
  })

  test('is found in the patches of a Kustomization of Flux', async () => {
    const text = (version: string): string =>
      `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: blog}\nspec:\n  path: ./base\n  patches:\n  - target: {kind: HelmRelease, name: blog}\n    patch: |\n      - op: replace\n        path: /spec/chart/spec/version\n        value: ${version}\n`
    const files = {
      'base/release.yaml': helmRelease('1.0.1'),
      'base/repo.yaml': repository(`${url}/charts`),
      'flux.yaml': text('v1.0.0'),
    }
    expect(await patched(files)).toEqual({
      ...files,
      'base/release.yaml': helmRelease('1.1.0'),
      'flux.yaml': text('v1.1.0'),
    })
  })
})
