import { parseAllDocuments, stringify } from 'yaml'
import { catalog } from '../../functions/catalog.ts'
import { plan } from '../../functions/hardening/plan.ts'
import { addAll, refill } from '../../functions/lib/framework/lists.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { readPeopleItem } from '../../functions/lib/yaml/round-trip.ts'
import { examplesOf, input, toResourceList } from '../support/examples.ts'
import fc, { runs } from '../support/fast-check.ts'

const POLICY = 'apiVersion: krm-hardening.dev/v1alpha1\nkind: SecurityContextEnforcer\nmetadata: {name: policy}\n'
const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: cart}\nspec:\n  containers: [{name: app, image: cart}]\n'
const harden = (resources: string) => run(toResourceList(resources, POLICY), plan)

describe('a malformed object is refused, because it would otherwise pass through unhardened', () => {
  test.each<[string, string, string]>([
    ['a name without quotes', POD.replace('cart}', '123}'), 'objects/wrong-identity'],
    ['pods without a name', POD.replace('name: cart}', 'generateName: cart-}'), 'objects/no-name'],
    ['metadata that is a list', POD.replace('{name: cart}', '[cart]'), 'objects/wrong-identity'],
    ['no API version', POD.replace('apiVersion: v1\n', ''), 'objects/wrong-identity'],
    ['a List of text', 'apiVersion: v1\nkind: List\nitems: [cart]\n', 'objects/not-an-object'],
    ['a List without a list', 'apiVersion: v1\nkind: List\nitems: {a: 1}\n', 'objects/wrong-identity'],
    [
      'a kind written twice, of which no function reads the first',
      POD.replace('kind: Pod', 'kind: Secret\n"kind": Pod'),
      'input/not-yaml',
    ],
  ])('%s', async (_, resources, id) => {
    expect(await harden(resources)).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining(`error: ${id}: item 1`),
      exitCode: 2,
    })
  })

  test('of a pod without a name, the message names generateName if there is one', async () => {
    const nameless = (metadata: string) => harden(POD.replace('{name: cart}', metadata))
    expect((await nameless('{generateName: cart-}')).stderr).toContain('found generateName')
    expect((await nameless('{labels: {app: cart}}')).stderr).toContain('found nothing')
  })

  test('an item that is text', async () => {
    const text = toResourceList(POD, POLICY).replace('items:\n', 'items:\n- cart\n')
    expect(await run(text, plan)).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('error: objects/not-an-object: item 1'),
      exitCode: 2,
    })
  })
})

describe('bytes', () => {
  const bytes = (text: string, encoding: BufferEncoding) => run(() => Buffer.from(text, encoding), plan)
  const list = toResourceList(POD.replace('name: cart}', 'name: cart, annotations: {owner: Zoë}}'), POLICY)

  test('UTF-8 is read, with a byte order mark or without', async () => {
    const answer = await bytes(list, 'utf8')
    expect(answer).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Zoë') })
    expect(await bytes(`\uFEFF${list}`, 'utf8')).toEqual(answer)
  })

  test('any other encoding is refused, and no letter is replaced', async () => {
    expect(await bytes(list, 'latin1')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/^error: input\/not-utf-8: /),
      exitCode: 2,
    })
  })
})

test('an integer beyond 2^53 does not count as a change, and keeps its digits in findings', async () => {
  const big = `${POD}big: 9007199254740993\n`
  const { stderr, exitCode } = await run(toResourceList(big, `${POLICY}spec: {mode: validate}\n`), plan)
  expect(exitCode).toBe(1)
  expect(stderr).not.toContain('big')
})

test('a number that no double holds is a string, as in Go', () => {
  expect(readPeopleItem('- a: 1e400\n  b: -1e999\n  c: .inf\n').object).toEqual({
    a: '1e400',
    b: '-1e999',
    c: Number.POSITIVE_INFINITY,
  })
})

test('more comments than a person writes are refused at once', async () => {
  const lines = (count: number) => POD.replace('spec:\n', `spec:\n${'  # why\n'.repeat(count)}`)
  expect(await harden(lines(50_001))).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining(
      'error: input/not-yaml: item 1 (Pod) cannot be read as YAML: it has more than 50000',
    ),
    exitCode: 2,
  })
  expect(await harden(lines(500))).toMatchObject({ exitCode: 0 })
})

test('lists are filled and appended to, however long they are', () => {
  const many = Array.from({ length: 300_000 }, (_, index) => index)
  const list = [-1]
  addAll(list, many)
  expect(list).toHaveLength(300_001)
  refill(list, many)
  expect([list.length, list[0], list.at(-1)]).toEqual([300_000, 0, 299_999])
})

test.each([
  ['chartRef.name', 'chartRef: {kind: OCIRepository, name: {toString: x}}'],
  ['chart.spec.sourceRef.kind', 'chart: {spec: {chart: a, sourceRef: {kind: {toString: x}}}}'],
  ['valuesFrom[0].kind', 'valuesFrom: [{kind: {toString: x}, name: a}]'],
  ['valuesFrom[0].name', 'valuesFrom: [{kind: ConfigMap, name: {toString: x}}]'],
])('a map in spec.%s of a HelmRelease is refused, before its chart is read', async (field, spec) => {
  const release = `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a, namespace: b}\nspec: {${spec}}\n`
  expect(await harden(release)).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining(`error: objects/mistyped: HelmRelease b/a: spec.${field}: found a map`),
    exitCode: 2,
  })
})

