import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { freePort } from '../../support/free-port.ts'
import { program, removeFolders, systemTools, tree } from '../lib/command-line.ts'
import { krmHardening } from '../lib/in-process.ts'
import { withRegistry } from './lib/registry.ts'

const NEW = `sha256:${'a'.repeat(64)}`
const OLD = `sha256:${'0'.repeat(64)}`

/** Tags by repository, as the stand-in for crane answers; every digest is the same. */
const TAGS: Readonly<Record<string, string[]>> = {
  'quay.io/acme/charts/shop': ['v1.2.3', 'v1.2.4', 'v1.3.0', 'v2.0.0-rc.1', 'v2.0.0'],
  'quay.io/acme/fleet/apps': ['1.0.0', '1.0.1'],
  'ghcr.io/acme/helm/blog': ['4.0.1', '4.1.0_build.7'],
  'quay.io/acme/web-next': ['1.4.1', '1.5.0', '1.6.0'],
  'quay.io/acme/web': ['1.4.1', '1.4.2', '1.5.0', '2.0.0', '1.5.0-alpine', 'latest'],
  'quay.io/acme/filtered': [
    ...['release-1.0.0', 'release-1.2.0', 'release-2.0.0', 'main-aa-100', 'main-bb-200', 'main-cc-300'],
    ...['bullseye', 'bookworm', 'trixie'],
  ],
  nginx: ['1.27', '1.27.1', '1.28', '1.27-alpine'],
}

const { outdated, patched } = withRegistry(TAGS, [
  `'digest '*) echo ${NEW};;`,
  '*) echo "GET https://robot:secret@quay.io/v2/token?token=abcdef: denied" >&2; exit 1;;',
])

let server: Server
/** Of a chart repository on loopback. */
let url: string
const requests: { path: string | undefined; authorization: string | undefined }[] = []
const INDEX = {
  apiVersion: 'v1',
  entries: {
    blog: [
      { version: '0.9.0' },
      { version: 'v1.0.1' },
      { version: '1.1.0-beta.1' },
      { version: '1.1.0' },
      { version: 'no version' },
    ],
  },
}

