import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { digestOf } from '../../../functions/lib/charts/canonical-json.ts'
import { applyPatch } from '../../../functions/lib/charts/json-patch.ts'
import { managedPatches, Targets } from '../../../functions/lib/charts/post-renderer.ts'
import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { PUBLISHED_IMAGE } from '../../../functions/lib/runner/published-image.ts'
import { folder, krmHardening, removeFolders } from '../../cli/lib/command-line.ts'
import { builtWithGo, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf } from '../../support/stacks.ts'
import { podSecurity, podSecurityFindings } from './lib/pod-security.ts'
import { postRender, postRenderer } from './lib/post-render.ts'

// A HelmRelease from its chart to what helm-controller applies: a real helm, a real registry, and the post-renderer of
// helm-controller itself, which sees hooks too from Flux 2.9 on.
// Source: https://fluxcd.io/flux/components/helm/helmreleases/#post-renderers
const root = folder()
const STACK = join(root, 'stack')
const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const POLICY = {
  apiVersion: 'krm-hardening.dev/v1alpha1',
  kind: 'Hardening',
  metadata: {
    name: 'hardening',
    annotations: { 'config.kubernetes.io/function': `container: {image: "${PUBLISHED_IMAGE}"}` },
  },
  spec: {
    flux: { version: '2.9' },
    images: {
      mirrors: { '*': 'registry.example.com/mirror' },
      digests: {
        busybox: digest('a'),
        'quay.io/example/sidecar': digest('b'),
        'example/web': digest('c'),
        postgres: digest('d'),
        'example/check': digest('e'),
        'quay.io/jetstack/cert-manager-acmesolver': digest('f'),
        'quay.io/prometheus/alertmanager': digest('0'),
      },
    },
    securityContext: {},
    replication: {},
    networkPolicy: {},
    flows: { 'shop/app-web:http': { from: ['edge/edge'] } },
  },
}

const META = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' }

let registry: Registry
let helm: string
const inHelm = (...args: string[]): string => execFileSync(helm, args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
const publish = (version: string, edit: (chart: string) => void = () => undefined): void => {
  const chart = join(root, `chart-${version}`)
  cpSync(join(__dirname, 'chart'), chart, { recursive: true })
  edit(chart)
  inHelm('package', chart, '--version', version)
  inHelm('push', `web-${version}.tgz`, `oci://${registry.address}/charts`, '--plain-http')
}
const writeRelease = (version: string, values: Fields = { replicas: 3 }): void =>
  writeFileSync(
    join(STACK, 'release.yaml'),
    `${stringify({
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'OCIRepository',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { interval: '1h', url: `oci://${registry.address}/charts/web`, insecure: true, ref: { tag: version } },
    })}---\n${stringify({
      ...META,
      metadata: { name: 'app', namespace: 'shop' },
      spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'web' }, values },
    })}`,
  )
const withHelm = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` })
const lock = (...args: string[]) =>
  krmHardening(['lock', '--chart', 'release.yaml', ...args], { cwd: STACK, env: withHelm() })
const render = () => krmHardening(['render', 'stack'], { cwd: root })

/** What Helm makes of a version of the chart. */
function template(release: KubernetesObject, version: string): string {
  const values = join(root, 'values.json')
  writeFileSync(values, JSON.stringify(valueAt(release, ['spec', 'values'])))
  const url = `oci://${registry.address}/charts/web`
  const chart = [url, '--plain-http', '--version', version, '--namespace', 'shop', '--values', values]
  return inHelm('template', 'app', ...chart)
}

/** What helm-controller makes of that with the entries of a HelmRelease, object by object. */
const installed = (release: KubernetesObject, version: string, manifests = template(release, version)): string[] =>
  postRender(release, manifests).split(/^---\n/m)

let rendered: KubernetesObject[]
/** In the namespace of the release, and without the labels by which helm-controller says what it installed. */
function asApplied({ metadata: { labels = {}, ...metadata }, ...object }: KubernetesObject): KubernetesObject {
  const own = Object.entries(labels ?? {}).filter(([key]) => !key.startsWith('helm.toolkit.fluxcd.io/'))
  const kept = own.length > 0 ? { labels: Object.fromEntries(own) } : {}
  return { ...object, metadata: { namespace: 'shop', ...metadata, ...kept } } as KubernetesObject
}
/** With an entry that patches nothing: Kustomize itself drops empty annotations and nulls. */
const withoutPatches = (release: KubernetesObject): KubernetesObject => ({
  ...release,
  spec: { ...(release.spec as Fields), postRenderers: [{ kustomize: { patches: [] } }] },
})
const releaseOf = (objects: readonly KubernetesObject[]): KubernetesObject =>
  objects.find(({ kind }) => kind === 'HelmRelease') as KubernetesObject

