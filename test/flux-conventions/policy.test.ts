import { parse, stringify } from 'yaml'
import { plan } from '../../functions/hardening/plan.ts'
import type { Fields } from '../../functions/lib/kubernetes/objects.ts'
import { run } from '../../functions/lib/runner/run.ts'
import { listOfItems } from '../support/resource-lists.ts'
import { broken, configMap, kustomization, RESOURCES, release, reportedOn, secret } from './build.ts'

// What a policy may say: severities, exceptions, tiers, classes, and what is repaired.

const refused = async (spec: object): Promise<string[]> => {
  const { stderr } = await run(listOfItems([stringify([kustomization()])], 'FluxConventions', spec), plan)
  return stderr.split('\n').filter((line) => line.startsWith('error: policy/'))
}

describe('the severity of a rule', () => {
  const objects = [kustomization({ timeout: undefined, prune: undefined })]

  test('is its own, or that of the violation, or that of the policy', async () => {
    expect(await broken(objects)).toEqual(['timeout (warning)', 'prune'])
    const rules = { timeout: { severity: 'error', reason: 'x' }, prune: { severity: 'info', reason: 'x' } }
    expect(await broken(objects, { rules })).toEqual(['timeout', 'prune (info)'])
  })

  test('may be off, which YAML may read as false', async () => {
    for (const severity of ['off', false])
      expect(await broken(objects, { rules: { timeout: { severity, reason: 'x' } } })).toEqual(['prune'])
  })

  test('needs a reason, and is none of another name', async () => {
    expect(await refused({ rules: { timeout: { severity: 'off' } } })).toHaveLength(1)
    expect(await refused({ rules: { timeout: { severity: 'off', reason: '' } } })).toHaveLength(1)
    expect(await refused({ rules: { timeout: { severity: 'fatal', reason: 'x' } } })).toHaveLength(1)
    expect(await refused({ rules: { timeout: { severity: 'error', reason: 'x' } } })).toEqual([])
  })
})

describe('an exception', () => {
  const late = kustomization({ timeout: undefined })
  const allowed = (key: string, rule = 'timeout') =>
    reportedOn([late], { exceptions: { [key]: { [rule]: 'by hand' } } })

  test.each(['shop', 'Kustomization/shop', 'Kustomization/flux-system/shop'])('may name %s', async (key) => {
    const [finding, ...more] = await allowed(key)
    expect(finding).toMatchObject({ id: 'flux-conventions/timeout', severity: 'info', tags: { rule: 'timeout' } })
    expect(finding?.message).toContain('; allowed: by hand')
    expect(finding?.field).toEqual({ path: 'spec.timeout' })
    expect(more).toEqual([])
  })

  test.each(['cart', 'HelmRelease/shop', 'Kustomization/web/shop', 'flux-system/shop'])(
    'that names %s allows nothing, and says so',
    async (key) => {
      expect((await allowed(key)).map(({ id }) => id)).toEqual([
        'flux-conventions/timeout',
        'flux-conventions/unknown-key',
      ])
    },
  )

  test('holds for its rule alone', async () => {
    expect((await allowed('shop', 'wait')).map(({ severity }) => severity)).toEqual(['warning'])
    expect(
      await broken([kustomization({ timeout: undefined, retryInterval: undefined })], {
        exceptions: { shop: { 'retry-interval': 'a' }, 'Kustomization/shop': { timeout: 'b' } },
      }),
    ).toEqual(['timeout (info)', 'retry-interval (info)'])
  })

  test('is no repair', async () => {
    const items = [stringify([late])]
    const spec = { fix: true, exceptions: { shop: { timeout: 'by hand' } } }
    const { stdout } = await run(listOfItems(items, 'FluxConventions', spec), plan)
    expect((parse(stdout) as { items: Fields[] }).items).toEqual([late])
  })

  test('needs a reason and a rule that there is', async () => {
    expect(await refused({ exceptions: { shop: { timeout: '' } } })).toHaveLength(1)
    expect(await refused({ exceptions: { shop: { other: 'x' } } })).toHaveLength(1)
  })
})

describe('the tier of a namespace', () => {
  const every = (interval: string, namespace: string, spec: object = {}) =>
    broken([kustomization({ interval, targetNamespace: namespace })], {
      ...spec,
      rules: { path: { severity: 'off', reason: 'another matter' } },
    })
  const LATE = ['interval-tier (info)']

  test.each([
    ...['flux-system', 'kube-system', 'cert-manager', 'external-secrets', 'network'].map((name) => [name, '5m', '6m']),
    ...['storage', 'monitoring', 'databases'].map((name) => [name, '15m', '16m']),
    ['web', '1h', '61m'],
  ] as [string, string, string][])('%s allows %s, and not %s', async (namespace, interval, longer) => {
    expect(await every(interval, namespace)).toEqual([])
    expect(await every(longer, namespace)).toEqual(LATE)
  })

  test('may be another by the policy, and its interval too', async () => {
    expect(await every('1h', 'web', { tiers: { web: 'critical' } })).toEqual(LATE)
    expect(await every('1h', 'network', { tiers: { network: 'standard' } })).toEqual([])
    expect(await every('1h', 'web', { intervals: { standard: '30m' } })).toEqual(LATE)
    expect(await every('10m', 'network', { intervals: { critical: '10m' } })).toEqual([])
    expect(await refused({ tiers: { web: 'low' } })).toHaveLength(1)
    expect(await refused({ intervals: { core: 'soon' } })).toHaveLength(1)
  })

  test('is that of the object where it has no targetNamespace', async () => {
    const apart = { ...release({ interval: '10m' }), metadata: { name: 'shop', namespace: 'network' } }
    expect(await broken([apart])).toEqual(LATE)
    expect(await broken([{ ...apart, metadata: { name: 'shop' } }])).toEqual([])
  })
})

