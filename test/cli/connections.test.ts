import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { connectionsIn } from '../../cli/connections/connections.ts'
import { readObjects } from '../../cli/read-objects.ts'
import { digestOf } from '../../functions/lib/charts/canonical-json.ts'
import { runsPods, workloadsOf } from '../../functions/lib/kubernetes/workload.ts'
import { admits, type Connection, type Endpoint } from '../network-policy-default-deny/evaluate.ts'
import { tally } from '../support/tally.ts'
import { edit, fixtures, IMAGE, removeFolders, run, tree } from './lib/command-line.ts'
import { krmHardening } from './lib/in-process.ts'

afterAll(removeFolders)

const pod = (name: string, namespace = 'shop', port = 'ports: [{name: http, containerPort: 8080}]'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {containers: [{name: c, image: i, ${port}}]}\n`
const policy = (name: string, spec: string): string =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`

const lines = (...documents: string[]): string[] =>
  connectionsIn(readObjects(documents.join('---\n'), 'test')).map(
    ({ from, to, port, protocol }) => `${from} > ${to} ${port}/${protocol}`,
  )

describe('connections', () => {
  const DENY = policy('deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}')
  const IN = 'podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress'
  const OUT = 'podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress'

  test('need the policies of both ends', () => {
    const admitIn = policy('in', `{${IN}: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 8080}]}]}`)
    const admitOut = policy(
      'out',
      `{${OUT}: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 8080}]}]}`,
    )
    const pods = [pod('web'), pod('api')]
    expect(lines(...pods, DENY)).toEqual([])
    expect(lines(...pods, DENY, admitIn)).toEqual([])
    expect(lines(...pods, DENY, admitOut)).toEqual([])
    expect(lines(...pods, DENY, admitIn, admitOut)).toEqual(['shop/api > shop/web 8080/TCP'])
  })

  test('resolve names of ports by the pods that are called, and intersect ranges', () => {
    const admitIn = policy('in', `{${IN}: [{ports: [{port: http}, {port: 9000, endPort: 9010}]}]}`)
    const admitOut = policy(
      'out',
      `{${OUT}: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}, {port: 9005, endPort: 9020}]}]}`,
    )
    expect(lines(pod('web'), pod('api'), DENY, admitIn, admitOut)).toEqual([
      'anyone > shop/web 8080/TCP',
      'anyone > shop/web 9000-9010/TCP',
      'shop/api > shop/web 8080/TCP',
      'shop/api > shop/web 9005-9010/TCP',
    ])
  })

  test('exist on every port of pods that no policy selects', () => {
    expect(lines(pod('web'))).toEqual([
      ...['SCTP', 'TCP', 'UDP'].map((protocol) => `anyone > shop/web */${protocol}`),
      ...['SCTP', 'TCP', 'UDP'].map((protocol) => `shop/web > anyone */${protocol}`),
      ...['SCTP', 'TCP', 'UDP'].map((protocol) => `shop/web > shop/web */${protocol}`),
    ])
  })

  test.each([
    ['of every namespace', '{namespaceSelector: {}}', '*/*'],
    ['of one name in every namespace', '{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}', '*/app=web'],
  ])('from pods %s come from outside too, whichever pods of the rendering they select', (_, peer, end) => {
    const admitIn = policy('in', `{${IN}: [{from: [${peer}], ports: [{port: 8080}]}]}`)
    expect(lines(pod('web'), DENY, admitIn)).toEqual([`${end} > shop/web 8080/TCP`])
  })

  test('name ends that are not in the rendering by their selector or addresses', () => {
    const admitIn = policy(
      'in',
      `{${IN}: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}, podSelector: {matchLabels: {app: x}}}, {ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 53, protocol: UDP}]}]}`,
    )
    expect(lines(pod('web'), DENY, admitIn)).toEqual(['10.0.0.0/8 > shop/web 53/UDP', 'other/app=x > shop/web 53/UDP'])
  })

  test('say which policies of Istio and Cilium also decide about them, and were not evaluated', () => {
    const other = (apiVersion: string, kind: string, spec: string, namespace = 'shop') =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: p, namespace: ${namespace}}\nspec: ${spec}\n`
    const notJudged = (...policies: string[]) => {
      const objects = readObjects([pod('web'), pod('api'), ...policies].join('---\n'), 'test')
      return connectionsIn(objects).flatMap(({ from, to, protocol, notJudged: why }) =>
        protocol === 'TCP' && why ? [`${from} > ${to}: ${why.join(', ')}`] : [],
      )
    }
    const ISTIO = 'security.istio.io/v1'
    const web = ['anyone > shop/web', 'shop/api > shop/web', 'shop/web > shop/web']
    const authorization = other(ISTIO, 'AuthorizationPolicy', '{selector: {matchLabels: {app: web}}}')
    expect(notJudged(authorization)).toEqual(web.map((pair) => `${pair}: AuthorizationPolicy shop/p`))
    expect(notJudged(other(ISTIO, 'AuthorizationPolicy', '{}', 'blog'))).toEqual([])
    expect(notJudged(other(ISTIO, 'AuthorizationPolicy', '{}', 'istio-system'))).toHaveLength(6)
    const cilium = '{endpointSelector: {matchLabels: {app: web}}, egressDeny: [{toEntities: [world]}]}'
    const fromWeb = ['shop/web > anyone', 'shop/web > shop/api', 'shop/web > shop/web']
    expect(notJudged(other('cilium.io/v2', 'CiliumNetworkPolicy', cilium))).toEqual(
      fromWeb.map((pair) => `${pair}: CiliumNetworkPolicy shop/p`),
    )
    expect(notJudged(other('cilium.io/v2', 'CiliumNetworkPolicy', cilium, 'blog'))).toEqual([])
    expect(notJudged(other('cilium.io/v2', 'CiliumClusterwideNetworkPolicy', cilium, 'blog'))).toHaveLength(3)
  })

  test('say that the pods behind a range of addresses are not known', () => {
    const admitIn = policy('in', `{${IN}: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 53}]}]}`)
    expect(connectionsIn(readObjects([pod('web'), DENY, admitIn].join('---\n'), 'test'))).toEqual([
      {
        from: '10.0.0.0/8',
        to: 'shop/web',
        port: '53',
        protocol: 'TCP',
        notJudged: ['pods with addresses in 10.0.0.0/8'],
      },
    ])
  })

  test('of a whole stack agree with an evaluator that shares no code with it', () => {
    const objects = readObjects(readFileSync(join(__dirname, '../golden/dev/mimir.yaml'), 'utf8'), 'mimir')
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
    const workloads = workloadsOf(objects).filter(runsPods)
    const found = connectionsIn(objects)
    const ports = [...new Set(found.map(({ port }) => Number(port)).filter((port) => port > 0)), 1]
    const endpoint = ({ namespace, labels }: (typeof workloads)[0]): Endpoint => ({
      namespace,
      labels,
      address: '10.0.0.1',
    })
    const expected = workloads.flatMap((from) =>
      workloads.flatMap((to) =>
        ports.flatMap((port) => {
          const connection: Connection = { from: endpoint(from), to: endpoint(to), protocol: 'TCP', port }
          const isOpen = admits(policies, 'Egress', connection) && admits(policies, 'Ingress', connection)
          return isOpen ? [`${from.namespace}/${from.name} ${to.namespace}/${to.name} ${port}`] : []
        }),
      ),
    )
    const names = new Set(workloads.map(({ namespace, name }) => `${namespace}/${name}`))
    const actual = found
      .filter(({ from, to, protocol }) => names.has(from) && names.has(to) && protocol === 'TCP')
      .map(({ from, to, port }) => `${from} ${to} ${port}`)
    tally('pairs', workloads.length ** 2 * ports.length)
    expect(expected.length).toBeGreaterThan(20)
    expect(actual.sort()).toEqual(expected.sort())
  })
})

/** The fixtures with a flow, in a repository of Git. */
async function repository(): Promise<string> {
  const root = fixtures()
  edit(
    join(root, 'policy/policy.yaml'),
    (text) =>
      `${text}  networkPolicy: {namespaces: {blog: {off: true, reason: its CronJob has no labels}}}\n  flows: {"shop/web:http": {from: [blog/blog]}}\n`,
  )
  await commit(root)
  return root
}

async function commit(root: string): Promise<void> {
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: root })
  await git('init', '-q')
  await git('add', '-A')
  await git('commit', '-qm', 'first')
}

describe('diff', () => {
  test('shows the connections that a change adds and removes', async () => {
    const root = await repository()
    const none = await krmHardening(['diff', 'HEAD', 'environment'], { cwd: root })
    expect(none.stderr).not.toContain('error: ')
    expect(none).toMatchObject({ stdout: '0 connections added, 0 removed\n', exitCode: 0 })
    edit(join(root, 'policy/policy.yaml'), (text) => text.replace('[blog/blog]', '[blog/other]'))
    const changed = await krmHardening(['diff', 'HEAD', 'environment', '-o', 'json'], { cwd: root })
    expect(changed.exitCode).toBe(0)
    const { added, removed } = JSON.parse(changed.stdout)
    expect(added).toContainEqual({
      from: 'blog/app.kubernetes.io/name=other',
      to: 'shop/web',
      port: '8080',
      protocol: 'TCP',
    })
    expect(removed.map(({ from, to }: { from: string; to: string }) => `${from} > ${to}`)).toContain(
      'blog/web > shop/web',
    )
  })

  test('shows those of the workloads that locked charts install', async () => {
    const values = {}
    const meta = { name: 'app', namespace: 'shop' }
    const objects = [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'app-web' },
        spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'app-web' },
        spec: {
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'web', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }] }] },
          },
        },
      },
    ]
    const chart = { url: 'oci://charts.example.com/web', version: '1.2.3', digest: 'unknown' }
    const files = {
      'kustomization.yaml': {
        resources: ['namespace.yaml', 'source.yaml', 'release.yaml', 'lock.yaml'],
        transformers: ['policy.yaml'],
      },
      'namespace.yaml': { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
      'source.yaml': {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'OCIRepository',
        metadata: meta,
        spec: { interval: '1h', url: chart.url, ref: { tag: chart.version } },
      },
      'release.yaml': {
        apiVersion: 'helm.toolkit.fluxcd.io/v2',
        kind: 'HelmRelease',
        metadata: meta,
        spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'app' }, values },
      },
      'lock.yaml': {
        apiVersion: 'krm-hardening.dev/v1alpha1',
        kind: 'ChartLock',
        metadata: { ...meta, annotations: { 'config.kubernetes.io/local-config': 'true' } },
        spec: {
          chart,
          release: meta,
          values: digestOf(values),
          helm: 'v3.18.6',
          kubernetes: '1.32.0',
          digest: digestOf(objects),
          objects,
        },
      },
      'policy.yaml': {
        apiVersion: 'krm-hardening.dev/v1alpha1',
        kind: 'Hardening',
        metadata: {
          name: 'hardening',
          annotations: { 'config.kubernetes.io/function': `container: {image: "${IMAGE}"}` },
        },
        spec: { networkPolicy: {}, flows: { 'shop/app-web:http': { from: ['edge/gateway'] } } },
      },
    }
    const root = tree(Object.fromEntries(Object.entries(files).map(([path, object]) => [path, stringify(object)])))
    await commit(root)
    edit(join(root, 'policy.yaml'), (text) => text.replace('edge/gateway', 'edge/other'))
    const { stdout, stderr } = await krmHardening(['diff', 'HEAD'], { cwd: root })
    expect(stderr).not.toContain('error: ')
    expect(stdout).toContain('- edge/app.kubernetes.io/name=gateway → shop/app-web 8080/TCP\n')
    expect(stdout).toContain('+ edge/app.kubernetes.io/name=other → shop/app-web 8080/TCP\n')
  })

  test('refuses a revision that is not there', async () => {
    const { stdout, stderr, exitCode } = await krmHardening(['diff', 'absent', 'environment'], {
      cwd: await repository(),
    })
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
    expect(stderr).toContain('error: git archive failed: ')
  })
})
