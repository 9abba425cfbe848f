import { covers } from '../../functions/istio-hardening/objects/sidecar-hosts.ts'
import { EXCEPTION } from '../../functions/lib/framework/exceptions.ts'
import { generatedNames } from '../../functions/lib/framework/generated-names.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import fc, { runs } from '../support/fast-check.ts'
import { harden, hostsOf, service, workload, written } from './build.ts'

const ISTIOD = 'istio-system/istiod.istio-system.svc.cluster.local'

describe('the names of objects', () => {
  test.each<[string, [kind: string, name: string, namespace?: string][], string[]]>([
    ['the workload has it', [['Deployment', 'a']], ['Deployment/a a']],
    [
      'a Job comes after workloads that keep running',
      [
        ['Job', 'a'],
        ['StatefulSet', 'a'],
      ],
      ['Job/a a-job', 'StatefulSet/a a'],
    ],
    [
      'kinds are sorted alphabetically',
      [
        ['StatefulSet', 'a'],
        ['Deployment', 'a'],
      ],
      ['StatefulSet/a a-statefulset', 'Deployment/a a'],
    ],
    [
      'not across namespaces',
      [
        ['Job', 'a', 'x'],
        ['Deployment', 'a'],
      ],
      ['Job/a a', 'Deployment/a a'],
    ],
    [
      'nor onto a name that is another’s',
      [
        ['Deployment', 'a'],
        ['Job', 'a'],
        ['Deployment', 'a-job'],
      ],
      ['Deployment/a a', 'Job/a a-job-job', 'Deployment/a-job a-job'],
    ],
  ])('%s', (_, given, expected) => {
    const objects = given.map(([kind, name, namespace]) => workload(name, { kind, ...(namespace && { namespace }) }))
    const names = generatedNames(workloadsOf(objects))
    expect(objects.map((object) => `${object.kind}/${object.metadata.name} ${names.get(object)}`)).toEqual(expected)
  })
})

describe('a host of a Sidecar takes in', () => {
  test.each([
    ['*/*', 'stock/a', true],
    ['./*', './a', true],
    ['./*', 'shop/a', true],
    ['./*', 'stock/a', false],
    ['stock/*', 'stock/a', true],
    ['*/a', 'stock/a', true],
    ['./*.example.com', './api.example.com', true],
    ['./*.example.com', './example.com', false],
    ['./a', './a', true],
    ['./a', './ab', false],
    ['~/*', './a', false],
  ])('%s: %s is %s', (host, other, expected) => expect(covers(host, other, 'shop')).toBe(expected))
})

