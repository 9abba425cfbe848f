import { parse, stringify } from 'yaml'
import { plan } from '../../functions/hardening/plan.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { listOfItems } from '../support/resource-lists.ts'
import { broken, configMap, kustomization, RESOURCES, release, secret } from './build.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

test('an app that keeps the conventions breaks no rule', async () => {
  expect(await broken([kustomization(), release()])).toEqual([])
})

describe('dependencies', () => {
  const dependsOn = (...names: object[]) => kustomization({ dependsOn: names }, { name: 'cart', namespace: 'web' })
  const elsewhere = kustomization({}, { namespace: 'web-system' })

  test('are in the same namespace unless they name another', async () => {
    const complete = {
      complete: true,
      existing: { 'Namespace/web': { reason: 'is there' } },
      rules: { path: { severity: 'off', reason: 'another matter' } },
    }
    expect(await broken([elsewhere, dependsOn({ name: 'shop' })], complete)).toEqual(['depends-exists'])
    expect(await broken([elsewhere, dependsOn({ name: 'shop', namespace: 'web-system' })], complete)).toEqual([])
  })

  test('may be in another build, so that one build says nothing about them', async () => {
    expect(
      await broken([dependsOn({ name: 'shop' })], { rules: { path: { severity: 'off', reason: 'another matter' } } }),
    ).toEqual([])
  })

  test('may be objects that the policy says exist', async () => {
    const existing = { 'Kustomization/web/shop': { reason: 'another repository' }, 'Namespace/web': { reason: 'too' } }
    expect(
      await broken([dependsOn({ name: 'shop' })], {
        complete: true,
        existing,
        rules: { path: { severity: 'off', reason: 'x' } },
      }),
    ).toEqual([])
  })

  test('of an object on itself are a circle', async () => {
    expect(await broken([kustomization({ dependsOn: [{ name: 'shop' }] })])).toEqual(['depends-cycle'])
  })

  test('of releases are judged too', async () => {
    expect(await broken([release({ dependsOn: [{ name: 'shop' }] })])).toEqual(['depends-cycle'])
  })
})

describe('sources', () => {
  const noNamespace = { sourceRef: { kind: 'GitRepository', name: 'flux-system' } }

  test('next to a Kustomization need no namespace', async () => {
    expect(await broken([kustomization(noNamespace)])).toEqual([])
  })

  test('elsewhere need one, and are reported once', async () => {
    const app = kustomization(noNamespace, { namespace: 'web' })
    expect(await broken([app], { complete: true, existing: { 'Namespace/web': { reason: 'is there' } } })).toEqual([
      'source-namespace',
    ])
  })

  test('of charts in Git have no version to pin', async () => {
    const chart = { spec: { chart: './chart', sourceRef: { kind: 'GitRepository', name: 'shop' } } }
    expect(await broken([release({ chart, chartRef: undefined })])).toEqual([])
  })

  test.each(['1.x', '>=1.0.0', '*', '1.2', undefined])('version %s of a chart is not pinned', async (version) => {
    const chart = { spec: { chart: 'shop', version, sourceRef: { kind: 'HelmRepository', name: 'shop' } } }
    expect(await broken([release({ chart, chartRef: undefined })])).toEqual(['chart-pinned'])
  })

  test.each(['1.2.3', 'v1.2.3', '1.2.3-rc.1', '${VERSION}'])('version %s of a chart is pinned', async (version) => {
    const chart = { spec: { chart: 'shop', version, sourceRef: { kind: 'HelmRepository', name: 'shop' } } }
    expect(await broken([release({ chart, chartRef: undefined })])).toEqual([])
  })
})

describe('secrets', () => {
  test.each<[what: string, fields: object, rules: string[]]>([
    ['with text', { stringData: { key: 'hunter2' } }, ['secret-kind']],
    ['with base64', { data: { key: base64('hunter2') } }, ['secret-kind']],
    ['without values, for a token', { type: 'kubernetes.io/service-account-token' }, []],
    ['from a variable', { stringData: { key: '${PASSWORD}' } }, []],
    ['of SOPS', { stringData: { key: 'ENC[AES256_GCM,data:x,type:str]' }, sops: {} }, ['secret-legacy (info)']],
    [
      'generated from a file of SOPS',
      { data: { env: base64('KEY=ENC[AES256_GCM,data:x]') } },
      ['secret-legacy (info)'],
    ],
  ])('%s', async (_, fields, rules) => {
    expect(await broken([secret(fields)])).toEqual(rules)
  })
})