beforeAll(async () => {
  helm = builtWithGo('helm.sh/helm/v3/cmd/helm', 'v3.18.6', 'The tests of HelmReleases need helm')
  // Builds the programs here, where the limit of time is long enough.
  for (const program of [podSecurity, postRenderer]) program()
  registry = await startRegistry([])
  for (const name of ['bin', 'stack']) mkdirSync(join(root, name))
  symlinkSync(helm, join(root, 'bin/helm'))
  publish('1.0.0')
  publish('1.1.0', (chart) => {
    const file = join(chart, 'values.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('container: web', 'container: server'))
  })
  publish('1.2.0', (chart) => {
    const file = join(chart, 'templates/web.yaml')
    const twice = 'apiVersion: v1\nkind: Service\nmetadata: {name: twice}\nspec: {ports: [{port: 80}]}\n'
    writeFileSync(file, [readFileSync(file, 'utf8'), twice, twice].join('---\n'))
  })
  writeRelease('1.0.0')
  writeFileSync(
    join(STACK, 'namespace.yaml'),
    stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }),
  )
  const images = { ...POLICY.spec.images, internal: { [registry.address]: { reason: 'the registry of this test' } } }
  writeFileSync(join(STACK, 'policy.yaml'), stringify({ ...POLICY, spec: { ...POLICY.spec, images } }))
  writeFileSync(
    join(STACK, 'kustomization.yaml'),
    stringify({ resources: ['namespace.yaml', 'release.yaml', 'app.lock.yaml'], transformers: ['policy.yaml'] }),
  )
  expect(await lock()).toMatchObject({ exitCode: 0 })
  const { stdout } = await render()
  rendered = objectsOf(stdout)
}, TIME_TO_BUILD)
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

test('the lock has the digest of the chart, and nothing of its Secrets', () => {
  const text = readFileSync(join(STACK, 'app.lock.yaml'), 'utf8')
  expect(text).toMatch(/^ {4}digest: sha256:[a-f0-9]{64}$/m)
  expect(text).not.toContain('password')
})

test('lock --check --output json lists every image whose digest a registry has to give', async () => {
  const { stdout } = await lock('--check', '--output', 'json')
  expect(JSON.parse(stdout)).toMatchObject([
    {
      isCurrent: true,
      images: [
        'docker.io/library/busybox:1.36',
        'example/check:1',
        'example/web:1.4.2',
        'postgres:15',
        'quay.io/example/sidecar:v2',
        'quay.io/jetstack/cert-manager-acmesolver:v1.20.2',
        'quay.io/prometheus/alertmanager:v0.28.1',
      ],
    },
  ])
})

describe('what helm-controller applies', () => {
  let texts: string[]
  let plain: string[]
  let objects: KubernetesObject[]
  beforeAll(() => {
    // Once for both, because the chart makes another password each time.
    const manifests = template(releaseOf(rendered), '1.0.0')
    texts = installed(releaseOf(rendered), '1.0.0', manifests)
    plain = installed(withoutPatches(releaseOf(rendered)), '1.0.0', manifests)
    objects = texts.flatMap(objectsOf)
  })

  test('is clean for Pod Security admission at level restricted, hooks too', () => {
    expect(podSecurityFindings(objects)).toEqual([])
    expect(podSecurityFindings(plain.flatMap(objectsOf)).map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(['Deployment app-web', 'StatefulSet app-db', 'Job app-check']),
    )
  })

  test('is hardened: nothing is left to change', async () => {
    const inCluster = objects.map(asApplied)
    const generated = rendered.filter(({ kind }) => kind !== 'HelmRelease' && kind !== 'OCIRepository')
    const stdin = [...inCluster, ...generated].map((object) => stringify(object, { version: '1.1' })).join('---\n')
    const { stdout, exitCode } = await krmHardening(['verify', '-', '--policy', 'stack/policy.yaml'], {
      cwd: root,
      stdin,
    })
    expect({ errors: stdout.match(/^ *error: .*/gm) ?? [], exitCode }).toEqual({ errors: [], exitCode: 0 })
  })

  test('has no other containers, and every image by its digest', () => {
    const templates = objects.flatMap((object) => podTemplateOf(object) ?? [])
    const containers = templates.flatMap((one) => containersOf(one).map(({ container }) => container))
    expect(containers.map(({ name }) => name).sort()).toEqual(['check', 'db', 'setup', 'sidecar', 'web'])
    for (const { image } of containers) expect(image).toMatch(/^registry\.example\.com\/mirror\/.*@sha256:/)
  })

  test('has the images in arguments and custom resources by digest too', () => {
    expect(JSON.stringify(objects)).toContain(`cert-manager-acmesolver@${digest('f')}`)
    const alertmanager = objects.find(({ kind }) => kind === 'Alertmanager')
    expect(valueAt(alertmanager, ['spec', 'image'])).toContain(digest('0'))
  })

  test('differs from the chart only by the patches, to the byte', () => {
    const patches = managedPatches(releaseOf(rendered))
    expect(patches.length).toBeGreaterThan(3)
    expect(texts).toHaveLength(plain.length)
    const targets = new Targets(plain.flatMap(objectsOf))
    for (const [index, text] of texts.entries()) {
      const [before] = objectsOf(plain[index] ?? '') as [KubernetesObject]
      const operations = patches.filter(({ target }) => isDeepStrictEqual(target, targets.of(before)))
      if (operations.length === 0) expect(text).toBe(plain[index])
      for (const patch of operations) expect(applyPatch(before, patch.operations)).toBeUndefined()
      expect(objectsOf(text)).toEqual([before])
    }
  })
})