describe('a hand-written Sidecar', () => {
  const flows = { 'shop/b:80': { from: ['a', 'c'] } }
  const build = (sidecar: object): KubernetesObject[] => [
    workload('a'),
    workload('b'),
    workload('c'),
    service('b', 80),
    written('Sidecar', 'own', 'a', sidecar),
  ]

  test('is completed under its own name, and no other is made', async () => {
    const hardened = await harden(build({ egress: [{ hosts: ['stock/s'] }] }), { flows })
    expect(hostsOf(hardened, 'own')).toEqual(['stock/s', './b.shop.svc.cluster.local', ISTIOD])
    expect(hardened.objects.filter(({ kind }) => kind === 'Sidecar').map(({ metadata }) => metadata.name)).toEqual([
      'own',
      'b',
      'c',
    ])
    expect(hardened.ids).toEqual([])
  })

  test('keeps hosts that take in those of flows, and is reported for them', async () => {
    const hardened = await harden(build({ egress: [{ hosts: ['*/*'] }] }), { flows })
    expect(hostsOf(hardened, 'own')).toEqual(['*/*'])
    expect(hardened.ids).toEqual(['open-host'])
  })

  test('is not reported for a pattern for which the policy gives a reason', async () => {
    const hosts = { a: { './*': { reason: 'it finds its peers by itself' } } }
    const { get, ids } = await harden(build({ egress: [{ hosts: ['./*'] }] }), { flows, hosts })
    expect(ids).toEqual(['extra-host'])
    expect(get('Sidecar', 'own').metadata.annotations?.[EXCEPTION]).toBe(
      'istio-hardening: host ./*: it finds its peers by itself',
    )
  })

  test('with ports of its own gets a block for all others', async () => {
    const block = { port: { number: 5432, protocol: 'TCP', name: 'db' }, hosts: ['stock/db'] }
    const { get } = await harden(build({ egress: [block] }), { flows })
    expect(get('Sidecar', 'own').spec).toMatchObject({
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [block, { captureMode: 'DEFAULT', hosts: ['./b.shop.svc.cluster.local', ISTIOD] }],
    })
  })

  test('takes the mode that the policy gives the workload, with its reason', async () => {
    const open = { outboundTrafficPolicy: { mode: 'ALLOW_ANY' } }
    const outbound = { a: { mode: 'ALLOW_ANY', reason: 'it crawls' } }
    const { get, ids } = await harden(build(open), { outbound })
    expect(ids).toEqual(['allow-any'])
    for (const object of [get('Sidecar', 'own'), get('Deployment', 'a')])
      expect(object.metadata.annotations?.[EXCEPTION]).toBe('istio-hardening: it crawls')
    const closed = await harden(build(open), { outbound: { a: { mode: 'REGISTRY_ONLY' } } })
    expect(closed.get('Sidecar', 'own').spec).toMatchObject({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })
    expect(closed.ids).toEqual([])
  })

  const team = { team: 'checkout' }
  const shared = (): KubernetesObject => ({
    ...written('Sidecar', 'team', undefined, { workloadSelector: { labels: team } }),
  })
  const member = (name: string): KubernetesObject =>
    workload(name, { labels: { 'app.kubernetes.io/name': name, ...team } })

  test('of several workloads gets the hosts of all', async () => {
    const objects = [member('a'), member('c'), workload('b'), service('b', 80), shared()]
    const hardened = await harden(objects, { flows, hosts: { c: { 'stock/s': { reason: 'r' } } } })
    expect(hostsOf(hardened, 'team')).toEqual(['./b.shop.svc.cluster.local', ISTIOD, 'stock/s'])
    expect(hardened.objects.filter(({ kind }) => kind === 'Sidecar')).toHaveLength(2)
  })

  test('of several workloads also opens those that have no reason, and says so', async () => {
    const outbound = { a: { mode: 'ALLOW_ANY', reason: 'it crawls' } }
    const { ids } = await harden([member('a'), member('c'), shared()], { outbound })
    expect(ids).toEqual(['allow-any', 'open-mode'])
  })

  test('next to another for the same pods is reported, because Istio leaves the outcome undefined', async () => {
    const { ids } = await harden([...build({}), written('Sidecar', 'other', 'a', {})])
    expect(ids).toEqual(['several-objects'])
  })
})

describe('a hand-written PeerAuthentication', () => {
  const plain = { 'shop/a:9095': { plain: true, from: ['b'] } }
  const build = (spec: object): KubernetesObject[] => [
    workload('a'),
    workload('b'),
    written('PeerAuthentication', 'own', 'a', spec),
  ]

  test('gets the ports of plain flows', async () => {
    const { get, ids } = await harden(build({}), { flows: plain })
    expect(get('PeerAuthentication', 'own').spec).toMatchObject({
      mtls: { mode: 'STRICT' },
      portLevelMtls: { 9095: { mode: 'PERMISSIVE' } },
    })
    expect(ids).toEqual([])
  })

  test.each([
    ['UNSET', { mtls: { mode: 'UNSET' } }, 'spec.mtls.mode'],
    ['DISABLE', { mtls: { mode: 'DISABLE' } }, 'spec.mtls.mode'],
    ['a port', { portLevelMtls: { 80: { mode: 'PERMISSIVE' } } }, 'spec.portLevelMtls["80"].mode'],
  ])('is reported for %s', async (_, spec, path) => {
    const { findings } = await harden(build(spec))
    const field = expect.objectContaining({ path })
    expect(findings).toEqual([expect.objectContaining({ id: 'istio-hardening/weaker-mtls', field })])
  })

  test.each(['STRICT', 'UNSET'])('may not say %s of a port to which plain text is sent', async (mode) => {
    const { ids } = await harden(build({ portLevelMtls: { 9095: { mode } } }), { flows: plain })
    expect(ids).toEqual(['stricter-mtls'])
  })

  test('is not reported for a port for which the policy gives a reason', async () => {
    const permissivePorts = { a: { 80: { reason: 'probed from outside' } } }
    const { get, ids } = await harden(build({ portLevelMtls: { 80: { mode: 'PERMISSIVE' } } }), {
      permissivePorts,
    })
    expect(ids).toEqual(['plain-text-port'])
    expect(get('PeerAuthentication', 'own').metadata.annotations).toEqual({
      [EXCEPTION]: 'istio-hardening: port 80: probed from outside',
    })
  })
})

