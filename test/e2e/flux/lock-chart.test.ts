import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type Fields, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { PUBLISHED_IMAGE } from '../../../functions/lib/runner/published-image.ts'
import { type Ended, edit, folder, krmHardening, removeFolders, tree } from '../../cli/lib/command-line.ts'
import { builtWithGo, TIME_TO_BUILD } from '../../support/programs.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { objectsOf } from '../../support/stacks.ts'

// A chart in a real registry, pulled by a real helm: what its lock says, and what a policy says of its digest.

const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': stringify({ apiVersion: 'v2', name: 'web', version: '1.0.0' }),
  'templates/service.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}]}
`,
  'templates/monitor.yaml': `{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec: {endpoints: [{port: http}], selector: {}}
{{- end }}
{{- if .Capabilities.APIVersions.Has "policy.example.com/v1/Rule" }}
---
apiVersion: policy.example.com/v1
kind: Rule
metadata: {name: web}
{{- end }}
`,
}

let registry: Registry
let env: Record<string, string>

beforeAll(async () => {
  const helm = builtWithGo('helm.sh/helm/v3/cmd/helm', 'v3.18.6', 'The tests of HelmReleases need helm')
  const bin = folder()
  symlinkSync(helm, join(bin, 'helm'))
  registry = await startRegistry([])
  env = { ...registry.env, PATH: `${bin}:${process.env.PATH}` }
  const insecure = `[[registry]]\nlocation = "${registry.address}"\ninsecure = true\n`
  writeFileSync(join(registry.env.HOME, '.config/containers/registries.conf'), insecure)
  const chart = tree(CHART)
  const packages = folder()
  mkdirSync(packages, { recursive: true })
  execFileSync(helm, ['package', chart, '--destination', packages], { stdio: 'pipe' })
  execFileSync(helm, ['push', join(packages, 'web-1.0.0.tgz'), `oci://${registry.address}/charts`, '--plain-http'], {
    stdio: 'pipe',
  })
}, TIME_TO_BUILD)
afterAll(async () => {
  await registry.stop()
  removeFolders()
})

const run = (cwd: string, ...args: string[]): Promise<Ended> => krmHardening(args, { cwd, env })

/** A stack that installs the chart, before it has a lock. */
function stack(ref: Fields = {}): string {
  const meta = { name: 'web', namespace: 'shop' }
  const objects = [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'OCIRepository',
      metadata: meta,
      spec: {
        interval: '1h',
        url: `oci://${registry.address}/charts/web`,
        insecure: true,
        ref: { tag: '1.0.0', ...ref },
      },
    },
    {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: meta,
      spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'web' } },
    },
  ]
  const policy = {
    apiVersion: 'krm-hardening.dev/v1alpha1',
    kind: 'Hardening',
    metadata: {
      name: 'hardening',
      annotations: { 'config.kubernetes.io/function': `container: {image: "${PUBLISHED_IMAGE}"}` },
    },
    spec: { images: { internal: { [registry.address]: { reason: 'the registry of this test' } } } },
  }
  return tree({
    'release.yaml': objects.map((object) => stringify(object)).join('---\n'),
    'policy.yaml': stringify(policy),
    'kustomization.yaml': 'resources: [release.yaml, web.lock.yaml]\ntransformers: [policy.yaml]\n',
  })
}

const lockOf = (root: string): KubernetesObject => {
  const [lock] = objectsOf(readFileSync(join(root, 'web.lock.yaml'), 'utf8'))
  if (!lock) throw new Error('the file has no lock')
  return lock
}
const kindsIn = (root: string): string[] =>
  (valueAt(lockOf(root), ['spec', 'objects']) as KubernetesObject[]).map(({ kind }) => kind)

describe('a chart that asks which APIs there are', () => {
  test('is told only those of Kubernetes by default', async () => {
    const root = stack()
    expect(await run(root, 'lock', '--chart', 'release.yaml')).toMatchObject({ exitCode: 0 })
    expect(kindsIn(root)).toEqual(['Service'])
    expect(valueAt(lockOf(root), ['spec', 'apiVersions'])).toBeUndefined()
  })

  test('is told those of --api-versions, which the lock keeps until they are changed', async () => {
    const root = stack()
    const apiVersions = ['monitoring.coreos.com/v1', 'policy.example.com/v1/Rule']
    await run(root, 'lock', '--chart', 'release.yaml', '--api-versions', apiVersions.join(','))
    expect(kindsIn(root).sort()).toEqual(['Rule', 'Service', 'ServiceMonitor'])
    expect(valueAt(lockOf(root), ['spec', 'apiVersions'])).toEqual(apiVersions)
    expect(await run(root, 'lock', '--chart', 'release.yaml', '--check')).toMatchObject({ exitCode: 0 })
    expect(await run(root, 'render', '.')).toMatchObject({ exitCode: 0 })
    const fewer = ['lock', '--chart', 'release.yaml', '--api-versions', 'monitoring.coreos.com/v1']
    expect(await run(root, ...fewer, '--check')).toMatchObject({ exitCode: 1 })
    await run(root, ...fewer)
    expect(kindsIn(root).sort()).toEqual(['Service', 'ServiceMonitor'])
  })
})

describe('the digest of a chart', () => {
  let digest: string
  beforeAll(async () => {
    const root = stack()
    await run(root, 'lock', '--chart', 'release.yaml')
    digest = String(valueAt(lockOf(root), ['spec', 'chart', 'digest']))
  })

  test('is that of the registry, in the lock of the chart and in the lock of a policy', async () => {
    const root = stack()
    const reference = `${registry.address}/charts/web:1.0.0`
    const { stdout, exitCode } = await run(root, 'lock', 'policy.yaml', reference)
    expect({ stdout, exitCode }).toEqual({
      stdout: `${reference}: ${digest}\n1 images asked for, 1 changed\n`,
      exitCode: 0,
    })
    const [policy] = objectsOf(readFileSync(join(root, 'policy.yaml'), 'utf8'))
    expect(valueAt(policy, ['spec', 'images', 'digests'])).toEqual({ [reference]: digest })
  })

  test('is written next to the tag by render', async () => {
    const root = stack()
    await run(root, 'lock', '--chart', 'release.yaml')
    const { stdout } = await run(root, 'render', '.')
    const source = objectsOf(stdout).find(({ kind }) => kind === 'OCIRepository')
    expect(valueAt(source, ['spec', 'ref'])).toEqual({ tag: '1.0.0', digest })
  })

  test('may be written by hand, and must then be that of the lock', async () => {
    const root = stack({ digest })
    await run(root, 'lock', '--chart', 'release.yaml')
    expect(await run(root, 'render', '.')).toMatchObject({ exitCode: 0 })
    const other = `sha256:${'0'.repeat(64)}`
    edit(join(root, 'release.yaml'), (text) => text.replace(digest, other))
    const { stdout, stderr, exitCode } = await run(root, 'render', '.')
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain(
      `error: image-mirror-digest/chart-digest: OCIRepository shop/web: spec.ref.digest: found ${other}, but the ChartLock was made from ${digest}`,
    )
  })
})
