import { stringify } from 'yaml'
import { catalog } from '../../functions/catalog.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { canonicalJson, digestOf } from '../../functions/lib/charts/canonical-json.ts'
import { applyPatch, patchOf } from '../../functions/lib/charts/json-patch.ts'
import { copyOf } from '../../functions/lib/exact-integer.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { run } from '../../functions/lib/runner/run.ts'
import fc from '../support/fast-check.ts'
import { objectsOf } from '../support/stacks.ts'

// A HelmRelease with its source and the lock of its chart, as functions get them.
const DIGEST = `sha256:${'a'.repeat(64)}`
const container = (more: Fields = {}): Fields => ({ name: 'web', image: 'example/web:1', ...more })
const deployment = (containers: Fields[] = [container()]): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app-web' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
  },
})
const hook = (): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'app-check', annotations: { 'helm.sh/hook': 'pre-install' } },
  spec: {
    template: { metadata: { labels: { app: 'check' } }, spec: { restartPolicy: 'Never', containers: [container()] } },
  },
})
const SOURCE = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'OCIRepository',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { interval: '1h', url: 'oci://charts.example.com/web', ref: { tag: '1.2.3' } },
}
const VALUES = { replicas: 2 }
const release = (more: Fields = {}, metadata: Fields = {}): Fields => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'app', namespace: 'shop', ...metadata },
  spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'web' }, values: VALUES, ...more },
})
const lock = (objects: KubernetesObject[] = [deployment()], more: Fields = {}): Fields => ({
  apiVersion: 'krm-hardening.dev/v1alpha1',
  kind: 'ChartLock',
  metadata: { name: 'app', namespace: 'shop', annotations: { 'config.kubernetes.io/local-config': 'true' } },
  spec: {
    chart: { url: 'oci://charts.example.com/web', version: '1.2.3', digest: 'unknown' },
    release: { name: 'app', namespace: 'shop' },
    values: digestOf(VALUES),
    helm: 'v3.18.6',
    kubernetes: '1.32.0',
    digest: digestOf(objects),
    objects,
    ...more,
  },
})

const SECTIONS = {
  images: { digests: { 'example/web': DIGEST, 'charts.example.com/web': DIGEST }, audit: false, unusedLock: 'ignore' },
  securityContext: {},
  replication: {},
  networkPolicy: {},
}
interface Result {
  objects: KubernetesObject[]
  stdout: string
  stderr: string
  exitCode: number
}
async function runWith(functionConfig: Fields, items: readonly unknown[]): Promise<Result> {
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', functionConfig, items }
  const { stdout, stderr, exitCode } = await run(
    stringify(list, { version: '1.1', aliasDuplicateObjects: false }),
    plan,
  )
  const [answer] = stdout === '' ? [] : objectsOf(stdout)
  return { objects: (answer?.items ?? []) as KubernetesObject[], stdout, stderr, exitCode }
}
const hardening = (spec: Fields = {}): Fields => ({
  apiVersion: 'krm-hardening.dev/v1alpha1',
  kind: 'Hardening',
  metadata: { name: 'hardening' },
  spec: { ...SECTIONS, ...spec },
})
const harden = (items: readonly unknown[], spec: Fields = {}): Promise<Result> => runWith(hardening(spec), items)

interface Entry {
  kustomize: { patches: { target: Fields; patch: string }[] }
}
const releaseIn = ({ objects }: Result): KubernetesObject & { spec: { postRenderers?: Entry[] } } =>
  objects.find(({ kind }) => kind === 'HelmRelease') as never
const entriesOf = (result: Result): Entry[] => releaseIn(result).spec.postRenderers ?? []
/** What helm-controller applies: the objects of the chart with every entry applied. */
function postRendered(result: Result, objects: KubernetesObject[]): KubernetesObject[] {
  const rendered = copyOf(objects)
  for (const { kustomize } of entriesOf(result))
    for (const { target, patch } of kustomize.patches)
      for (const object of rendered.filter(
        ({ kind, metadata }) => kind === target.kind && metadata.name === target.name,
      )) {
        const operations = patch
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line.slice(2)))
        expect(applyPatch(object, operations)).toBeUndefined()
      }
  return rendered
}