describe('a ServiceEntry that the build has', () => {
  const flows = { 'external/api.example.com:443': { from: ['shop/a'] } }
  const entry = (namespace: string, exportTo?: string[]): KubernetesObject => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: { name: 'theirs', namespace },
    spec: {
      hosts: ['api.example.com'],
      ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
      ...(exportTo && { exportTo }),
    },
  })

  test.each([
    ['in the namespace', entry('shop', ['.']), './api.example.com', 1],
    ['in another that exports it', entry('egress'), 'egress/api.example.com', 1],
    ['in another that exports it here', entry('egress', ['shop']), 'egress/api.example.com', 1],
    ['in another that keeps it', entry('egress', ['.']), './api.example.com', 2],
  ])('%s', async (_, existing, host, count) => {
    const hardened = await harden([workload('a'), existing], { flows })
    expect(hostsOf(hardened, 'a')).toEqual([host, ISTIOD])
    expect(hardened.objects.filter(({ kind }) => kind === 'ServiceEntry')).toHaveLength(count)
  })
})

test('an address is called by the name of its ServiceEntry, generated or hand-written', async () => {
  const flows = { 'external/192.0.2.7:5432': { from: ['shop/a'] } }
  expect(hostsOf(await harden([workload('a')], { flows }), 'a')).toEqual(['./192-0-2-7.address', ISTIOD])
  const entry = written('ServiceEntry', 'db', undefined, { hosts: ['db.example.com'], addresses: ['192.0.2.7'] })
  const hardened = await harden([workload('a'), entry], { flows })
  expect(hostsOf(hardened, 'a')).toEqual(['./db.example.com', ISTIOD])
  expect(hardened.get('ServiceEntry', 'db').spec).toMatchObject({
    ports: [{ number: 5432, name: 'tcp-5432', protocol: 'TCP' }],
  })
})

test('a ServiceEntry is applied in the sync wave of its first caller', async () => {
  const wave = (value: string) => ({ metadata: { annotations: { 'argocd.argoproj.io/sync-wave': value } } })
  const flows = { 'external/api.example.com:443': { from: ['shop/*'] } }
  const { get } = await harden([workload('a', wave('1')), workload('b', wave('-2')), workload('c')], { flows })
  expect(get('ServiceEntry', 'api.example.com').metadata.annotations?.['argocd.argoproj.io/sync-wave']).toBe('-2')
})

test('what the policy no longer asks for is removed: objects, hosts, reasons', async () => {
  const objects = [workload('a')]
  await harden(objects, {
    flows: { 'external/api.example.com:443': { from: ['shop/a'] } },
    outbound: { a: { mode: 'ALLOW_ANY', reason: 'it crawls' } },
  })
  const second = await harden(objects, {})
  expect(second.objects.some(({ kind }) => kind === 'ServiceEntry')).toBe(false)
  expect(second.get('Sidecar', 'a').spec).toMatchObject({ outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } })
  expect(hostsOf(second, 'a')).toEqual([ISTIOD])
  expect(JSON.stringify(second.objects)).not.toContain('it crawls')
})

test('a workload that leaves the mesh takes its objects with it', async () => {
  const objects = [workload('a')]
  await harden(objects)
  const { ids } = await harden(objects, { workloads: { a: { inject: false, reason: 'r' } } })
  expect(objects).toHaveLength(1)
  expect(ids).toContain('objects/removed')
})

test('labels that functions write never tell pods apart', async () => {
  const labels = { 'app.kubernetes.io/name': 'a' }
  const objects = [workload('a', { labels }), workload('migrate', { kind: 'Job', labels })]
  const first = await harden(objects)
  const second = await harden(objects)
  for (const { findings } of [first, second])
    expect(findings.map(({ id }) => id)).toEqual([
      'istio-hardening/native-sidecar',
      'istio-hardening/indistinct-pods',
      'istio-hardening/indistinct-pods',
    ])
})

test.each([
  ['tracing', { tracing: [{ disableSpanReporting: true }] }, 'spec.tracing[0].disableSpanReporting'],
  ['access log', { accessLogging: [{}, { disabled: true }] }, 'spec.accessLogging[1].disabled'],
  ['metrics', { metrics: [{ overrides: [{ disabled: true }] }] }, 'spec.metrics[0].overrides[0].disabled'],
])('a hand-written Telemetry is reported where it switches off: %s', async (_, spec, path) => {
  const { findings } = await harden([workload('a'), written('Telemetry', 'own', 'a', spec)])
  expect(findings).toEqual([expect.objectContaining({ severity: 'warning', field: { path, currentValue: true } })])
})

