import { describe, expect, test } from '@jest/globals'
import { plan } from '../../functions/hardening/plan.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readCanonicalYaml } from '../../functions/lib/yaml/canonical-yaml.ts'
import fc, { runs } from '../support/fast-check.ts'

const MIRROR = 'registry.internal/mirror'
const ONE = `sha256:${'1'.repeat(64)}`
const TWO = `sha256:${'2'.repeat(64)}`

const name = fc.constantFrom(
  'nginx',
  'docker.io/library/nginx',
  'index.docker.io/nginx',
  'grafana/mimir',
  'quay.io/coreos/etcd',
  'ghcr.io/team/bot',
  `${MIRROR}/nginx`,
  'localhost:5000/x',
)
const image = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(name, fc.constantFrom('', ':1', ':2', `@${ONE}`, `:1@${TWO}`)).map((it) => it.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom('$(IMAGE)', `\${IMAGE}`, `\${IMAGE:=nginx:1}`, `grafana/mimir:\${TAG:=1}`) },
)

const podSpec = fc.record({
  containers: fc.array(image, { minLength: 1, maxLength: 3 }).chain((images) =>
    fc
      .record({
        env: fc.option(fc.array(image, { maxLength: 2 }), { nil: undefined }),
        key: fc.constantFrom('', 'v1=', '3.9.0='),
      })
      .map(({ env, key }) =>
        images.map((text, index) => ({
          name: `c${index}`,
          image: text,
          ...(index === 0 &&
            env && { env: [{ name: 'RELATED_IMAGE_X', value: env.map((each) => key + each).join('\n') }] }),
        })),
      ),
  ),
  serviceAccountName: fc.constantFrom('app', ''),
})

const parts = fc.record({ repository: name, tag: fc.constantFrom('1', '2'), digest: fc.constantFrom('', ONE) })
const shape = fc.oneof(
  podSpec.map((spec) => ({ apiVersion: 'v1', kind: 'Pod', spec })),
  podSpec.map((spec) => ({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { template: { spec } } })),
  image.map((text) => ({ apiVersion: 'monitoring.coreos.com/v1', kind: 'Prometheus', spec: { image: text } })),
  fc.tuple(parts, image).map(([values, own]) => ({
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    spec: { values: { image: values, sidecarImage: own } },
  })),
  fc.tuple(name, fc.constantFrom('1', '2')).map(([baseImage, version]) => ({
    apiVersion: 'pingcap.com/v1alpha1',
    kind: 'TidbCluster',
    spec: { version, pd: { baseImage } },
  })),
  image.map((text) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    data: { 'runner.yaml': `# builds\njob: {image: ${JSON.stringify(text)}}\n` },
  })),
  fc.constant({ apiVersion: 'v1', kind: 'ServiceAccount' }),
)
const NAMES = ['o0', 'o1', 'o2', 'o3', 'o4']
const build = fc
  .array(shape, { minLength: 1, maxLength: NAMES.length })
  .map((shapes) => shapes.map((body, index) => ({ ...body, metadata: { name: NAMES[index], namespace: 'shop' } })))

const policy = fc.record({
  mirrors: fc.dictionary(
    fc.constantFrom('*', 'docker.io', 'library', 'quay.io', 'quay.io/coreos'),
    fc.constantFrom(MIRROR, 'registry.internal/other'),
  ),
  internal: fc.constantFrom({}, { 'ghcr.io/team': {} }),
  digests: fc.dictionary(
    fc.constantFrom('nginx:1', 'nginx', 'docker.io/grafana/mimir', 'quay.io/coreos/etcd:1', 'ghcr.io/team/bot'),
    fc.constantFrom(ONE, TWO),
  ),
  allowTag: fc.constantFrom(
    {},
    Object.fromEntries(
      ['nginx', 'grafana/mimir', 'quay.io/coreos/etcd', 'ghcr.io/team/bot', 'localhost:5000/x']
        .concat('$(IMAGE)', `\${IMAGE}`, `grafana/mimir:\${TAG:=1}`)
        .map((key) => [key, { reason: 'because' }]),
    ),
  ),
  imagePullSecrets: fc.constantFrom({}, { pull: { on: 'pods' } }, { pull: { on: 'serviceAccounts' }, more: {} }),
  keepTag: fc.boolean(),
  places: fc.constant({ runner: { configMap: '*', key: 'runner.yaml', path: 'job.image' } }),
  unusedLock: fc.constant('ignore'),
  // This tries the values of a HelmRelease, not what its chart installs.
  flux: fc.constant({ unlocked: Object.fromEntries(NAMES.map((each) => [each, { reason: 'because' }])) }),
})

const listOf = (items: unknown, spec: unknown): string =>
  JSON.stringify({
    apiVersion: 'config.kubernetes.io/v1',
    kind: 'ResourceList',
    items,
    functionConfig: {
      apiVersion: 'krm-hardening.dev/v1alpha1',
      kind: 'ImageMirrorDigest',
      metadata: { name: 'images' },
      spec,
    },
  })

async function mutate(items: unknown, spec: unknown, mode = 'mutate') {
  const { stdout, stderr, exitCode } = await run(listOf(items, { ...(spec as object), mode }), plan)
  return {
    exitCode,
    stderr,
    items: exitCode === 0 ? (readCanonicalYaml(stdout) as { items: { kind: string }[] }).items : [],
  }
}

describe('for any build and policy', () => {
  test('a second run changes nothing, and validation of the result is clean', async () => {
    let passed = 0
    await fc.assert(
      fc.asyncProperty(build, policy, async (items, spec) => {
        const first = await mutate(items, spec)
        expect([0, 1]).toContain(first.exitCode)
        if (first.exitCode !== 0) return
        passed++
        expect((await mutate(first.items, spec)).items).toEqual(first.items)
        const validated = await mutate(first.items, spec, 'validate')
        expect(validated.stderr).not.toContain('error: ')
        expect(validated.exitCode).toBe(0)
      }),
      { numRuns: runs(60) },
    )
    expect(passed).toBeGreaterThan(runs(60) / 10)
  })

  test('the order of the objects changes neither the objects nor the report', async () => {
    const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort()
    await fc.assert(
      fc.asyncProperty(build, policy, async (items, spec) => {
        const [forwards, backwards] = [await mutate(items, spec), await mutate(items.toReversed(), spec)]
        expect([0, 1]).toContain(forwards.exitCode)
        expect(sorted(backwards.items)).toEqual(sorted(forwards.items))
        const lines = ({ stderr }: { stderr: string }) =>
          stderr
            .split('\n')
            .filter((line) => !line.startsWith('info: objects/'))
            .sort()
        expect(lines(backwards)).toEqual(lines(forwards))
      }),
      { numRuns: runs(30) },
    )
  })
})
