import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { chartLocksOf } from '../../cli/policy/chart-locks.ts'
import { installed } from '../../cli/policy/installed.ts'
import { digestOf } from '../../functions/lib/charts/canonical-json.ts'
import { isFields, type KubernetesObject, describe as nameOf, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { containersOf, podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { krmHardening } from '../cli/lib/in-process.ts'
import { kustomize } from '../support/programs.ts'
import { fluxStacks, objectsOf, rendered, root } from '../support/stacks.ts'

const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8')
const withReleases = fluxStacks.filter((stack) => stack.endsWith('/controllers'))

/** What runs in the cluster once Flux has installed what a stack renders. */
const runningIn = (stack: string): KubernetesObject[] =>
  installed(objectsOf(rendered(stack)), [{ folder: join(root, 'overlays', stack), policies: [] }])

test('each environment has the controllers and configs of both stacks, and one environment looks for new charts', () => {
  const parts = ['cert-manager', 'monitoring'].flatMap((name) => [`${name}/configs`, `${name}/controllers`])
  expect(fluxStacks).toEqual([
    ...parts.map((part) => `production/${part}`),
    ...parts.map((part) => `staging/${part}`),
    'staging/update-policies',
  ])
})

describe('the policy', () => {
  const FILES = [
    'overlays/homelab/organisation.yaml',
    'overlays/homelab/images.yaml',
    'base/cert-manager/hardening/policy.yaml',
    'base/monitoring/hardening/policy.yaml',
  ]
  /** Lines of `spec`, without comments and without the lock of digests. */
  const linesOf = (file: string): number =>
    (read(file).split(/^spec:\n/m)[1] ?? '')
      .replace(/^ {4}digests:\n(?: {6}.*\n)*/m, '')
      .split('\n')
      .filter((line) => /^\s*[^\s#]/.test(line)).length
  const lines = FILES.map(linesOf)
  const total = lines.reduce((sum, count) => sum + count)

  test('of both stacks has at most 60 lines, and the README counts them', () => {
    expect(total).toBeLessThanOrEqual(60)
    const counted = [...read('overlays/homelab/README.md').matchAll(/^\| \**(\d+)\** \| /gm)].map(([, count]) =>
      Number(count),
    )
    expect(counted).toEqual([...lines, total])
    expect(read('README.md')).toContain(`[${total} lines of policy](overlays/homelab/README.md`)
  })

  test.each(['cert-manager', 'monitoring'])('of %s is the same in both environments', (stack) => {
    const hardening = (environment: string): string =>
      read('overlays', environment, stack, 'hardening/kustomization.yaml')
    expect(hardening('production')).toBe(hardening('staging'))
  })
})

test.each(['cert-manager', 'monitoring'])('the environments of %s differ by less than a screen', (stack) => {
  const folders = ['staging', 'production'].map((environment) => join(root, 'overlays', environment, stack))
  const { stdout } = spawnSync('diff', ['--recursive', '--new-file', '--exclude=*.lock.yaml', ...folders], {
    encoding: 'utf8',
  })
  expect(stdout.match(/^[<>]/gm)?.length).toBeGreaterThan(0)
  expect(stdout.match(/^[<>]/gm)?.length).toBeLessThan(25)
})

describe.each(withReleases)('%s, after Flux has installed it', (stack) => {
  const running = runningIn(stack)
  const locked = chartLocksOf(join(root, 'overlays', stack)).flatMap(
    (lock) => valueAt(lock, ['spec', 'objects']) as KubernetesObject[],
  )
  const containersIn = (objects: readonly KubernetesObject[]) =>
    objects.flatMap((object) => {
      const template = podTemplateOf(object)
      return template ? containersOf(template).map(({ container }) => ({ object, container })) : []
    })

  test('has the containers of its charts and no other', () => {
    const names = (objects: readonly KubernetesObject[]): string[] =>
      containersIn(objects)
        .map(({ object, container }) => `${object.metadata.name} ${container.name}`)
        .sort()
    expect(names(running)).toEqual(names(locked))
  })

  test('pulls every image and every chart from the mirror, by digest', () => {
    const DIGEST = /^(?:--[\w-]+=)?registry\.homelab\.example\/mirror\/.*@sha256:[a-f0-9]{64}$/
    for (const { container } of containersIn(running)) expect(container.image).toMatch(DIGEST)
    const elsewhere = JSON.stringify(running.filter(({ kind }) => !/^(?:OCIRepository|Namespace)$/.test(kind)))
    for (const [text] of elsewhere.matchAll(
      /(?<=")(?:--[\w-]+=)?(?:quay\.io|ghcr\.io|docker\.io|registry\.k8s\.io)\/[^"]*(?=")/g,
    ))
      expect(text).toMatch(DIGEST)
    for (const { spec } of running.filter(({ kind }) => kind === 'OCIRepository'))
      expect(spec).toMatchObject({
        url: expect.stringMatching(/^oci:\/\/registry\.homelab\.example\/mirror\//),
        ref: { tag: expect.any(String), digest: expect.stringMatching(/^sha256:/) },
      })
  })
})

test.each(withReleases)('%s: Kustomize, run as helm-controller runs it, builds the same from the charts', (stack) => {
  const folder = mkdtempSync(join(tmpdir(), 'post-render-'))
  trees.push(folder)
  const post = (release: KubernetesObject): KubernetesObject[] => {
    const lock = chartLocksOf(join(root, 'overlays', stack)).find(
      ({ metadata }) => metadata.name === release.metadata.name,
    )
    const objects = valueAt(lock, ['spec', 'objects']) as KubernetesObject[]
    writeFileSync(join(folder, 'chart.yaml'), objects.map((object) => `${JSON.stringify(object)}\n`).join('---\n'))
    const [entry] = valueAt(release, ['spec', 'postRenderers']) as { kustomize: object }[]
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      JSON.stringify({ resources: ['chart.yaml'], ...entry?.kustomize }),
    )
    return objectsOf(execFileSync(kustomize(), ['build', folder], { encoding: 'utf8' }))
  }
  const byName = (objects: readonly KubernetesObject[]): Map<string, KubernetesObject> =>
    new Map(objects.map((object) => [nameOf(object), object]))
  const releases = objectsOf(rendered(stack)).filter(({ kind }) => kind === 'HelmRelease')
  const made = byName(releases.flatMap(post))
  expect(releases.length).toBeGreaterThan(0)
  const wanted = byName(runningIn(stack).filter((object) => made.has(nameOf(object))))
  expect(wanted.size).toBe(made.size)
  for (const [name, object] of made) expect(object).toEqual(wanted.get(name))
})

describe('the levels of Pod Security', () => {
  const levelOf = (objects: readonly KubernetesObject[]): unknown =>
    objects.find(({ kind }) => kind === 'Namespace')?.metadata.labels?.['pod-security.kubernetes.io/enforce']

  test('are restricted for cert-manager, and privileged for monitoring', () => {
    expect(levelOf(objectsOf(rendered('staging/cert-manager/controllers')))).toBe('restricted')
    expect(levelOf(objectsOf(rendered('staging/monitoring/controllers')))).toBe('privileged')
  })

  test('would be restricted for monitoring, were it not for node-exporter', async () => {
    const tree = copyOfTree()
    edit(tree, 'overlays/staging/monitoring/controllers/kube-prometheus-stack.lock.yaml', (lock) => {
      const objects = (lock.spec as { objects: KubernetesObject[] }).objects.filter(({ kind }) => kind !== 'DaemonSet')
      return { ...lock, spec: { ...(lock.spec as object), objects, digest: digestOf(objects) } }
    })
    edit(tree, 'base/monitoring/hardening/policy.yaml', (policy) => {
      const { securityContext: _, ...spec } = policy.spec as Record<string, unknown>
      return { ...policy, spec }
    })
    const { stdout } = await renderIn(tree, 'overlays/staging/monitoring/controllers')
    expect(levelOf(objectsOf(stdout))).toBe('restricted')
  })
})

describe('dashboards', () => {
  const folder = 'base/monitoring/configs/dashboards'
  const dashboards = readdirSync(join(root, folder)).map((name) => [name, JSON.parse(read(folder, name))] as const)

  test('are loaded by Grafana, and no variable of theirs is replaced by Flux', () => {
    const maps = objectsOf(rendered('staging/monitoring/configs')).filter(({ kind }) => kind === 'ConfigMap')
    expect(maps.flatMap(({ data }) => Object.keys(data as object)).sort()).toEqual(
      dashboards.map(([name]) => name).sort(),
    )
    for (const { metadata } of maps)
      expect(metadata).toMatchObject({
        labels: { grafana_dashboard: '1' },
        annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
      })
  })

  test('each have a uid', () => {
    const uids = dashboards.map(([, { uid }]) => uid as string)
    expect(uids.every((uid) => uid !== '')).toBe(true)
    expect(new Set(uids).size).toBe(uids.length)
  })

  test.each(dashboards)('%s takes every datasource from a variable', (_, dashboard) => {
    const used = datasourcesIn(dashboard)
    expect(used.length).toBeGreaterThan(5)
    expect(new Set(used.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ type: 'prometheus', uid: `\${datasource}` })]),
    )
    expect(valueAt(dashboard, ['templating', 'list', 0])).toMatchObject({ name: 'datasource', type: 'datasource' })
  })

  const datasourcesIn = (value: unknown): unknown[] =>
    Array.isArray(value)
      ? value.flatMap(datasourcesIn)
      : isFields(value)
        ? Object.entries(value).flatMap(([key, child]) => (key === 'datasource' ? [child] : datasourcesIn(child)))
        : []
})

// What happens to somebody who changed one thing and forgot the other.
describe('is refused, with nothing on stdout:', () => {
  const CONTROLLERS = 'base/cert-manager/controllers'
  const STACK = 'overlays/staging/cert-manager/controllers'
  const LOCK = `${CONTROLLERS}/cert-manager.lock.yaml`
  const replace = (file: string, from: string, to: string) => (tree: string) => {
    const path = join(tree, file)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(from)
    writeFileSync(path, text.replace(from, to))
  }

  test.each<[string, string, string, (tree: string) => void]>([
    [
      'a chart that was bumped without its lock',
      'charts/other-version',
      'the lock is of version v1.20.2, the release installs v1.20.3; renew it with: krm-hardening lock --chart FILE',
      replace(`${CONTROLLERS}/ocirepository.yaml`, 'tag: v1.20.2', 'tag: v1.20.3'),
    ],
    [
      'a lock that was edited by hand',
      'charts/edited-lock',
      'its objects are not what its digest says',
      replace(LOCK, 'cert-manager-webhook:v1.20.2', 'cert-manager-webhook:v1.20.3'),
    ],
    [
      'values that changed',
      'charts/other-values',
      'the values are not those of the lock (crds); renew it with: krm-hardening lock --chart FILE',
      replace(`${CONTROLLERS}/helmrelease.yaml`, 'keep: false', 'keep: true'),
    ],
    [
      'another name of the release',
      'charts/other-release',
      'the lock is of release cert-manager/cert-manager, this one is cert-manager/certificates',
      replace(`${CONTROLLERS}/helmrelease.yaml`, 'interval: 1h', 'interval: 1h\n  releaseName: certificates'),
    ],
    [
      'a release without its lock',
      'charts/no-lock',
      'found no ChartLock for release cert-manager/cert-manager of oci://quay.io/jetstack/charts/cert-manager v1.20.2; make one with: krm-hardening lock --chart FILE',
      replace(`${CONTROLLERS}/kustomization.yaml`, '- cert-manager.lock.yaml\n', ''),
    ],
    [
      'a managed entry that was edited in a rendering',
      'charts/edited-entry',
      'found an entry that is not what krm-hardening wrote',
      (tree) => {
        const rendering = rendered('staging/cert-manager/controllers')
        const release = rendering.split('---\n').find((text) => text.includes('\nkind: HelmRelease\n')) ?? ''
        expect(release).toContain('privileged","value":false')
        writeFileSync(join(tree, CONTROLLERS, 'helmrelease.yaml'), release.replace('"value":false', '"value":true'))
      },
    ],
  ])('%s', async (_, id, reason, change) => {
    const tree = copyOfTree()
    change(tree)
    const { stdout, stderr, exitCode } = await renderIn(tree, STACK)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(`error: ${id}: `)
    expect(stderr).toContain(reason)
  })
})

const trees: string[] = []
afterAll(() => {
  for (const tree of trees) rmSync(tree, { recursive: true, force: true })
})

/** A copy of what the stacks are built from. */
function copyOfTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'homelab-'))
  trees.push(tree)
  for (const folder of ['base/cert-manager', 'base/monitoring', 'overlays/homelab', 'overlays/staging'])
    cpSync(join(root, folder), join(tree, folder), { recursive: true })
  symlinkSync(join(root, 'functions'), join(tree, 'functions'))
  return tree
}

function edit(tree: string, file: string, change: (object: KubernetesObject) => object): void {
  const path = join(tree, file)
  writeFileSync(path, JSON.stringify(change(parse(readFileSync(path, 'utf8')))))
}

const renderIn = (tree: string, folder: string) => krmHardening(['render', folder], { cwd: tree })