describe('values', () => {
  const values = (name: string, text: string) => configMap(name, { 'values.yaml': text })
  const from = (...valuesFrom: object[]) => release({ values: {}, valuesFrom })

  test('of a ConfigMap count for resources', async () => {
    const both = 'app:\n  resources: {requests: {cpu: 10m}, limits: {memory: 64Mi}}\n'
    expect(await broken([from({ kind: 'ConfigMap', name: 'v' }), values('v', both)])).toEqual([])
    expect(await broken([from({ kind: 'ConfigMap', name: 'v' }), values('v', `# ${both.replace('\n', ' ')}`)])).toEqual(
      ['resources (warning)'],
    )
  })

  test('of a Secret cannot be seen, so nothing is reported about them', async () => {
    expect(await broken([from({ kind: 'Secret', name: 'v' })])).toEqual([])
  })

  test.each([
    ['that is no YAML', values('v', 'a: [1\nb: 2\n')],
    ['of another key', { ...values('v', ''), data: { other: 'a: 1' } }],
  ])('of a text %s are refused, with the object and the key', async (_what, map) => {
    const items = [from({ kind: 'ConfigMap', name: 'v' }), map].map((object) => stringify([object]))
    const rules = { resources: { severity: 'off', reason: 'another matter' } }
    const { reported, exitCode } = await run(listOfItems(items, 'FluxConventions', { rules }), plan)
    expect([exitCode, reported.map(({ finding }) => [finding.id, finding.message])]).toEqual([
      1,
      [['flux-conventions/values-exist', expect.stringContaining('ConfigMap v: data["values.yaml"], which is n')]],
    ])
  })

  test('of a text with variables, or for one path alone, may be any', async () => {
    const maps = [values('v', '${ALL}\nb: [\n'), values('w', '[')]
    const both = from({ kind: 'ConfigMap', name: 'v' }, { kind: 'ConfigMap', name: 'w', targetPath: 'a' })
    expect(await broken([both, ...maps])).toEqual([])
  })

  test('that are optional need not be there', async () => {
    expect(await broken([from({ kind: 'ConfigMap', name: 'v', optional: true })])).toEqual([])
  })

  test('with an Ingress class are a warning, because the chart decides', async () => {
    const ingress = { app: { className: 'external' } }
    expect(await broken([release({ values: { resources: RESOURCES, ingress } })])).toEqual(['ingress-class (warning)'])
  })
})

describe('passwords', () => {
  test.each([
    '${PASSWORD}',
    'prefix-${PASSWORD}',
    '{{ .password }}',
    '/run/secrets/password',
    'op://vault/item/key',
    '',
  ])('%s is none that is written out', async (password) => {
    expect(await broken([release({ values: { resources: RESOURCES, auth: { password } } })])).toEqual([])
  })

  test.each(['password', 'adminPassword', 'pass', 'secretKey', 'apiToken'])('under %s count', async (key) => {
    expect(await broken([release({ values: { resources: RESOURCES, [key]: 'hunter2' } })])).toEqual([
      'default-password',
    ])
  })
})

describe('the name of a key in a Secret', () => {
  test.each([
    { tokenSecretKey: 'token' },
    { auth: { existingSecretKey: 'password' } },
    { data: [{ secretKey: 'password', remoteRef: { key: 'shop' } }] },
    { s3: { existingSecret: 's3', secretKey: 'secret-key' } },
  ])('is no password: %j', async (values) => {
    expect(await broken([release({ values: { resources: RESOURCES, ...values } })])).toEqual([])
  })
})

describe('kinds of other controllers', () => {
  const alert = (kind: string): object => ({
    apiVersion: 'notification.toolkit.fluxcd.io/v1beta3',
    kind: 'Alert',
    metadata: { name: 'all', namespace: 'flux-system' },
    spec: { providerRef: { name: 'chat' }, eventSources: [{ kind, name: '*' }] },
  })

  test.each([
    ['FluxInstance', []],
    ['ResourceSet', []],
    ['FluxReport', []],
    ['ResourceSetInputProvider', []],
    ['Terraform', ['schema (warning)']],
  ])('may send events: %s', async (kind, rules) => {
    expect(await broken([alert(kind)])).toEqual(rules)
  })
})