describe('an Ingress', () => {
  const ANNOTATION = 'external-dns.alpha.kubernetes.io/target'
  const ingress = (ingressClassName?: string, annotations: object = {}, namespace: string | undefined = 'web') => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop', namespace, annotations },
    spec: { ingressClassName, rules: [] },
  })
  const ALLOWED = { reason: 'the shop' }

  test.each<[string, object, object, string[]]>([
    ['internal', ingress('internal'), {}, []],
    ['of a class that a substitution gives', ingress('${CLASS}'), {}, []],
    ['of another class', ingress('nginx'), {}, ['ingress-class (info)']],
    ['of no class', ingress(), {}, ['ingress-class (info)']],
    ['external', ingress('external', { [ANNOTATION]: 'a' }), {}, ['ingress-class']],
    ['external without a public name', ingress('external'), {}, ['ingress-class', 'external-dns']],
    ['allowed by name', ingress('external', { [ANNOTATION]: 'a' }), { allowed: { shop: ALLOWED } }, []],
    ['allowed by namespace', ingress('external', { [ANNOTATION]: 'a' }), { allowed: { 'web/shop': ALLOWED } }, []],
    [
      'allowed elsewhere',
      ingress('external', { [ANNOTATION]: 'a' }),
      { allowed: { 'blog/shop': ALLOWED } },
      ['ingress-class'],
    ],
    ['internal, as this policy calls it', ingress('nginx'), { internal: 'nginx' }, []],
    [
      'external, as this policy calls it',
      ingress('public', { [ANNOTATION]: 'a' }),
      { external: 'public' },
      ['ingress-class'],
    ],
    [
      'named publicly, as this policy has it',
      ingress('external', { dns: 'a' }),
      { annotation: 'dns', allowed: { shop: ALLOWED } },
      [],
    ],
  ])('is judged: %s', async (_, object, policy, rules) => {
    expect(await broken([object], { ingress: policy })).toEqual(rules)
  })

  test('of a chart is judged only where a key speaks of an ingress', async () => {
    const of = (values: object) => broken([release({ values: { resources: RESOURCES, ...values } })])
    expect(await of({ ingress: { public: { ingressClassName: 'external' } } })).toEqual(['ingress-class (warning)'])
    expect(await of({ ingress: { className: 'nginx' } })).toEqual([])
    expect(await of({ controller: { className: 'external' } })).toEqual([])
    expect(await of({ ingress: { host: 'external', classNames: 'external' } })).toEqual([])
  })
})

describe('a Secret of SOPS', () => {
  const old = secret({ sops: {}, stringData: { a: 'ENC[AES256_GCM,data:x]' } })

  test.each(['a', 'web/a'])('may stay by its name %s', async (name) => {
    expect(await broken([old], { legacySecrets: { [name]: { reason: 'moves next' } } })).toEqual([])
  })

  test('of another name may not', async () => {
    for (const name of ['b', 'blog/a'])
      expect(await broken([old], { legacySecrets: { [name]: { reason: 'moves next' } } })).toEqual([
        'secret-legacy (info)',
      ])
  })
})

test('passwords are looked for in the ConfigMap that a release reads, not in one that shares the name of its Secret', async () => {
  const map = configMap('v', { 'values.yaml': 'auth:\n  password: hunter2\n' })
  const from = (reference: object) => broken([map, release({ valuesFrom: [reference] })])
  expect(await from({ kind: 'ConfigMap', name: 'v' })).toEqual(['default-password'])
  expect(await from({ kind: 'Secret', name: 'v' })).toEqual([])
  expect(await from({ kind: 'ConfigMap', name: 'w', optional: true })).toEqual([])
})

describe('what the policy says exists', () => {
  test.each(['Namespace', 'Kustomization/a/b/c', '/a', 'Kustomization/'])('is not written %s', async (key) => {
    expect(await refused({ existing: { [key]: { reason: 'x' } } })).toHaveLength(1)
  })
})

