import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { CLI, type Ended, krmHardening } from '../../../cli/lib/command-line.ts'
import { eventually } from '../../../support/eventually.ts'
import { TIME_TO_BUILD } from '../../../support/programs.ts'
import { objectsOf, root } from '../../../support/stacks.ts'
import { type Cluster, startCluster } from '../lib/cluster.ts'
import { builtPrograms } from '../lib/programs.ts'
import { apply, flux, fluxDefinitions, kustomization, readiness, setStatus } from './lib/flux.ts'

// `krm-hardening status` against a real API server with the definitions of Flux: the tests say what its controllers would say.

let cluster: Cluster
/** A kubeconfig for an account that has exactly the ClusterRole of docs/status.md. */
let reader: string
beforeAll(async () => {
  cluster = await startCluster(builtPrograms())
  await apply(cluster, namespace('media'), namespace('web'))
  reader = await accountWith('reader', roleOfDocs())
}, TIME_TO_BUILD)
afterAll(() => cluster?.stop())

const namespace = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

function roleOfDocs(): KubernetesObject {
  const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, 'docs/status.md'), 'utf8')) ?? []
  const [role] = objectsOf(text)
  if (role?.kind !== 'ClusterRole') throw new Error('docs/status.md has no ClusterRole')
  return role
}

/** A kubeconfig for a new account that may do what the role says: in one namespace, or everywhere. */
async function accountWith(name: string, role: KubernetesObject, where?: string): Promise<string> {
  const rbac = 'rbac.authorization.k8s.io'
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: where === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...(where !== undefined && { namespace: where }) },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role.metadata.name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'web' }],
  }
  await apply(
    cluster,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'web' } },
    role,
    binding,
  )
  const { stdout } = await cluster.kubectl(['create', 'token', name, '--namespace=web'])
  return cluster.kubeconfig(stdout.trim())
}

const status = (args: readonly string[] = [], kubeconfig = reader): Promise<Ended> =>
  krmHardening(['status', '--kubeconfig', kubeconfig, ...args])

interface Cause {
  objects: {
    kind: string
    name: string
    state: string
    reason?: string
    message?: string
    events?: { message: string }[]
  }[]
  circle?: string[]
  effects: Cause[]
}

/** `Kind name state`, each with what follows from it. */
const shape = (causes: readonly Cause[]): unknown[] =>
  causes.map(({ objects, effects }) => {
    const names = objects.map(({ kind, name, state }) => `${kind} ${name} ${state}`).join(', ')
    return effects.length > 0 ? { [names]: shape(effects) } : names
  })
const causes = async (): Promise<Cause[]> =>
  (JSON.parse((await status(['-o', 'json'])).stdout) as { causes: Cause[] }).causes
const remove = (...paths: string[]) => cluster.kubectl(['delete', '--namespace=media', '--wait', ...paths])

test('a cluster without Flux cannot be asked', async () => {
  const { stdout, stderr, exitCode } = await status()
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  expect(stderr).toMatch(/^error: Flux is not installed in test at https:/)
})