test('a version of the chart that renames a container fails in helm-controller', () => {
  expect(() => installed(releaseOf(rendered), '1.1.0')).toThrow(
    /testing value \/spec\/template\/spec\/containers\/1\/name failed/,
  )
})

describe('a chart that is bumped', () => {
  beforeAll(() => writeRelease('1.1.0'))

  test('is refused without its lock, with the command that makes it', async () => {
    const { stdout, stderr, exitCode } = await render()
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('error: charts/other-version: HelmRelease shop/app: ')
    expect(stderr).toContain('krm-hardening lock --chart')
  })

  test('is found by lock --check, which writes nothing', async () => {
    const before = readFileSync(join(STACK, 'app.lock.yaml'), 'utf8')
    expect(await lock('--check')).toMatchObject({ exitCode: 1 })
    expect(readFileSync(join(STACK, 'app.lock.yaml'), 'utf8')).toBe(before)
  })

  test('is shown to its reviewer when the lock is renewed, and renders again', async () => {
    const { stdout } = await lock()
    expect(stdout).toContain('  - container: Deployment app-web: web\n')
    expect(stdout).toContain('  + container: Deployment app-web: server\n')
    expect(await render()).toMatchObject({ exitCode: 0 })
    expect(await lock('--check')).toMatchObject({ exitCode: 0 })
  })
})

describe('a chart that renders one object twice', () => {
  beforeAll(async () => {
    writeRelease('1.2.0')
    await lock()
  })
  afterAll(() => writeRelease('1.1.0'))

  test('cannot be post-rendered by helm-controller', () => {
    expect(() => installed(releaseOf(rendered), '1.2.0')).toThrow(/already registered id/)
  })

  test('is refused before that', async () => {
    const { stdout, stderr, exitCode } = await render()
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('error: charts/duplicate-object: HelmRelease shop/app: ')
  })
})

describe('a release whose values an overlay patches', () => {
  const overlay = join(root, 'overlay')
  beforeAll(() => {
    writeRelease('1.0.0')
    for (const path of [overlay, join(root, 'base')]) mkdirSync(path)
    for (const file of ['release.yaml', 'namespace.yaml']) cpSync(join(STACK, file), join(root, 'base', file))
    writeFileSync(join(root, 'base/kustomization.yaml'), 'resources: [release.yaml, namespace.yaml]\n')
    const patch = { ...META, metadata: { name: 'app', namespace: 'shop' }, spec: { values: { replicas: 5 } } }
    writeFileSync(join(overlay, 'values.yaml'), stringify(patch))
    writeFileSync(
      join(overlay, 'kustomization.yaml'),
      stringify({ resources: ['../base'], patches: [{ path: 'values.yaml' }] }),
    )
  })

  test('is locked as its overlay builds it', async () => {
    const locked = await krmHardening(['lock', '--chart', 'overlay'], { cwd: root, env: withHelm() })
    expect(locked).toMatchObject({
      stderr: expect.not.stringContaining('error:'),
      stdout: expect.stringMatching(/^overlay\/app\.lock\.yaml: new: /),
    })
    const [object] = objectsOf(readFileSync(join(overlay, 'app.lock.yaml'), 'utf8'))
    const deployment = (valueAt(object, ['spec', 'objects']) as KubernetesObject[]).find(
      ({ kind }) => kind === 'Deployment',
    )
    expect(valueAt(deployment, ['spec', 'replicas'])).toBe(5)
    expect(valueAt(object, ['spec', 'values'])).toBe(digestOf({ replicas: 5 }))
  })

  test('is refused in a folder that has none', async () => {
    mkdirSync(join(root, 'empty'))
    cpSync(join(STACK, 'namespace.yaml'), join(root, 'empty/namespace.yaml'))
    writeFileSync(join(root, 'empty/kustomization.yaml'), 'resources: [namespace.yaml]\n')
    const { stderr, exitCode } = await krmHardening(['lock', '--chart', 'empty'], { cwd: root, env: withHelm() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('empty: found no HelmRelease that takes a lock, expected one')
  })
})
