import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { PUBLISHED_IMAGE } from '../../../functions/lib/runner/published-image.ts'
import { folder, krmHardening, removeFolders } from '../../cli/lib/command-line.ts'
import { builtWithGo, kustomizeProgram, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf } from '../../support/stacks.ts'

// A HelmRelease from its chart to what helm-controller would apply: a real helm, a real registry, and Kustomize over the
// chart's output with the patches of spec.postRenderers and nothing else, as the controller runs it.
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
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'app', namespace: 'shop' },
      spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'web' }, values },
    })}`,
  )
const withHelm = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` })
const lock = (...args: string[]) =>
  krmHardening(['lock', '--chart', 'release.yaml', ...args], { cwd: STACK, env: withHelm() })
const render = () => krmHardening(['render', 'stack'], { cwd: root })

/** What helm-controller makes of a version of the chart with the entries of a rendered HelmRelease. */
function postRender(release: KubernetesObject, version: string): KubernetesObject[] {
  const values = join(root, 'values.json')
  writeFileSync(values, JSON.stringify(valueAt(release, ['spec', 'values'])))
  const url = `oci://${registry.address}/charts/web`
  let text = inHelm(
    'template',
    'app',
    url,
    '--plain-http',
    '--version',
    version,
    '--namespace',
    'shop',
    '--no-hooks',
    '--values',
    values,
  )
  for (const { kustomize } of valueAt(release, ['spec', 'postRenderers']) as { kustomize: Fields }[]) {
    const step = folder()
    writeFileSync(join(step, 'all.yaml'), text)
    writeFileSync(join(step, 'kustomization.yaml'), stringify({ resources: ['all.yaml'], ...kustomize }))
    text = execFileSync(kustomizeProgram(), ['build', step], { encoding: 'utf8', stdio: 'pipe' })
  }
  return objectsOf(text)
}

let rendered: KubernetesObject[]
const releaseOf = (objects: readonly KubernetesObject[]): KubernetesObject =>
  objects.find(({ kind }) => kind === 'HelmRelease') as KubernetesObject

beforeAll(async () => {
  helm = builtWithGo('helm.sh/helm/v3/cmd/helm', 'v3.18.6', 'The tests of HelmReleases need helm')
  registry = await startRegistry([])
  for (const name of ['bin', 'stack']) mkdirSync(join(root, name))
  symlinkSync(helm, join(root, 'bin/helm'))
  publish('1.0.0')
  publish('1.1.0', (chart) => {
    const file = join(chart, 'values.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('container: web', 'container: server'))
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

test('what helm-controller makes of it is hardened: nothing is left to change', async () => {
  const objects = postRender(releaseOf(rendered), '1.0.0')
  const inCluster = objects.map((object) => ({ ...object, metadata: { namespace: 'shop', ...object.metadata } }))
  // The hook runs as its chart has it, and helm template leaves it out here; its network policy is for that pod alone.
  const generated = rendered.filter(
    ({ kind, metadata }) => kind !== 'HelmRelease' && kind !== 'OCIRepository' && metadata.name !== 'app-check',
  )
  const stdin = [...inCluster, ...generated].map((object) => stringify(object, { version: '1.1' })).join('---\n')
  const { stdout, exitCode } = await krmHardening(['verify', '-', '--policy', 'stack/policy.yaml'], {
    cwd: root,
    stdin,
  })
  expect({ errors: stdout.match(/^ *error: .*/gm) ?? [], exitCode }).toEqual({ errors: [], exitCode: 0 })
})

test('it adds no container, and every image has a digest', () => {
  const templates = postRender(releaseOf(rendered), '1.0.0').flatMap((object) => podTemplateOf(object) ?? [])
  const containers = templates.flatMap((template) => containersOf(template).map(({ container }) => container))
  expect(containers.map(({ name }) => name).sort()).toEqual(['db', 'setup', 'sidecar', 'web'])
  for (const { image } of containers) expect(image).toMatch(/^registry\.example\.com\/mirror\/.*@sha256:/)
})

test('arguments and custom resources are reached', () => {
  const objects = postRender(releaseOf(rendered), '1.0.0')
  expect(JSON.stringify(objects)).toContain(`cert-manager-acmesolver@${digest('f')}`)
  const alertmanager = objects.find(({ kind }) => kind === 'Alertmanager')
  expect(valueAt(alertmanager, ['spec', 'image'])).toContain(digest('0'))
})

test('a version of the chart that renames a container fails in helm-controller', () => {
  expect(() => postRender(releaseOf(rendered), '1.1.0')).toThrow(
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

  test('is found by --check, which writes nothing', async () => {
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