describe('with Flux', () => {
  beforeAll(async () => {
    await apply(cluster, ...fluxDefinitions())
    await eventually(
      () =>
        cluster.kubectl(['get', 'kustomizations,helmreleases,gitrepositories,externalartifacts', '--all-namespaces']),
      ({ exitCode }) => exitCode === 0,
    )
    await apply(cluster, flux('GitRepository', 'lab', { url: 'https://git.example.com/lab', ref: { branch: 'main' } }))
    await setStatus(cluster, 'gitrepository/lab', readiness('True', 'Succeeded'))
  })

  test('what is healthy ends with 0', async () => {
    await apply(cluster, kustomization('apps'))
    await setStatus(cluster, 'kustomization/apps', readiness('True', 'ReconciliationSucceeded'))
    expect(await status()).toEqual({
      exitCode: 0,
      stdout: '✓ healthy: 2 objects of Flux, 0 pods, 0 volume claims, 0 nodes\n',
      stderr: '',
    })
  })

  test('a missing source', async () => {
    await apply(cluster, kustomization('lost', { sourceRef: { kind: 'GitRepository', name: 'nowhere' } }))
    await setStatus(cluster, 'kustomization/lost', readiness('False', 'ArtifactFailed', 'Source not found\u001b[2J'))
    expect(shape(await causes())).toEqual([{ 'GitRepository nowhere missing': ['Kustomization lost failed'] }])
    const { stdout, exitCode } = await status()
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^✗ GitRepository media\/nowhere is missing\n {4}named by Kustomization media\/lost\n {2}→ Kustomization media\/lost failed: ArtifactFailed: Source not found \(for/,
    )
    await remove('kustomization/lost')
  })

  test('a circle of dependencies', async () => {
    await apply(
      cluster,
      kustomization('one', { dependsOn: [{ name: 'two' }] }),
      kustomization('two', { dependsOn: [{ name: 'one' }] }),
    )
    for (const name of ['one', 'two'])
      await setStatus(cluster, `kustomization/${name}`, readiness('False', 'DependencyNotReady'))
    expect(await causes()).toMatchObject([
      { circle: ['Kustomization media/one', 'Kustomization media/two', 'Kustomization media/one'], effects: [] },
    ])
    await remove('kustomization/one', 'kustomization/two')
  })

  test('a suspended parent', async () => {
    const labels = { 'kustomize.toolkit.fluxcd.io/name': 'parent', 'kustomize.toolkit.fluxcd.io/namespace': 'media' }
    await apply(cluster, kustomization('parent', { suspend: true }), kustomization('child', {}, labels))
    await setStatus(cluster, 'kustomization/parent', readiness('True', 'ReconciliationSucceeded'))
    await setStatus(cluster, 'kustomization/child', readiness('False', 'BuildFailed', 'no such file'))
    expect(shape(await causes())).toEqual([{ 'Kustomization parent suspended': ['Kustomization child failed'] }])
    await remove('kustomization/parent', 'kustomization/child')
  })

  test('a failed install is explained by a crash loop', async () => {
    const ofApps = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'media' }
    const ofFilms = { 'helm.toolkit.fluxcd.io/name': 'films', 'helm.toolkit.fluxcd.io/namespace': 'media' }
    const chart = { chart: { spec: { chart: 'films', sourceRef: { kind: 'GitRepository', name: 'lab' } } } }
    await apply(cluster, flux('HelmRelease', 'films', chart, ofApps), deployment('films', ofFilms))
    await setStatus(cluster, 'helmrelease/films', readiness('False', 'InstallFailed', 'context deadline exceeded'))
    const pod = await eventually(podsOf('films'), ([name]) => name !== undefined)
    await setStatus(cluster, `pod/${pod[0]}`, CRASHING)
    await apply(cluster, backOff(pod[0] ?? ''))
    const found = await eventually(causes, (all) => JSON.stringify(shape(all)).includes('Deployment'))
    expect(shape(found)).toEqual([
      { [`Pod ${pod[0]} failed`]: [{ 'Deployment films not ready': ['HelmRelease films failed'] }] },
    ])
    expect(found[0]?.objects[0]).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: 'container app ended with exit code 1 (Error)',
      restarts: 4,
      events: [{ message: 'Back-off restarting failed container' }],
    })
    await remove('deployment/films', 'helmrelease/films')
    await eventually(podsOf('films'), (names) => names.length === 0)
  })

  test('the role of the documentation is enough, and may not read a Secret', async () => {
    expect(await status()).toMatchObject({ exitCode: 0, stderr: '' })
    const { stdout } = await cluster.kubectl(['auth', 'can-i', 'get', 'secrets', '--kubeconfig', reader])
    expect(stdout.trim()).toBe('no')
  })

  describe('an account that may read less', () => {
    const without = (name: string, plural: string): KubernetesObject => {
      const role = roleOfDocs()
      const rules = role.rules as { resources: string[] }[]
      return {
        ...role,
        metadata: { name },
        rules: rules
          .map((rule) => ({ ...rule, resources: rule.resources.filter((one) => one !== plural) }))
          .filter(({ resources }) => resources.length > 0),
      }
    }

    test('is told which kind it may not read', async () => {
      const { stdout, exitCode } = await status(
        [],
        await accountWith('no-releases', without('no-releases', 'helmreleases')),
      )
      expect(exitCode).toBe(2)
      expect(stdout).toContain('not read: helmreleases.helm.toolkit.fluxcd.io: this account may not list it\n')
    })

    test('is told which namespace it may not read', async () => {
      const kubeconfig = await accountWith('of-media', without('of-media', 'nodes'), 'media')
      const { stdout, exitCode } = await status(['--namespace', 'media', 'web'], kubeconfig)
      expect(exitCode).toBe(2)
      expect(stdout).toContain(
        'not read: kustomizations.kustomize.toolkit.fluxcd.io in web: this account may not list it\n',
      )
      expect(stdout).toContain('not read: nodes: this account may not list it\n')
      expect(stdout).toContain('found in what may be read: 2 objects of Flux')
    })

    test('and is nobody cannot ask', async () => {
      const { stdout, stderr, exitCode } = await status([], cluster.kubeconfig('of-nobody'))
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
      expect(stderr).toContain('401, Unauthorized')
    })
  })

  test('on a terminal a watch draws over what was there, and Ctrl-C ends it', async () => {
    const line = `'${process.execPath}' '${CLI}' status --watch --kubeconfig '${reader}'`
    // The terminal is one of util-linux.
    const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'])
    let screen = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text
    })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    const drawn = (): string[] => screen.split('\u001b[H\u001b[2J').slice(1)
    try {
      await eventually(drawn, (all) => all.at(-1)?.includes('healthy') === true)
      await setStatus(cluster, 'kustomization/apps', readiness('False', 'BuildFailed'))
      await eventually(drawn, (all) => all.at(-1)?.includes('BuildFailed') === true)
      await setStatus(cluster, 'kustomization/apps', readiness('True', 'ReconciliationSucceeded'))
      await eventually(drawn, (all) => all.at(-1)?.includes('healthy:') === true)
      expect(drawn().length).toBeGreaterThanOrEqual(3)
    } finally {
      child.stdin.write('\u0003')
    }
    expect(await ended).toBe(130)
  })

  test('a watch shows what changes, through a restart of the server, until it is ended', async () => {
    const child = spawn(process.execPath, [CLI, 'status', '--watch', '-o', 'json', '--kubeconfig', reader])
    const written: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => written.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)))
    const lines = () => Buffer.concat(written).toString().split('\n').filter(Boolean)
    const last = () => JSON.parse(lines().at(-1) ?? '{}') as { connected?: boolean; healthy?: boolean; causes: Cause[] }
    try {
      expect(await eventually(last, ({ healthy }) => healthy === true)).toMatchObject({ connected: true, causes: [] })
      await setStatus(cluster, 'kustomization/apps', readiness('False', 'BuildFailed', 'a first time'))
      await eventually(last, ({ healthy }) => healthy === false)
      expect(shape(last().causes)).toEqual(['Kustomization apps failed'])

      const startAgain = await cluster.stopServer()
      await eventually(last, ({ connected }) => connected === false)
      expect(shape(last().causes)).toEqual(['Kustomization apps failed'])
      await startAgain()
      await setStatus(cluster, 'kustomization/apps', readiness('True', 'ReconciliationSucceeded'))
      expect(await eventually(last, ({ connected, healthy }) => connected === true && healthy === true)).toMatchObject({
        causes: [],
      })

      await setStatus(cluster, 'kustomization/apps', readiness('False', 'BuildFailed', 'a second time'))
      await eventually(last, ({ healthy }) => healthy === false)
      expect(last().causes[0]?.objects[0]?.message).toBe('a second time')
    } finally {
      child.kill('SIGINT')
    }
    expect(await ended).toBe(130)
    expect(Buffer.concat(errors).toString()).toBe('')
    expect(new Set(lines()).size).toBeGreaterThan(3)
  })
})

const podsOf = (app: string) => async (): Promise<string[]> =>
  (await cluster.list('pods'))
    .filter(({ metadata }) => metadata.labels?.app === app)
    .map(({ metadata }) => metadata.name)

const deployment = (app: string, labels: Record<string, string>): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, namespace: 'media', labels },
  spec: {
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: { containers: [{ name: 'app', image: 'registry.example.com/app' }] },
    },
  },
})

const CRASHING = {
  phase: 'Running',
  conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
  containerStatuses: [
    {
      name: 'app',
      image: 'registry.example.com/app',
      imageID: '',
      ready: false,
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
      lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-01T00:00:00Z' } },
    },
  ],
}

const backOff = (pod: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${pod}.1`, namespace: 'media' },
  type: 'Warning',
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  count: 4,
  lastTimestamp: '2026-01-01T00:00:00Z',
  involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod, namespace: 'media' },
})