describe('a HelmRelease with a lock', () => {
  test('gets what functions changed as one entry, and what they generated stays next to it', async () => {
    const result = await harden([release(), SOURCE, lock()])
    expect(result).toMatchObject({ exitCode: 0 })
    const [web] = postRendered(result, [deployment()])
    expect(web).toMatchObject({
      spec: {
        template: {
          spec: {
            automountServiceAccountToken: false,
            containers: [{ image: `example/web@${DIGEST}`, securityContext: { runAsNonRoot: true } }],
          },
        },
      },
    })
    expect(result.objects.map(({ kind }) => kind)).toEqual([
      'HelmRelease',
      'OCIRepository',
      'ChartLock',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ])
  })

  test('changes nothing at a second run', async () => {
    const first = await harden([release(), SOURCE, lock()])
    const second = await harden(first.objects)
    expect(second.objects).toEqual(first.objects)
    expect(await harden(first.objects, { mode: 'validate' })).toMatchObject({ exitCode: 0 })
  })

  test('is the same from the five functions one after another', async () => {
    let items: unknown[] = [release(), SOURCE, lock()]
    for (const { kind, section } of catalog) {
      const spec = SECTIONS[section as keyof typeof SECTIONS]
      if (spec === undefined) continue
      const config = { apiVersion: 'krm-hardening.dev/v1alpha1', kind, metadata: { name: 'one' }, spec }
      items = (await runWith(config, items)).objects
    }
    expect(items).toEqual((await harden([release(), SOURCE, lock()])).objects)
  })

  test('keeps the entries of its owner, in their order and before ours', async () => {
    const own = { kustomize: { images: [{ name: 'a', newTag: '1' }] } }
    const result = await harden([release({ postRenderers: [own] }), SOURCE, lock()])
    expect(entriesOf(result)).toEqual([own, expect.anything()])
  })

  test('keeps the comments of its file', async () => {
    const { stdout } = await run(
      stringify(
        {
          apiVersion: 'config.kubernetes.io/v1',
          kind: 'ResourceList',
          functionConfig: hardening(),
          items: [release(), SOURCE, lock()],
        },
        { version: '1.1', aliasDuplicateObjects: false },
      ).replace('interval: 1h', 'interval: 1h # ours'),
      plan,
    )
    expect(stdout).toContain('interval: 1h # ours')
  })

  test('is installed from the mirror by the digest of its lock, and is still known by its lock after that', async () => {
    const spec = { images: { ...SECTIONS.images, mirrors: { '*': 'registry.example.com/mirror' } } }
    const chart = { url: 'oci://charts.example.com/web', version: '1.2.3', digest: DIGEST }
    const first = await harden([release(), SOURCE, lock([deployment()], { chart })], spec)
    expect(first.objects.find(({ kind }) => kind === 'OCIRepository')).toMatchObject({
      metadata: { annotations: { 'krm-hardening.dev/mirrored-chart': 'oci://charts.example.com/web' } },
      spec: {
        url: 'oci://registry.example.com/mirror/charts.example.com/web',
        ref: { tag: '1.2.3', digest: DIGEST },
      },
    })
    expect((await harden(first.objects, spec)).objects).toEqual(first.objects)
  })

  test('selects objects of one name in two namespaces apart', async () => {
    const twin = { ...deployment(), metadata: { name: 'app-web', namespace: 'kube-system' } }
    const own = { ...deployment(), metadata: { name: 'app-web', namespace: 'shop' } }
    const result = await harden([release(), SOURCE, lock([twin, own])], { networkPolicy: undefined })
    expect(entriesOf(result)[0]?.kustomize.patches.map(({ target }) => target.namespace)).toEqual([
      'kube-system',
      'shop',
    ])
    expect((await harden(result.objects, { networkPolicy: undefined })).objects).toEqual(result.objects)
  })

  test('has the name that helm-controller gives it, however long it is', async () => {
    const name = 'a'.repeat(60)
    const shortened = `${'a'.repeat(40)}-11ee391211c6`
    const named = lock([deployment()], { release: { name: shortened, namespace: 'shop' } })
    const result = await harden([release({}, { name }), SOURCE, { ...named, metadata: { name, namespace: 'shop' } }])
    expect(result).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('error') })
  })

  test('with entries of its owner is reported, because no lock knows them', async () => {
    const own = { kustomize: { images: [{ name: 'a', newTag: '1' }] } }
    const first = await harden([release({ postRenderers: [own] }), SOURCE, lock()])
    expect(first.stderr).toContain('warning: charts/own-post-renderer: HelmRelease shop/app: spec.postRenderers: ')
    expect((await harden([release(), SOURCE, lock()])).stderr).not.toContain('own-post-renderer')
    expect((await harden(first.objects)).stderr).toContain('charts/own-post-renderer')
  })

  test('is reported as unhardened by validate', async () => {
    const { stdout, stderr, exitCode } = await harden([release(), SOURCE, lock()], { mode: 'validate' })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('error: objects/would-change: security-context-enforcer: Deployment shop/app-web: ')
  })

  test('fails in helm-controller if the chart renames a container', async () => {
    const result = await harden([release(), SOURCE, lock()])
    const renamed = deployment([container({ name: 'server' })])
    const [{ kustomize } = { kustomize: { patches: [] } }] = entriesOf(result)
    const operations = (kustomize.patches[0]?.patch ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line.slice(2)))
    expect(applyPatch(renamed, operations)).toEqual({
      problem: '/spec/template/spec/containers/0/name has another value',
    })
  })
})