describe('hosts outside the cluster', () => {
  const run = (keys: string[], plain = false): Promise<string[]> =>
    harden([workload('a')], {
      flows: Object.fromEntries(keys.map((key) => [`external/${key}`, { from: ['shop/a'], plain }])),
    }).then(({ ids }) => ids)

  test.each([
    ['told apart by server name', ['a.example.com:443', 'b.example.com:443', '*.example.net:443']],
    ['told apart by Host header', ['a.example.com:80', 'b.example.com:80']],
    ['told apart by address', ['192.0.2.1:5432', '192.0.2.2:5432', 'a.example.com:5432']],
    ['each on a port of its own', ['a.example.com:5432', 'b.example.com:5433']],
  ])('are %s', async (_, keys) => expect(await run(keys)).toEqual([]))

  test('on one TCP port are not told apart, unless they are called past the proxy', async () => {
    const keys = ['a.example.com:5432', 'b.example.com:5432']
    expect(await run(keys)).toEqual(['hosts-on-one-tcp-port'])
    expect(await run(keys, true)).toEqual([])
  })
})

describe('ambient mode', () => {
  test('leaves out a namespace that says so itself', async () => {
    const labels = { 'istio.io/dataplane-mode': 'none' }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } }
    const { get, objects, ids } = await harden([namespace, workload('a')], { ambient: true })
    expect(get('Namespace', 'shop').metadata.labels).toEqual(labels)
    expect(objects).toHaveLength(2)
    expect(ids).toEqual(['namespace-refuses-mesh'])
  })

  test('needs a namespace to label', async () => {
    expect((await harden([workload('a')], { ambient: true })).ids).toEqual(['unlabelled-namespace'])
  })

  test('reports pods that would keep a sidecar', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
    const labels = { 'app.kubernetes.io/name': 'a', 'sidecar.istio.io/inject': 'true' }
    expect((await harden([namespace, workload('a', { labels })], { ambient: true })).ids).toEqual([
      'sidecar-in-ambient',
    ])
  })
})

const volumeOf = (serviceAccountToken: object): object => ({
  name: 'token',
  projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }, { serviceAccountToken }] },
})

test.each<[string, object, boolean]>([
  ['a named account', { serviceAccountName: 'a' }, true],
  ['an account by the older field', { serviceAccount: 'a' }, true],
  ['no account, in quotes', { serviceAccountName: '' }, false],
  ['no account, as null', { serviceAccountName: null }, false],
  ['an account whose token the pod refuses', { serviceAccountName: 'a', automountServiceAccountToken: false }, false],
  ['a token of a volume', { automountServiceAccountToken: false, volumes: [volumeOf({ path: 'token' })] }, true],
  ['a token of a volume for somebody else', { volumes: [volumeOf({ path: 'token', audience: 'vault' })] }, false],
  [
    'volumes without a token',
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', projected: null },
      ],
    },
    false,
  ],
])('the API server is a host of pods with %s: their token is mounted', async (_, pod, isHost) => {
  const hosts = hostsOf(await harden([workload('a', { pod })]), 'a')
  expect(hosts.includes('default/kubernetes.default.svc.cluster.local')).toBe(isHost)
})

test('the generated objects do not depend on the order of the input', async () => {
  const build = (): KubernetesObject[] => [
    workload('a', { pod: { serviceAccountName: 'a' } }),
    workload('b', { ports: { http: 80 } }),
    workload('b', { kind: 'Job', labels: { 'app.kubernetes.io/name': 'b-job' } }),
    workload('c'),
    service('b', 80),
    service('c', 9095),
    written('Sidecar', 'x', 'c', {}),
    written('Sidecar', 'y', 'c', {}),
  ]
  const policy = {
    authorization: 'flows',
    flows: {
      'shop/b:80': { from: ['a', 'c'] },
      'shop/c:9095': { from: ['shop/*'], plain: true },
      'external/api.example.com:443': { from: ['shop/a', 'shop/c'] },
    },
  }
  const outcome = async (objects: KubernetesObject[]): Promise<string[]> =>
    (await harden(objects, policy)).objects.map((object) => JSON.stringify(object)).sort()
  const expected = await outcome(build())
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([...build().keys()], { minLength: build().length }), async (order) => {
      const objects = build()
      expect(await outcome(order.flatMap((index) => objects[index] ?? []))).toEqual(expected)
    }),
    { numRuns: runs(15) },
  )
})