describe('passwords in ConfigMaps', () => {
  const map = (data: object) => configMap('v', data)
  const resources = 'resources: {requests: {cpu: 10m}, limits: {memory: 64Mi}}\n'
  const from = release({ values: {}, valuesFrom: [{ kind: 'ConfigMap', name: 'v' }] })

  test.each([
    'auth:\n  password: hunter2\n',
    'auth: {user: a, password: hunter2}\n',
    'users:\n- token: "hunter2"\n',
    'auth:\n  "adminPassword": \'hunter2\' # for a while\n',
    'auth:\n  password: |\n    hunter2\n',
  ])('%j is found in what a release takes values from', async (text) => {
    expect(await broken([from, map({ 'values.yaml': `${resources}${text}` })])).toEqual(['default-password'])
  })

  test.each([
    '# password: hunter2\n',
    'auth:\n  password: # from the store\n    secretName: a\n',
    'auth: {password: ""}\n',
    'auth:\n  password: ${PASSWORD}\n',
    'auth:\n  password: !secret a\n',
    'auth:\n  password: *anchor\n',
    'token: true\nmaxToken: 3600\n',
    'auth:\n  existingSecret: password\n',
  ])('%j holds none', async (text) => {
    expect(await broken([from, map({ 'values.yaml': `${resources}${text}` })])).toEqual([])
  })

  test('are found under the keys of every ConfigMap, and not in other files', async () => {
    expect(await broken([map({ ADMIN_PASSWORD: 'hunter2' })])).toEqual(['default-password'])
    expect(
      await broken([map({ ADMIN_PASSWORD: '${PASSWORD}', 'app.yaml': 'password: of the documentation\n' })]),
    ).toEqual([])
  })
})

test('the class of an Ingress may be in its annotation', async () => {
  const annotations = { 'kubernetes.io/ingress.class': 'external' }
  const metadata = { name: 'shop', namespace: 'web', annotations }
  const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: { rules: [] } }
  expect(await broken([ingress])).toEqual(['ingress-class', 'external-dns'])
})

describe('fix', () => {
  test('repairs once, and finds nothing the second time', async () => {
    const objects = [
      kustomization({ wait: undefined, prune: false, timeout: undefined, interval: '24h' }),
      kustomization({ dependsOn: [{ name: 'shop' }], path: './apps/web/cart/app' }, { name: 'cart' }),
      { ...release({ install: undefined }), apiVersion: 'helm.toolkit.fluxcd.io/v2beta2' },
    ]
    const items = objects.map((object) => stringify([object], { aliasDuplicateObjects: false }))
    const { stdout, exitCode } = await run(listOfItems(items, 'FluxConventions', { fix: true }), plan)
    expect(exitCode).toBe(0)
    expect(await broken((parse(stdout) as { items: object[] }).items)).toEqual([])
  })

  test('leaves a beta version whose fields have to change', async () => {
    const old = {
      ...release({
        chart: {
          spec: { chart: 'a', version: '1.2.3', valuesFile: 'b', sourceRef: { kind: 'HelmRepository', name: 'c' } },
        },
      }),
      apiVersion: 'helm.toolkit.fluxcd.io/v2beta1',
    }
    expect(await broken([old], { fix: true })).toEqual(['api-version'])
  })

  test('in mode validate repairs nothing and refuses what it would repair', async () => {
    const items = [stringify([kustomization({ timeout: undefined })])]
    const { stdout, exitCode, reported } = await run(
      listOfItems(items, 'FluxConventions', { fix: true, mode: 'validate' }),
      plan,
    )
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(reported.map(({ finding }) => finding.id)).toContain('objects/would-change')
  })
})

test('an unknown rule is refused, with the one that was probably meant', async () => {
  const rules = { prunes: { severity: 'off', reason: 'x' } }
  const { stderr } = await run(listOfItems([stringify([kustomization()])], 'FluxConventions', { rules }), plan)
  expect(stderr).toMatch(/^error: policy\/unknown-field: .*rules\.prunes: unknown key \(did you mean prune\?\)/)
})

test('releases are judged as they are written, with the other functions too', async () => {
  const policy = { conventions: {}, securityContext: {}, flux: { unlocked: { shop: { reason: 'none yet' } } } }
  const items = [stringify([release({ timeout: 'soon' })])]
  const { reported } = await run(listOfItems(items, 'Hardening', policy), plan)
  expect(reported.map(({ finding }) => finding.id)).toEqual(['charts/unlocked', 'flux-conventions/schema'])
})
