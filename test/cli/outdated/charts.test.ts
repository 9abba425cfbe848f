import { tree } from '../lib/command-line.ts'
import { helmRelease, NEW, OLD, outdated, patched, RELEASE, repository, saidOf, source } from './lib/acme.ts'
import { requests, url } from './lib/chart-index.ts'

describe('the chart of an OCIRepository', () => {
  const files = { 'source.yaml': source('    tag: v1.2.3 # chosen by hand\n'), 'release.yaml': RELEASE }

  test('is compared with the tags of its registry', async () => {
    const { outdated: found } = await saidOf(files)
    expect(found).toMatchObject([
      {
        kind: 'chart',
        name: 'oci://quay.io/acme/charts/shop',
        version: 'v1.2.3',
        newest: { patch: 'v1.2.4', minor: 'v1.3.0', major: 'v2.0.0' },
        to: 'v1.3.0',
        level: 'minor',
        places: [{ file: 'source.yaml', line: 9, field: 'spec.ref.tag' }],
      },
    ])
  })

  test('is shown with a patch that Git applies', async () => {
    const { stdout, exitCode } = await outdated(tree(files))
    expect({ stdout, exitCode }).toEqual({
      exitCode: 1,
      stdout: `oci://quay.io/acme/charts/shop v1.2.3: patch v1.2.4, minor v1.3.0, major v2.0.0
  source.yaml:9 spec.ref.tag
1 pinned, 1 outdated

diff --git a/source.yaml b/source.yaml
--- a/source.yaml
+++ b/source.yaml
@@ -6,4 +6,4 @@
 spec:
   url: oci://quay.io/acme/charts/shop
   ref:
-    tag: v1.2.3 # chosen by hand
+    tag: v1.3.0 # chosen by hand
`,
    })
    expect((await patched(files))['source.yaml']).toBe(source('    tag: v1.3.0 # chosen by hand\n'))
  })

  test('moves to another major only on request', async () => {
    const onlyMajor = { ...files, 'source.yaml': source('    tag: v1.3.0\n') }
    expect((await outdated(tree(onlyMajor))).stdout).toContain(' v1.3.0: major v2.0.0 (stays: --major moves to it)\n')
    expect(await saidOf(onlyMajor)).toMatchObject({
      patch: '',
      outdated: [{ to: 'v2.0.0', level: 'major', patch: '' }],
    })
    expect((await patched(onlyMajor, '--major'))['source.yaml']).toBe(source('    tag: v2.0.0\n'))
  })

  test('moves with its digest', async () => {
    const pinned = { ...files, 'source.yaml': source(`    tag: v1.2.3\n    digest: "${OLD}"\n`) }
    expect((await patched(pinned))['source.yaml']).toBe(source(`    tag: v1.3.0\n    digest: "${NEW}"\n`))
  })

  test('moves with its entry in the lock of a policy', async () => {
    const lock = (version: string, digest: string): string =>
      `apiVersion: krm-hardening.dev/v1alpha1\nkind: Hardening\nspec:\n  images:\n    digests:\n      # the shop\n      quay.io/acme/charts/shop:${version}: ${digest} # kept\n`
    const { 'policy.yaml': text } = await patched({ ...files, 'policy.yaml': lock('v1.2.3', OLD) })
    expect(text).toBe(lock('v1.3.0', NEW))
  })

  test('stays within the range of the policy behind its marker', async () => {
    const marked = source('    tag: v1.2.3 # {"$imagepolicy": "infra:shop:tag"}\n')
    const policy = `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: shop}\nspec: {policy: {semver: {range: ~1.2.0}}}\n`
    const { outdated: found } = await saidOf({ ...files, 'source.yaml': marked, 'policy.yaml': policy })
    expect(found).toMatchObject([{ newest: { patch: 'v1.2.4' }, to: 'v1.2.4', level: 'patch' }])
    expect(found[0]?.newest).toEqual({ patch: 'v1.2.4' })
  })

  test('may be an artifact of another kind', async () => {
    const { outdated: found } = await saidOf({
      'source.yaml': source('    tag: 1.0.0\n', 'oci://quay.io/acme/fleet/apps'),
    })
    expect(found).toMatchObject([{ kind: 'artifact', to: '1.0.1' }])
  })

  test.each([
    ['a tag that moves', 'latest', 'no semantic version'],
    ['a variable', '${SHOP_VERSION}', 'a variable decides it'],
  ])('has no newest version for %s', async (_what, tag, why) => {
    const said = await saidOf({ ...files, 'source.yaml': source(`    tag: ${tag}\n`) })
    expect(said).toMatchObject({ ok: true, outdated: [], notCompared: [{ file: 'source.yaml', found: tag, why }] })
  })
})

