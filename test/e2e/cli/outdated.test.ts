import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { type Fields, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { type Ended, folder, krmHardening, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { builtWithGo, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf } from '../../support/stacks.ts'

// Charts that a real helm packs and pushes, in a real registry and in a repository that an index.yaml describes.

/** One version of the chart `shop`. */
interface Version {
  values: Fields
  schema?: Fields
  templates: Readonly<Record<string, string>>
}

const DEPLOYMENT = (container: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: ${container}
        image: quay.io/acme/shop:{{ .Chart.Version }}
        resources: {{ toJson .Values.resources }}
`
const OLD: Version = {
  values: {
    replicas: 1,
    resources: {},
    serviceAccountName: 'shop',
    auth: { realm: 'the shop', hosts: [] },
    cacheSize: 4096,
    legacy: true,
  },
  templates: { 'shop.yaml': DEPLOYMENT('shop') },
}
const NEW: Version = {
  values: {
    replicas: 1,
    resources: {},
    serviceAccount: 'shop',
    login: { realm: 'the shop', hosts: {} },
    auth: { hosts: {} },
    cache: { bytes: 4096 },
  },
  schema: { type: 'object', properties: { replicas: { type: 'integer' } } },
  templates: {
    'shop.yaml': DEPLOYMENT('server'),
    'hook.yaml': `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: pre-upgrade}}
spec:
  template:
    spec:
      hostNetwork: true
      restartPolicy: Never
      containers: [{name: migrate, image: "quay.io/acme/migrate:1.0.0"}]
`,
    'role.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: shop}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
`,
  },
}
/** Requires what no release of these tests sets. */
const STRICT: Version = { ...NEW, schema: { type: 'object', required: ['tenant'] } }

const VERSIONS: Readonly<Record<string, Version>> = {
  '1.2.3': OLD,
  '1.2.4': OLD,
  '1.3.0': NEW,
  '2.0.0-rc.1': NEW,
  '2.0.0': STRICT,
}

let registry: Registry
let server: Server
let repository: string
let helm: string
let PATH: string

function pack(name: string, version: string, { values, schema, templates }: Version, destination: string): string {
  const chart = join(folder(), name)
  const files: Record<string, string> = {
    'Chart.yaml': stringify({ apiVersion: 'v2', name, version }),
    'values.yaml': stringify(values),
    ...(schema && { 'values.schema.json': JSON.stringify(schema) }),
    ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(chart, path)), { recursive: true })
    writeFileSync(join(chart, path), text)
  }
  execFileSync(helm, ['package', chart, '--destination', destination], { stdio: 'pipe' })
  return join(destination, `${name}-${version}.tgz`)
}

beforeAll(async () => {
  helm = builtWithGo('helm.sh/helm/v3/cmd/helm', 'v3.18.6', 'The tests of HelmReleases need helm')
  const bin = folder()
  symlinkSync(helm, join(bin, 'helm'))
  PATH = `${bin}:${process.env.PATH}`
  registry = await startRegistry([])
  const packages = folder()
  for (const [version, chart] of Object.entries(VERSIONS)) {
    const file = pack('shop', version, chart, packages)
    execFileSync(helm, ['push', file, `oci://${registry.address}/charts`, '--plain-http'], { stdio: 'pipe' })
  }
  execFileSync(helm, ['repo', 'index', packages], { stdio: 'pipe' })
  server = createServer(({ url = '' }, answer) => answer.end(readFileSync(join(packages, url)))).listen(0, '127.0.0.1')
  await once(server, 'listening')
  repository = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // skopeo follows the places of registries.conf for manifests alone, not for lists of tags.
  const insecure = `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`
  writeFileSync(join(registry.env.HOME, '.config/containers/registries.conf'), insecure)
}, TIME_TO_BUILD)
afterAll(async () => {
  server.close()
  await registry.stop()
  removeFolders()
})

const run = (root: string, ...args: string[]): Promise<Ended> =>
  krmHardening(args, { cwd: root, env: { ...registry.env, PATH } })

const SET = {
  replicas: 2,
  resources: { requests: { cpu: '10m' } },
  serviceAccountName: 'shop',
  auth: { realm: 'mine', hosts: ['a'] },
  cacheSize: 1,
  legacy: false,
  typo: 1,
}
const ociSource = (version: string): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: shop}
spec:
  interval: 1h
  url: oci://${registry.address}/charts/shop
  insecure: true
  ref:
    tag: ${version} # see the notes of the release first