beforeAll(async () => {
  server = createServer(({ url: path, headers }, answer) => {
    requests.push({ path, authorization: headers.authorization })
    if (path?.startsWith('/charts/')) answer.end(JSON.stringify(INDEX))
    else if (path?.startsWith('/text/')) answer.end('a login page: {')
    else answer.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  removeFolders()
})

interface Said {
  ok: boolean
  pins: number
  outdated: {
    name: string
    kind: string
    version: string
    newest: object
    to: string
    level: string
    patch: string
    places: { file: string; line: number; field: string }[]
  }[]
  notAnswered: { asked: string; reason: string }[]
  notCompared: { file: string; found: string; why: string }[]
  patch: string
}
async function saidOf(files: Readonly<Record<string, string>>, ...args: string[]): Promise<Said> {
  const { stdout } = await outdated(tree(files), '--output', 'json', ...args)
  return JSON.parse(stdout) as Said
}

const source = (ref: string, url = 'oci://quay.io/acme/charts/shop'): string => `# Where the shop comes from.
apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata:
  name: shop
spec:
  url: ${url}
  ref:
${ref}`
const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop}
spec:
  chartRef: {kind: OCIRepository, name: shop}
`
const helmRelease = (version: string, chart = 'blog'): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: blog}
spec:
  chart:
    spec:
      chart: ${chart}
      version: ${version} # by hand
      sourceRef: {kind: HelmRepository, name: charts, namespace: flux-system}
`
const repository = (address: string): string => `apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts}
spec:
  url: ${address}
`

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

test('a patch applies to a file with a space in its name, line ends of Windows and no line end at its end', async () => {
  const text = (tag: string): string => `images:\r\n- name: quay.io/acme/web\r\n  newTag: ${tag}`
  const files = { 'my web/kustomization.yaml': text('1.4.1') }
  expect(await patched(files)).toEqual({ 'my web/kustomization.yaml': text('1.5.0') })
})

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

test('an image in a patch of what a chart renders moves there', async () => {
  const files = (version: string) => ({
    'release.yaml': `${RELEASE}  postRenderers:\n  - kustomize:\n      patches:\n      - target: {kind: Deployment, name: web}\n        patch: |\n          - op: replace\n            path: /spec/template/spec/containers/0/image\n            value: quay.io/acme/web:${version} # until the chart has it\n`,
  })
  expect(await patched(files('1.4.1'))).toEqual(files('1.5.0'))
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

describe('an image that a policy of Flux chooses', () => {
  const policy = (image: string, spec: string): string =>
    `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageRepository\nmetadata: {name: web}\nspec: {image: ${image}}\n---\napiVersion: image.toolkit.fluxcd.io/v1\nkind: ImagePolicy\nmetadata: {name: web}\nspec:\n  imageRepositoryRef: {name: web}\n${spec}`
  const ALL = "  policy: {semver: {range: '>=1.0.0'}}\n"

  test.each<[what: string, text: (tag: string) => string]>([
    [
      'in a field of its own',
      (tag) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  web-version: ${tag} # {"$imagepolicy": "infra:web:tag"}\n`,
    ],
    [
      'as a whole, under another key',
      (tag) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  use: quay.io/acme/web:${tag} # {"$imagepolicy": "infra:web"}\n`,
    ],
  ])('%s moves', async (_what, text) => {
    const files = { 'a.yaml': text('1.4.1'), 'policy.yaml': policy('quay.io/acme/web', ALL) }
    expect((await patched(files))['a.yaml']).toBe(text('1.5.0'))
  })

  test.each<[what: string, spec: string, from: string, to: string | undefined]>([
    [
      'by the versions in their names',
      "  filterTags: {pattern: '^release-(?P<version>[0-9.]+)$', extract: '$version'}\n  policy: {semver: {range: 1.x}}\n",
      'release-1.0.0',
      'release-1.2.0',
    ],
    [
      'by their numbers',
      "  filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '$ts'}\n  policy: {numerical: {order: asc}}\n",
      'main-aa-100',
      'main-cc-300',
    ],
    [
      'by the alphabet',
      "  filterTags: {pattern: '^[a-z]+$'}\n  policy: {alphabetical: {order: asc}}\n",
      'bullseye',
      'trixie',
    ],
    [
      'unless it is the newest',
      "  filterTags: {pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)$', extract: '${ts}'}\n  policy: {numerical: {order: asc}}\n",
      'main-cc-300',
      undefined,
    ],
  ])('among tags that are filtered, %s', async (_what, spec, from, to) => {
    const text = (tag: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: quay.io/acme/filtered:${tag} # {"$imagepolicy": "infra:web"}\n`
    const { outdated: found, notCompared } = await saidOf({
      'a.yaml': text(from),
      'policy.yaml': policy('quay.io/acme/filtered', spec),
    })
    expect([found.map((one) => one.to), notCompared]).toEqual([to === undefined ? [] : [to], []])
  })
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

describe('where docker alone is there', () => {
  const SECRET = Buffer.from('robot:s3cret-of-docker').toString('base64')
  let registry: Server
  let host: string
  const asked: string[] = []

  beforeAll(async () => {
    registry = createServer(({ url: path = '', headers }, answer) => {
      const { pathname, searchParams } = new URL(path, 'http://registry')
      asked.push(`${pathname} ${headers.authorization?.split(' ')[0] ?? 'nobody'}`)
      if (pathname === '/token') {
        const isKnown = headers.authorization === `Basic ${SECRET}`
        answer.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token: `for ${searchParams.get('scope')}` }))
      } else if (headers.authorization !== 'Bearer for repository:acme/web:pull')
        answer
          .writeHead(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="registry"` })
          .end('{"errors":[]}')
      else if (searchParams.get('last') === null)
        answer
          .writeHead(200, { link: '</v2/acme/web/tags/list?last=1.4.1>; rel="next"' })
          .end(JSON.stringify({ tags: ['1.4.1'] }))
      else answer.end(JSON.stringify({ tags: ['1.5.0'] }))
    }).listen(0, '127.0.0.1')
    await once(registry, 'listening')
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`
  })
  afterAll(() => registry.close())

  const withDocker = (config: (registry: string) => object) => {
    const [tools, docker] = [systemTools(), tree({ 'config.json': JSON.stringify(config(host)) })]
    program(join(tools, 'docker'), '#!/bin/sh\nexit 1\n')
    program(
      join(tools, 'docker-credential-keys'),
      `#!/bin/sh\nread -r server; [ "$server" = '${host}' ] && echo '{"Username":"robot","Secret":"s3cret-of-docker"}'\n`,
    )
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: '${host}/acme/web:1.4.1'}]}\n`
    return krmHardening(['outdated', '--no-changes'], {
      cwd: tree({ 'pod.yaml': pod }),
      env: { PATH: tools, DOCKER_CONFIG: docker },
    })
  }

  test.each<[what: string, config: (registry: string) => object]>([
    ['in its file', (registry) => ({ auths: { [registry]: { auth: SECRET } } })],
    ['of a helper', (registry) => ({ credHelpers: { [registry]: 'keys' } })],
    ['of a helper for all', () => ({ credsStore: 'keys' })],
  ])('the registry is asked with the credentials %s, page by page', async (_what, config) => {
    asked.length = 0
    const { stdout, stderr, exitCode } = await withDocker(config)
    expect(stderr).toBe('')
    expect(stdout).toContain(`${host}/acme/web 1.4.1: minor 1.5.0\n`)
    expect(exitCode).toBe(1)
    expect(asked).toEqual([
      '/v2/acme/web/tags/list nobody',
      '/token Basic',
      '/v2/acme/web/tags/list Bearer',
      '/v2/acme/web/tags/list Bearer',
    ])
  })

  test('a registry that gives no token is named, and nothing of the credentials', async () => {
    const { stdout, stderr, exitCode } = await withDocker((registry) => ({
      auths: { [registry]: { auth: Buffer.from('robot:wrong-password').toString('base64') } },
    }))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(
      `tags of ${host}/acme/web, for pod.yaml:4 spec.containers[0].image: it gives no token: 401`,
    )
    expect(stdout + stderr).not.toContain('wrong-password')
  })
})

describe('what does not answer', () => {
  const files = {
    'source.yaml': source('    tag: v1.2.3\n'),
    'release.yaml': RELEASE,
    'pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: quay.io/acme/secret:1.0.0}]}\n',
  }

  test('is reported with what was asked of it, the rest is answered, and the exit code says so', async () => {
    const { stdout, stderr, exitCode } = await outdated(tree(files))
    expect(stderr).toBe(
      'error: no answer to: tags of quay.io/acme/secret, for pod.yaml:4 spec.containers[0].image: GET https://quay.io/v2/token: denied\n',
    )
    expect(stdout).toContain('2 pinned, 1 outdated, 1 without an answer\n')
    expect(exitCode).toBe(2)
  })

  test.each([
    ['a repository that is not there', 'blog', '/nowhere', 'it answers 404 Not Found'],
    ['what is no index', 'blog', '/text', 'the answer is no YAML'],
    ['an index without the chart', 'toString', '/charts', 'the index has no such chart'],
  ])('%s', async (_what, chart, path, reason) => {
    const said = await saidOf({ 'release.yaml': helmRelease('1.0.0', chart), 'repo.yaml': repository(url + path) })
    expect(said).toMatchObject({
      ok: false,
      notAnswered: [{ asked: `versions of ${chart} in ${url}${path}/index.yaml`, reason }],
    })
  })

  test('a program that does not answer with a list of tags', async () => {
    const pages = systemTools()
    program(join(pages, 'skopeo'), '#!/bin/sh\necho a login page\n')
    const root = tree({ 'source.yaml': source('    tag: v1.2.3\n') })
    const { stderr, exitCode } = await krmHardening(['outdated'], { cwd: root, env: { PATH: pages } })
    expect(stderr).toContain('skopeo answered "a login page\\n"')
    expect(exitCode).toBe(2)
  })

  test('a registry where nothing listens', async () => {
    const said = await saidOf({
      'release.yaml': helmRelease('1.0.0'),
      'repo.yaml': repository(`http://127.0.0.1:${await freePort()}`),
    })
    expect(said.notAnswered).toMatchObject([{ reason: expect.stringContaining('ECONNREFUSED') }])
  })

  test('a registry, where no program asks any', async () => {
    const root = tree({ ...files, 'repo.yaml': repository(`${url}/charts`), 'blog.yaml': helmRelease('1.0.0') })
    const { stdout, stderr, exitCode } = await krmHardening(['outdated', '--no-changes'], {
      cwd: root,
      env: { PATH: systemTools() },
    })
    expect(stderr).toContain('no program that asks registries on PATH; expected one of skopeo, crane, docker')
    expect(stdout).toContain('blog 1.0.0: patch 1.0.1, minor 1.1.0\n')
    expect(exitCode).toBe(2)
  })
})