describe('the chart of a HelmRepository', () => {
  test('is compared with the index of the repository', async () => {
    const { outdated: found } = await saidOf({
      'release.yaml': helmRelease('0.8.2'),
      'repo.yaml': repository(`${url}/charts/`),
    })
    expect(found).toMatchObject([
      { name: `${url}/charts/blog`, newest: { minor: '0.9.0', major: '1.1.0' }, to: '0.9.0' },
    ])
  })

  test('keeps its prefix, whatever the index writes', async () => {
    const files = { 'release.yaml': helmRelease('v1.0.0'), 'repo.yaml': repository(`${url}/charts`) }
    expect(await saidOf(files)).toMatchObject({ outdated: [{ newest: { patch: 'v1.0.1', minor: 'v1.1.0' } }] })
    expect((await patched(files))['release.yaml']).toBe(helmRelease('v1.1.0'))
  })

  test('is written with a plus before its build, where the registry has an underscore', async () => {
    const files = { 'release.yaml': helmRelease('4.0.1'), 'repo.yaml': repository('oci://ghcr.io/acme/helm') }
    expect((await patched(files))['release.yaml']).toBe(helmRelease('4.1.0+build.7'))
  })

  test('is read with the credentials of its URL, which no message shows', async () => {
    const secret = url.replace('http://', 'http://robot:s%23cret@')
    const files = { 'release.yaml': helmRelease('1.0.0'), 'repo.yaml': repository(`${secret}/charts`) }
    const shown = await outdated(tree(files))
    expect(requests.at(-1)).toEqual({
      path: '/charts/index.yaml',
      authorization: `Basic ${Buffer.from('robot:s#cret').toString('base64')}`,
    })
    expect(shown.stdout).toContain(`${url}/charts/blog 1.0.0: patch 1.0.1, minor 1.1.0\n`)
    const missing = await outdated(tree({ ...files, 'repo.yaml': repository(`${secret}/nowhere`) }))
    expect(missing.stderr).toContain(`${url}/nowhere/index.yaml`)
    for (const text of [shown.stdout, shown.stderr, missing.stdout, missing.stderr]) expect(text).not.toContain('cret')
  })

  test('needs the repository', async () => {
    const said = await saidOf({ 'release.yaml': helmRelease('1.0.0') })
    expect(said.notCompared).toMatchObject([{ found: 'blog', why: 'no HelmRepository charts is in the tree' }])
  })
})

describe('a chart that Kustomize renders', () => {
  test.each<[what: string, file: string, text: (version: string) => string]>([
    [
      'in helmCharts',
      'kustomization.yaml',
      (version) => `helmCharts:\n- name: blog\n  repo: ${url}/charts\n  version: ${version} # by hand\n`,
    ],
    [
      'in the old form',
      'kustomization.yaml',
      (version) =>
        `helmChartInflationGenerator:\n- chartName: blog\n  chartRepoUrl: ${url}/charts\n  chartVersion: "${version}"\n`,
    ],
    [
      'in a generator',
      'generator.yaml',
      (version) =>
        `apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: blog}\nname: blog\nrepo: ${url}/charts\nversion: ${version}\n`,
    ],
  ])('%s moves', async (_what, file, text) => {
    expect(await patched({ [file]: text('1.0.0') })).toEqual({ [file]: text('1.1.0') })
  })

  test('may come from a registry, and have images among its values', async () => {
    const text = (chart: string, image: string): string =>
      `helmCharts:\n- name: blog\n  repo: oci://ghcr.io/acme/helm\n  version: ${chart}\n  valuesFile: values.yaml\n  valuesInline:\n    image: {repository: quay.io/acme/web, tag: ${image}}\n`
    const values = (image: string): string =>
      `sidecar:\n  image:\n    repository: quay.io/acme/web\n    tag: ${image}\n`
    expect(await patched({ 'kustomization.yaml': text('4.0.1', '1.4.1'), 'values.yaml': values('1.4.1') })).toEqual({
      'kustomization.yaml': text('4.1.0+build.7', '1.5.0'),
      'values.yaml': values('1.5.0'),
    })
  })

  test('has to name a version', async () => {
    const said = await saidOf({ 'kustomization.yaml': `helmCharts:\n- {name: blog, repo: '${url}/charts'}\n` })
    expect(said.notCompared).toMatchObject([
      { found: 'blog in helmCharts[0]', why: expect.stringContaining('no version') },
    ])
  })
})

describe('what is no version', () => {
  test.each([
    ['a range of an OCIRepository', { 'a.yaml': source("    semver: '>=1.0.0'\n") }, '>=1.0.0', 'a range'],
    ['a digest alone', { 'a.yaml': source(`    digest: ${OLD}\n`) }, OLD, 'a digest without a tag'],
    [
      'a range of a HelmRelease',
      { 'a.yaml': helmRelease('4.x'), 'b.yaml': repository('oci://ghcr.io/acme/helm') },
      '4.x',
      'a range',
    ],
  ])('%s is named, with the reason', async (_what, files, found, why) => {
    const said = await saidOf(files)
    expect(said.notCompared).toEqual([
      expect.objectContaining({ file: 'a.yaml', found, why: expect.stringContaining(why) }),
    ])
  })
})