`
const release = (chart: Fields, values: Fields): string =>
  stringify({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'app' },
    spec: { interval: '1h', ...chart, values },
  })
const CHART_REF = { chartRef: { kind: 'OCIRepository', name: 'shop' } }

/** A stack with the chart from the registry, and its lock. */
async function stack(values: Fields = SET, version = '1.2.3'): Promise<string> {
  const root = tree({
    'shop/source.yaml': ociSource(version),
    'shop/release.yaml': release(CHART_REF, values),
    'shop/kustomization.yaml': 'namespace: shop\nresources: [source.yaml, release.yaml]\n',
  })
  expect(await run(root, 'lock', '--chart', 'shop')).toMatchObject({ exitCode: 0 })
  return root
}

const jsonOf = ({ stdout }: Ended) => JSON.parse(stdout)

describe('a chart in a registry', () => {
  test('shows what its newest minor changes for the release that it has', async () => {
    const root = await stack()
    const { stdout, exitCode } = await run(root, 'outdated')
    expect({ stdout, exitCode }).toEqual({
      exitCode: 1,
      stdout: `oci://${registry.address}/charts/shop 1.2.3: patch 1.2.4, minor 1.3.0, major 2.0.0
  shop/source.yaml:9 spec.ref.tag
  HelmRelease shop/app, shop/app.lock.yaml:
    value gone: auth.realm (perhaps now login.realm)
    value gone: cacheSize (perhaps now cache.bytes)
    value gone: legacy
    value gone: serviceAccountName (perhaps now serviceAccount)
    value that neither version knows: typo
    value of another type: auth.hosts: list → map
    + container: Deployment app: server
    - container: Deployment app: shop
    + container: Job migrate: migrate
    + hook: Job migrate: pre-upgrade
    + host access: Job migrate: hostNetwork
    + image: Deployment app: server: quay.io/acme/shop:1.3.0
    - image: Deployment app: shop: quay.io/acme/shop:1.2.3
    + image: Job migrate: migrate: quay.io/acme/migrate:1.0.0
    + rbac: ClusterRole shop: get secrets
1 pinned, 1 outdated

diff --git a/shop/source.yaml b/shop/source.yaml
--- a/shop/source.yaml
+++ b/shop/source.yaml
@@ -6,4 +6,4 @@
   url: oci://${registry.address}/charts/shop
   insecure: true
   ref:
-    tag: 1.2.3 # see the notes of the release first
+    tag: 1.3.0 # see the notes of the release first
`,
    })
  })

  test('is moved by --apply, its lock renewed, and then nothing is left but the major', async () => {
    const root = await stack()
    expect(await run(root, 'outdated', '--apply')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(root, 'shop/source.yaml'), 'utf8')).toBe(ociSource('1.3.0'))
    expect(await run(root, 'lock', '--check', '--chart', 'shop')).toMatchObject({ exitCode: 0 })
    const said = jsonOf(await run(root, 'outdated', '--output', 'json'))
    expect(said.outdated).toMatchObject([{ newest: { major: '2.0.0' }, level: 'major', changes: [], patch: '' }])
    const again = await run(root, 'outdated', '--apply')
    expect({ exitCode: again.exitCode, stderr: again.stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test('may bring images that the lock of a policy lacks, and then names the command that adds them', async () => {
    const root = await stack()
    const digests = { 'quay.io/acme/shop:1.2.3': `sha256:${'0'.repeat(64)}` }
    const policy = { apiVersion: 'krm-hardening.dev/v1alpha1', kind: 'ImageMirrorDigest', spec: { digests } }
    writeFileSync(join(root, 'images.yaml'), stringify(policy))
    const { stderr, exitCode } = await run(root, 'outdated', '--apply')
    expect(stderr).toContain(
      'the charts bring images without a digest: krm-hardening lock images.yaml quay.io/acme/migrate:1.0.0 quay.io/acme/shop:1.3.0\n',
    )
    expect(exitCode).toBe(0)
  })

  test('is not moved to a major that requires a value, and its lock stays', async () => {
    const root = await stack()
    const lock = readFileSync(join(root, 'shop/app.lock.yaml'), 'utf8')
    const { stdout, stderr, exitCode } = await run(root, 'outdated', '--major', '--apply')
    expect(stdout).toContain('    value required, and set nowhere: tenant\n')
    expect(stdout).toContain('    error: helm cannot render ')
    expect(stderr).toContain(`error: oci://${registry.address}/charts/shop is not moved to 2.0.0: helm cannot render `)
    expect(exitCode).toBe(1)
    expect(readFileSync(join(root, 'shop/source.yaml'), 'utf8')).toBe(ociSource('1.2.3'))
    expect(readFileSync(join(root, 'shop/app.lock.yaml'), 'utf8')).toBe(lock)
  })

  test('is moved on request to a major that has what it requires', async () => {
    const root = await stack({ tenant: 'mine' })
    expect(await run(root, 'outdated', '--major', '--apply')).toMatchObject({ exitCode: 0 })
    expect(readFileSync(join(root, 'shop/source.yaml'), 'utf8')).toBe(ociSource('2.0.0'))
  })

  test('shows what it changes with the values of the overlay that has the lock', async () => {
    const root = tree({
      'base/source.yaml': ociSource('1.2.3'),
      'base/release.yaml': release(CHART_REF, {}),
      'base/kustomization.yaml': 'namespace: shop\nresources: [source.yaml, release.yaml]\n',
      'overlay/values.yaml': release({}, { legacy: false }),
      'overlay/kustomization.yaml': 'namespace: shop\nresources: [../base]\npatches: [{path: values.yaml}]\n',
    })
    expect(await run(root, 'lock', '--chart', 'overlay')).toMatchObject({ exitCode: 0 })
    const said = jsonOf(await run(root, 'outdated', 'overlay', '--output', 'json'))
    expect(said.outdated).toMatchObject([
      { changes: [{ lock: 'overlay/app.lock.yaml', values: { gone: [{ path: 'legacy' }] } }] },
    ])
    expect(await run(root, 'outdated', 'overlay', '--apply')).toMatchObject({ exitCode: 0 })
    const [lock] = objectsOf(readFileSync(join(root, 'overlay/app.lock.yaml'), 'utf8'))
    expect(valueAt(lock, ['spec', 'chart', 'version'])).toBe('1.3.0')
  })

  test('is named if it cannot be pulled, and its versions are still shown', async () => {
    const root = await stack()
    const { stdout, stderr, exitCode } = await krmHardening(['outdated'], {
      cwd: root,
      env: { ...registry.env, PATH: '/usr/bin:/bin' },
    })
    expect(stdout).toContain('patch 1.2.4, minor 1.3.0')
    expect(stderr).toContain(`error: no answer to: what oci://${registry.address}/charts/shop 1.3.0 changes`)
    expect(stderr).toContain('no helm on PATH')
    expect(exitCode).toBe(2)
    expect(await run(root, 'outdated', '--no-changes')).toMatchObject({ stderr: '', exitCode: 1 })
  })
})

test('charts that a patch of several, a variable and a replacement pin are moved by --apply', async () => {
  const release = (name: string): string => ociSource('0.0.0').replace('name: shop', `name: ${name}`)
  const overlay = (version: string): string =>
    `resources: [../base]\npatches:\n- target: {kind: OCIRepository, name: "shop-.*"}\n  patch: '[{"op": "replace", "path": "/spec/ref/tag", "value": "${version}"}]'\n`
  const variable = (version: string): string =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: blog}\nspec:\n  path: ./blog\n  postBuild:\n    substitute:\n      BLOG_VERSION: "${version}"\n`
  const replacement = (version: string): string =>
    `resources: [source.yaml]\nreplacements:\n- sourceValue: ${version}\n  targets: [{select: {kind: OCIRepository}, fieldPaths: [spec.ref.tag]}]\n`
  const files = (version: string): Record<string, string> => ({
    'base/source.yaml': `${release('shop-a')}---\n${release('shop-b')}`,
    'base/kustomization.yaml': 'resources: [source.yaml]\n',
    'overlay/kustomization.yaml': overlay(version),
    'blog/source.yaml': ociSource('${BLOG_VERSION}'),
    'blog.yaml': variable(version),
    'wiki/kustomization.yaml': replacement(version),
    'wiki/source.yaml': ociSource('0.0.0'),
  })
  const root = tree(files('1.2.3'))
  expect(await run(root, 'outdated', '--apply')).toMatchObject({ exitCode: 0 })
  const now = Object.keys(files('')).map((path) => [path, readFileSync(join(root, path), 'utf8')])
  expect(Object.fromEntries(now)).toEqual(files('1.3.0'))
})

test('a chart that a ResourceSet makes for each input shows what it changes for each, and is moved by --apply', async () => {
  const set = (first: string, second: string): string => `apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: shops, namespace: shop}