describe('the command', () => {
  test('looks only at what is named', async () => {
    const files = {
      'source.yaml': source('    tag: v1.2.3\n'),
      'kustomization.yaml': 'images:\n- name: quay.io/acme/web\n  newTag: 1.4.1\n',
    }
    expect(await saidOf(files, '--only', 'web')).toMatchObject({ pins: 1, outdated: [{ name: 'quay.io/acme/web' }] })
  })

  test('refuses an unknown name, and names the one that was meant', async () => {
    const { stderr, exitCode } = await outdated(tree({ 'source.yaml': source('    tag: v1.2.3\n') }), '--only', 'shopp')
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: shopp: found no chart or image of this name in the tree (did you mean shop?)\n',
      exitCode: 2,
    })
  })

  test('ends with 0 if everything is the newest', async () => {
    const { stdout, exitCode } = await outdated(tree({ 'source.yaml': source('    tag: v2.0.0\n') }))
    expect({ stdout, exitCode }).toEqual({ stdout: '1 pinned, 0 outdated\n', exitCode: 0 })
  })

  test('refuses a path that is not a folder', async () => {
    const { stderr, exitCode } = await outdated(tree({}), 'nowhere')
    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: nowhere is no folder; expected one with manifests\n',
      exitCode: 2,
    })
  })

  test('reads bases outside of the folder that it is given', async () => {
    const root = tree({
      'base/kustomization.yaml': 'resources: [source.yaml]\n',
      'base/source.yaml': source('    tag: v1.2.3\n'),
      'overlay/kustomization.yaml': 'resources: [../base]\n',
    })
    const { stdout } = await outdated(root, 'overlay')
    expect(stdout).toContain('base/source.yaml:9 spec.ref.tag\n')
  })
})