describe('the readiness of a Kustomization', () => {
  const needing = kustomization({ dependsOn: [{ name: 'base' }] })
  const base = (spec: object) => kustomization({ path: './apps/web/base/app', ...spec }, { name: 'base' })
  const CHECKS = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', namespace: 'web' }]
  const EXPRESSIONS = [{ apiVersion: 'example.com/v1', kind: 'A', current: 'true' }]

  test.each<[string, object, string[]]>([
    ['waits for all', { wait: true }, []],
    ['names checks', { wait: false, healthChecks: CHECKS }, []],
    ['names expressions', { wait: false, healthCheckExprs: EXPRESSIONS }, []],
    ['does neither', { wait: false }, ['readiness (warning)']],
    ['names no check', { wait: false, healthChecks: [] }, ['readiness (warning)']],
    ['says nothing', { wait: null }, ['readiness (warning)', 'wait (warning)']],
    ['says nothing, and names checks', { wait: null, healthChecks: CHECKS }, ['wait (warning)']],
    ['waits for all, and names checks', { wait: true, healthChecks: CHECKS }, ['health-checks-ignored (info)']],
  ])('is known if it %s', async (_, spec, rules) => {
    expect(await broken([base(spec)])).toEqual(rules)
    const needed = rules.map((rule) => (rule === 'readiness (warning)' ? 'readiness' : rule))
    expect(await broken([base(spec), needing])).toEqual(needed)
  })
})

describe('fix', () => {
  const fixed = async (objects: object[], spec: object = {}): Promise<Fields[]> => {
    const items = objects.map((object) => stringify([object], { aliasDuplicateObjects: false }))
    const { stdout } = await run(listOfItems(items, 'FluxConventions', { fix: true, ...spec }), plan)
    return (parse(stdout) as { items: { spec: Fields }[] }).items.map((item) => item.spec)
  }

  test('writes what the policy says, or what is usual', async () => {
    const late = kustomization({ timeout: undefined, interval: '2h', prune: null })
    expect(await fixed([late])).toMatchObject([{ timeout: '5m', interval: '1h', prune: true }])
    const policy = { timeout: '10m', intervals: { standard: '30m' } }
    expect(await fixed([late], policy)).toMatchObject([{ timeout: '10m', interval: '30m' }])
  })

  test('gives retries to each action that has none, and takes those without end', async () => {
    const open = (install: object | undefined, upgrade: object | undefined) => release({ install, upgrade })
    const retries = (count: number) => ({ remediation: { retries: count } })
    expect(await fixed([open(undefined, undefined)])).toMatchObject([{ install: retries(3), upgrade: retries(3) }])
    expect(await fixed([open(retries(5), undefined)], { retries: 7 })).toMatchObject([
      { install: retries(5), upgrade: retries(7) },
    ])
    expect(await fixed([open(retries(0), retries(-1))])).toMatchObject([{ install: retries(0), upgrade: retries(3) }])
    const strategy = { strategy: { name: 'RetryOnFailure' } }
    expect(await fixed([open(strategy, strategy)])).toEqual([open(strategy, strategy).spec])
  })

  test('lets Flux wait for what something depends on, and nothing else', async () => {
    const idle = kustomization({ wait: undefined, path: './apps/web/base/app' }, { name: 'base' })
    const needing = kustomization({ dependsOn: [{ name: 'base' }] })
    expect((await fixed([idle, needing]))[0]).toHaveProperty('wait', true)
    expect((await fixed([idle]))[0]).not.toHaveProperty('wait')
  })

  test('names what it repaired, and by which rule', async () => {
    const [finding, ...more] = await reportedOn([kustomization({ timeout: undefined })], { fix: true })
    expect(finding).toMatchObject({ id: 'flux-conventions/repaired', field: { path: 'spec.timeout' } })
    expect(finding?.message).toContain('repaired as timeout asks')
    expect(more.map(({ id }) => id)).toEqual(['objects/changed'])
  })

  test('allows only durations, and at least one retry', async () => {
    expect(await refused({ timeout: 'soon' })).toHaveLength(1)
    expect(await refused({ retries: 0 })).toHaveLength(1)
    expect(await refused({ retries: 1 })).toEqual([])
  })
})

describe('retries that are not set', () => {
  const messageOf = async (install: object | undefined, upgrade: object | undefined) =>
    (await reportedOn([release({ install, upgrade })])).map(({ field, message }) => [field?.path, message])
  const SET = { remediation: { retries: 3 } }

  test('are named, for one action or for both', async () => {
    expect(await messageOf(SET, SET)).toEqual([])
    expect(await messageOf(undefined, undefined)).toEqual([
      ['spec.install.remediation.retries', expect.stringContaining('nothing, nor spec.upgrade.remediation.retries,')],
    ])
    expect(await messageOf(SET, {})).toEqual([
      ['spec.upgrade.remediation.retries', expect.stringContaining('found nothing, expected')],
    ])
  })
})

test('objects of other kinds are looked at for variables only where the tree is complete', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a', namespace: 'web', annotations: { 'config.kubernetes.io/path': 'apps/web/shop/app/a.yaml' } },
    spec: { loadBalancerIP: '${IP}' },
  }
  const existing = { 'Namespace/web': { reason: 'is there' } }
  expect(await broken([kustomization(), service], { complete: true, existing })).toEqual(['substitute'])
  expect(await broken([kustomization(), service])).toEqual([])
})