test.each([
  ['ServiceMonitor', 'selector'],
  ['PodMonitor', 'selector'],
  ['Prometheus', 'serviceMonitorSelector'],
  ['PrometheusAgent', 'podMonitorNamespaceSelector'],
])('text in place of the expressions of a %s is refused, before its selector is read', async (kind, field) => {
  const object = `apiVersion: monitoring.coreos.com/v1\nkind: ${kind}\nmetadata: {name: a, namespace: b}\nspec: {${field}: {matchExpressions: x}}\n`
  const policy = POLICY.replace('SecurityContextEnforcer', 'IstioHardening')
  expect(await run(toResourceList(object, policy), plan)).toMatchObject({
    stdout: '',
    stderr: expect.stringContaining(
      `error: objects/mistyped: ${kind} b/a: spec.${field}.matchExpressions: found a string`,
    ),
    exitCode: 2,
  })
})

test('a variable that is null has no value to follow', async () => {
  const env = 'env: [{name: NAME, value: null}], args: ["--initial-cluster=$(NAME)-0=http://$(NAME)-0:2380"]'
  const set = POD.replace('v1\nkind: Pod', 'apps/v1\nkind: StatefulSet').replace(
    /spec:\n.*/s,
    `spec: {replicas: 3, serviceName: cart, selector: {matchLabels: {app: cart}}, template: {metadata: {labels: {app: cart}}, spec: {containers: [{name: app, image: cart, ${env}}]}}}\n`,
  )
  const policy = `${POLICY.replace('SecurityContextEnforcer', 'ReplicationFactor')}spec: {factor: 3, presets: {etcd: {}}}\n`
  expect(await run(toResourceList(set, policy), plan)).toMatchObject({
    stderr: expect.stringContaining('error: replication-factor/wrong-member-list: StatefulSet cart'),
    exitCode: 1,
  })
})

test('a list, a map or a selector that is null counts as absent', async () => {
  const deployment = (name: string, spec: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}, namespace: shop}\nspec: {selector: {matchLabels: {app: ${name}}}, template: {metadata: {labels: {app: ${name}}, annotations: null}, spec: ${spec}}}\n`
  const service = (name: string, spec: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`
  const build = [
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: null}\n',
    service('none', '{selector: null, ports: null}'),
    service('cart', '{selector: {app: cart}, ports: [{port: 80, targetPort: http}, {port: 81, targetPort: null}]}'),
    deployment(
      'cart',
      '{affinity: null, topologySpreadConstraints: null, initContainers: null, containers: [{name: cart, image: cart, ports: null, env: null, volumeMounts: null, livenessProbe: null, lifecycle: {preStop: null}, readinessProbe: {httpGet: {port: http}}}]}',
    ),
    deployment(
      'web',
      '{affinity: {podAffinity: null, podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: null, topologyKey: zone}, {labelSelector: {matchLabels: null}, topologyKey: zone}]}}, topologySpreadConstraints: [{labelSelector: null, maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}], containers: [{name: web, image: web}]}',
    ),
  ].join('---\n')
  const policy = `${POLICY.replace('SecurityContextEnforcer', 'Hardening')}spec: {securityContext: {level: baseline}, networkPolicy: {}, istio: {}, replication: {}}\n`
  expect(await run(toResourceList(build, policy), plan)).toMatchObject({ exitCode: 0 })
})

type Path = (string | number)[]

/** Every path into plain data. */
const pathsOf = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, child]) => {
        const own = [...path, Array.isArray(value) ? Number(key) : key]
        return [own, ...pathsOf(child, own)]
      })
    : []

function replaceAt(root: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(root)) return root.map((item, index) => (index === key ? replaceAt(item, rest, value) : item))
  const fields = root as Record<string, unknown>
  return { ...fields, [key]: replaceAt(fields[key], rest, value) }
}

// Values of types that no field has, values that few fields have, and text that means something to some reader.
const odd = fc.constantFrom<unknown>(
  ...[null, '', 'x', '0', '*', '$(X)', 'toString', 0, -1, 1.5, 1e21, 2 ** 31 - 1, true, false],
  ...[[], {}, [null], ['x'], [{}], { a: 1 }, { toString: 'x' }, { constructor: 1 }],
  ...[{ matchLabels: 'x' }, { matchExpressions: 'x' }, { matchExpressions: [null] }],
)

describe.each([...catalog.map(({ name }) => name), 'hardening'])('%s', (name) => {
  const examples = examplesOf(name).map((example) => {
    const { resources, policy } = input(example)
    return { policy, objects: parseAllDocuments(resources).flatMap((document) => document.toJS() ?? []) as unknown[] }
  })
  const mutated = fc
    .constantFrom(...examples)
    .chain(({ policy, objects }) =>
      fc
        .tuple(fc.constantFrom(...pathsOf(objects).filter((path) => path.length > 1)), odd)
        .map(([path, value]) => ({ policy, objects: replaceAt(objects, path, value) as unknown[] })),
    )

  test('whatever is in a field, the answer is a result or a refusal with a reason, never a bug', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async ({ policy, objects }) => {
        const resources = objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n')
        const { exitCode, stdout, stderr } = await run(toResourceList(resources, policy), plan)
        expect([0, 1, 2]).toContain(exitCode)
        if (exitCode === 0) return
        expect(stdout).toBe('')
        expect(stderr).toMatch(/^error: .*[a-z]/m)
      }),
      { numRuns: runs(60) },
    )
  })
})