describe('is refused, with nothing on stdout:', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['a release without a lock', 'no-lock', [release(), SOURCE]],
    [
      'a chart that was updated without its lock',
      'other-version',
      [release(), { ...SOURCE, spec: { ...SOURCE.spec, ref: { tag: '1.2.4' } } }, lock()],
    ],
    [
      'a lock of another chart',
      'other-chart',
      [release(), { ...SOURCE, spec: { ...SOURCE.spec, url: 'oci://charts.example.com/other' } }, lock()],
    ],
    ['values that changed', 'other-values', [release({ values: { replicas: 3 } }), SOURCE, lock()]],
    ['another name of the release', 'other-release', [release({ releaseName: 'other' }), SOURCE, lock()]],
    ['a lock that was edited by hand', 'edited-lock', [release(), SOURCE, lock([deployment()], { digest: DIGEST })]],
    [
      'a chart that renders an object twice',
      'duplicate-object',
      [release(), SOURCE, lock([deployment(), deployment()])],
    ],
    [
      'an entry that was edited by hand',
      'edited-entry',
      [
        release(
          { postRenderers: [{ kustomize: { patches: [] } }] },
          { annotations: { 'krm-hardening.dev/post-renderer': DIGEST } },
        ),
        SOURCE,
        lock(),
      ],
    ],
    [
      'a version that is a range',
      'unresolved-chart',
      [release(), { ...SOURCE, spec: { ...SOURCE.spec, ref: { tag: '*' } } }, lock()],
    ],
    ['a source that is not there', 'unresolved-chart', [release(), lock()]],
    [
      'values from a file of its chart',
      'values-from',
      [
        release({
          chartRef: undefined,
          chart: {
            spec: {
              chart: 'web',
              version: '1.2.3',
              valuesFiles: ['values-prod.yaml'],
              sourceRef: { kind: 'HelmRepository', name: 'charts' },
            },
          },
        }),
        {
          ...SOURCE,
          kind: 'HelmRepository',
          metadata: { name: 'charts', namespace: 'shop' },
          spec: { interval: '1h', url: 'https://charts.example.com' },
        },
        lock([deployment()], { chart: { url: 'https://charts.example.com/web', version: '1.2.3', digest: 'unknown' } }),
      ],
    ],
    ['values from a Secret', 'values-from', [release({ valuesFrom: [{ kind: 'Secret', name: 's' }] }), SOURCE, lock()]],
    [
      'values from a ConfigMap that is not there',
      'values-from',
      [release({ valuesFrom: [{ kind: 'ConfigMap', name: 'c' }] }), SOURCE, lock()],
    ],
  ])('%s', async (_, id, items) => {
    const { stdout, stderr, exitCode } = await harden(items)
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain(`error: charts/${id}: `)
  })

  test('a password in its values, and the password is not printed', async () => {
    const values = { admin: { password: 'hunter2' } }
    const { stdout, stderr, exitCode } = await harden([
      release({ values }),
      SOURCE,
      lock([deployment()], { values: digestOf(values) }),
    ])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 })
    expect(stderr).toContain('error: charts/literal-password: HelmRelease shop/app: spec.values.admin.password: ')
    expect(stderr).not.toContain('hunter2')
  })
})

describe('a hook', () => {
  test('is left alone before Flux 2.9, which is reported', async () => {
    const result = await harden([release(), SOURCE, lock([deployment(), hook()])])
    expect(result.stderr).toContain('warning: charts/hook-not-reached: HelmRelease shop/app: ')
    expect(postRendered(result, [hook()])).toEqual([hook()])
  })

  test('is reached from Flux 2.9 on', async () => {
    const result = await harden([release(), SOURCE, lock([deployment(), hook()])], { flux: { version: '2.9' } })
    expect(result.stderr).not.toContain('hook-not-reached')
    expect(postRendered(result, [hook()])[0]).toMatchObject({
      spec: { template: { spec: { automountServiceAccountToken: false } } },
    })
    expect(releaseIn(result).spec).toMatchObject({ postRenderStrategy: 'combined' })
  })
})

test('a release that the policy leaves out keeps its bytes, with the reason in a warning', async () => {
  const result = await harden([release(), SOURCE], {
    flux: { unlocked: { app: { reason: 'moved to its own cluster' } } },
  })
  expect(releaseIn(result)).toEqual(release())
  expect(result.stderr).toContain(
    'warning: charts/unlocked: HelmRelease shop/app: runs as its chart has it: moved to its own cluster',
  )
})

describe('a JSON patch', () => {
  test('turns any object into any other', () => {
    const json = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => typeof value === 'object' && value !== null && !Array.isArray(value)) as fc.Arbitrary<Fields>
    fc.assert(
      fc.property(json, json, (before, after) => {
        const object = copyOf(before)
        const operations = patchOf(before, after).filter(({ path }) => path !== '')
        expect(applyPatch(object, operations)).toBeUndefined()
        expect(canonicalJson(object)).toBe(canonicalJson(after))
      }),
    )
  })
})