spec:
  inputs:
  - {tenant: north, version: ${first}}
  - {tenant: south, version: ${second}}
  resources:
  - apiVersion: source.toolkit.fluxcd.io/v1
    kind: OCIRepository
    metadata: {name: "shop-<< inputs.tenant >>"}
    spec:
      url: oci://${registry.address}/charts/shop
      insecure: true
      ref: {tag: "<< inputs.version >>"}
  - apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: "app-<< inputs.tenant >>"}
    spec:
      chartRef: {kind: OCIRepository, name: "shop-<< inputs.tenant >>"}
      values: {legacy: true}
`
  const root = tree({ 'shops.yaml': set('1.2.3', '1.2.4') })
  const said = jsonOf(await run(root, 'outdated', '--output', 'json'))
  const gone = [{ path: 'legacy' }]
  expect(said.outdated).toMatchObject([
    { version: '1.2.3', to: '1.3.0', changes: [{ release: 'HelmRelease app-north', values: { gone } }] },
    { version: '1.2.4', to: '1.3.0', changes: [{ release: 'HelmRelease app-south', values: { gone } }] },
  ])
  expect(await run(root, 'outdated', '--apply')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(root, 'shops.yaml'), 'utf8')).toBe(set('1.3.0', '1.3.0'))
})

describe('a chart in a repository', () => {
  const hr = (version: string): string =>
    release(
      {
        chart: {
          spec: {
            chart: 'shop',
            version,
            sourceRef: { kind: 'HelmRepository', name: 'acme', namespace: 'flux-system' },
          },
        },
      },
      SET,
    )
  const files = (): Record<string, string> => ({
    'apps/shop/release.yaml': hr('1.2.3'),
    'sources/acme.yaml': stringify({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'HelmRepository',
      metadata: { name: 'acme' },
      spec: { interval: '1h', url: repository },
    }),
  })

  test('shows what it changes although its release has no lock', async () => {
    const said = jsonOf(await run(tree(files()), 'outdated', '--output', 'json'))
    expect(said).toMatchObject({
      outdated: [
        {
          name: `${repository}/shop`,
          newest: { patch: '1.2.4', minor: '1.3.0', major: '2.0.0' },
          changes: [
            {
              release: 'HelmRelease app',
              values: { unknown: ['typo'], retyped: [{ path: 'auth.hosts', before: 'list', after: 'map' }] },
              rendered: expect.arrayContaining(['+ host access: Job migrate: hostNetwork']),
            },
          ],
        },
      ],
      notAnswered: [],
    })
  })

  test('says nothing but what it found, however many releases it has', async () => {
    const { 'apps/shop/release.yaml': text = '', ...others } = files()
    const releases = Array.from({ length: 6 }, (_, index) => [`apps/shop-${index}/release.yaml`, text] as const)
    const { stdout, stderr } = await run(tree({ ...others, ...Object.fromEntries(releases) }), 'outdated')
    expect(stderr).toBe('')
    expect(stdout.match(/^ {2}HelmRelease app:$/gm)).toHaveLength(6)
  })

  test('is moved by --apply', async () => {
    const root = tree(files())
    const { stderr, exitCode } = await run(root, 'outdated', '--apply')
    expect({ stderr, exitCode }).toEqual({ stderr: 'krm-hardening: wrote apps/shop/release.yaml\n', exitCode: 0 })
    expect(readFileSync(join(root, 'apps/shop/release.yaml'), 'utf8')).toBe(hr('1.3.0'))
  })
})

test('an image in a registry moves with its digest', async () => {
  const name = `${registry.address}/acme/web`
  const digests = new Map<string, string>()
  for (const tag of ['1.4.1', '1.5.0', '1.6.0-rc.1', '2.0.0'])
    digests.set(tag, await registry.put(`${name}:${tag}`, tag))
  const pod = (tag: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: web\n    image: ${name}:${tag}@${digests.get(tag)}\n`
  const root = tree({ 'pod.yaml': pod('1.4.1') })
  expect(await run(root, 'outdated', '--apply')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(join(root, 'pod.yaml'), 'utf8')).toBe(pod('1.5.0'))
})

test('--apply and --no-changes exclude each other', async () => {
  const { stderr, exitCode } = await run(tree({}), 'outdated', '--apply', '--no-changes')
  expect({ stderr, exitCode }).toEqual({
    stderr: 'error: expected --apply or --no-changes, not both: locks are renewed from what charts render\n',
    exitCode: 2,
  })
})
