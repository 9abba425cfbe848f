import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, networkPolicy, service, workload } from './build.ts'

const custom = (
  apiVersion: string,
  kind: string,
  name: string,
  spec: Record<string, unknown> = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
})
const CLUSTER = custom('postgresql.cnpg.io/v1', 'Cluster', 'orders')
const RABBIT = custom('rabbitmq.com/v1beta1', 'RabbitmqCluster', 'queue')
const ELASTIC = custom('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'logs')
const shop = [namespace('shop'), workload('cart')]

type Rule = { from?: unknown[]; to?: unknown[]; ports?: { port: number }[] }
const policy = (objects: readonly KubernetesObject[], name: string): { ingress?: Rule[]; egress?: Rule[] } =>
  objects.find(({ metadata }) => metadata.name === name)?.spec as { ingress?: Rule[]; egress?: Rule[] }
const ports = (rules: readonly Rule[] = []): number[] => [
  ...new Set(rules.flatMap((rule) => (rule.ports ?? []).map(({ port }) => port))),
]
const ids = (findings: readonly { id: string }[]): string[] => findings.map(({ id }) => id)

describe('pods of a custom resource', () => {
  test('are named by flows as workloads are, at both ends', () => {
    const { policies, findings } = harden([...shop, CLUSTER, RABBIT], {
      flows: { 'shop/orders:postgresql': { from: ['cart', 'queue-server'] } },
    })
    expect(ids(findings)).not.toContain('flows/unknown-caller')
    expect(ports(policy(policies, 'orders').ingress)).toEqual([5432])
    expect(ports(policy(policies, 'cart').egress)).toEqual([53, 5432])
    expect(ports(policy(policies, 'queue-server').egress)).toContain(5432)
  })

  test('call each other on the ports by which they form a cluster, and on no others', () => {
    const { policies } = harden([...shop, RABBIT])
    expect(policy(policies, 'queue-server').ingress?.flatMap((rule) => rule.ports)).toEqual([
      { port: 4369, protocol: 'TCP' },
      { port: 6000, endPort: 6500, protocol: 'TCP' },
      { port: 25672, protocol: 'TCP' },
    ])
  })

  test('call the pods of another custom resource that theirs names', () => {
    const pooler = custom('postgresql.cnpg.io/v1', 'Pooler', 'pool', { cluster: { name: 'orders' }, type: 'ro' })
    const { policies } = harden([...shop, CLUSTER, pooler])
    expect(ports(policy(policies, 'pool').egress)).toContain(5432)
    expect(policy(policies, 'orders').ingress).toContainEqual({
      from: expect.arrayContaining([{ podSelector: { matchLabels: { 'cnpg.io/poolerName': 'pool' } } }]),
      ports: [{ port: 5432, protocol: 'TCP' }],
    })
  })

  test('call each other if they only call', () => {
    const cluster = custom('acid.zalan.do/v1', 'postgresql', 'orders', { enableLogicalBackup: true })
    const { policies } = harden([...shop, cluster])
    expect(ports(policy(policies, 'logical-backup-orders').egress)).toEqual(expect.arrayContaining([5432, 6443]))
    expect(policy(policies, 'logical-backup-orders').ingress).toBeUndefined()
  })

  test('are told apart only by flows that select them by labels of their own', () => {
    const flow = { selector: { 'app.kubernetes.io/component': 'rabbitmq' }, from: ['cart'] }
    const { policies } = harden([...shop, RABBIT], { flows: { 'shop/any-queue:5672': flow } })
    expect(policy(policies, 'queue-server')).toBeUndefined()
    expect(ports(policy(policies, 'any-queue').ingress)).toEqual([5672])
  })

  test('are reached by the Services that the operator makes, at the ports of the pods', () => {
    const tenant = custom('minio.min.io/v2', 'Tenant', 'files')
    const { policies } = harden([...shop, tenant], { flows: { 'shop/files:443': { from: ['cart'] } } })
    expect(ports(policy(policies, 'files').ingress)).toEqual([9000])
    expect(ports(policy(policies, 'cart').egress)).toContain(9000)
  })

  test('are reached by a Service of the build that selects them', () => {
    const own = service('search', [{ port: 80, targetPort: 'https' }], {
      'elasticsearch.k8s.elastic.co/cluster-name': 'logs',
    })
    const { policies } = harden([...shop, ELASTIC, own], { flows: { 'shop/logs-es:80': { from: ['cart'] } } })
    expect(ports(policy(policies, 'cart').egress)).toContain(9200)
  })

  test('have no port by a name that they lack', () => {
    const { findings } = harden([...shop, CLUSTER], { flows: { 'shop/orders:nothing': { from: ['cart'] } } })
    expect(ids(findings)).toContain('flows/unknown-port')
  })

  test('are what a policy written by hand selects', () => {
    const byHand = networkPolicy('mine', { podSelector: { matchLabels: { 'cnpg.io/cluster': 'orders' } } })
    expect(ids(harden([...shop, CLUSTER, byHand]).findings)).not.toContain('network-policy-default-deny/dead-policy')
  })

  test('reach the API server if one of their containers calls it, and the mesh if their Namespace is in it', () => {
    const { policies } = harden([namespace('shop', { 'istio-injection': 'enabled' }), CLUSTER, ELASTIC])
    expect(new Set(ports(policy(policies, 'orders').egress))).toEqual(new Set([53, 443, 6443, 15012, 4317, 5432]))
    expect(ports(policy(policies, 'logs-es').egress)).not.toContain(6443)
    expect(ports(policy(harden([...shop, CLUSTER]).policies, 'orders').egress)).not.toContain(15012)
  })

  test('are reported if a Service leads to them from outside and no flow admits anyone', () => {
    const exposed = service('queue', [{ port: 5672 }], { 'app.kubernetes.io/component': 'rabbitmq' })
    const outside = { ...exposed, spec: { ...(exposed.spec as object), type: 'LoadBalancer' } }
    const isSaid = (flows = {}): boolean =>
      ids(harden([...shop, RABBIT, outside], { flows }).findings).includes(
        'network-policy-default-deny/exposed-service',
      )
    expect(isSaid()).toBe(true)
    expect(isSaid({ 'shop/queue-server:5672': { from: ['any'], reason: 'public' } })).toBe(false)
  })

  test('take the traits that policy gives them under the same name', () => {
    const { policies, findings } = harden([...shop, ELASTIC], {
      runtimePods: { 'shop/logs-es': { apiServer: true, injected: false } },
      openEgress: { 'logs-es': { reason: 'snapshots' } },
    })
    expect(policy(policies, 'logs-es').egress).toEqual([{}])
    expect(ids(findings)).not.toContain('network-policy-default-deny/runtime-pods-without-labels')
    expect(ids(findings)).not.toContain('network-policy-default-deny/unknown-key')
  })
})

describe('pods of a kind that is not known', () => {
  const template = (labels: Record<string, string>, more: object = {}) => ({
    metadata: { labels },
    spec: {
      containers: [{ name: 'app', image: 'example/app:1', ports: [{ name: 'http', containerPort: 8080 }] }],
      ...more,
    },
  })
  const object = (kind: string, spec: object): KubernetesObject => ({
    apiVersion: 'apps.kruise.io/v1alpha1',
    kind,
    metadata: { name: 'cart', namespace: 'shop' },
    spec,
  })
  const cloneSet = object('CloneSet', { template: template({ app: 'cart' }) })
  const named = (objects: readonly KubernetesObject[], spec = {}): string[] =>
    harden([namespace('shop'), ...objects], spec)
      .policies.map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('cart'))

  test('get a policy by the labels of their template, and flows lead to them', () => {
    const web = workload('web')
    const flows = { 'shop/cart:http': { from: ['web'], plain: true } }
    const { policies, findings } = harden([namespace('shop'), cloneSet, web], { flows })
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(policies.find(({ metadata }) => metadata.name === 'cart')?.spec).toMatchObject({
      podSelector: { matchLabels: { app: 'cart' } },
      ingress: [{ ports: [{ port: 8080 }] }],
    })
  })

  test.each<[string, object, string[]]>([
    [
      'of several templates by their keys',
      { leaderTemplate: template({ role: 'a' }), workerTemplate: template({ role: 'b' }) },
      ['cart-leader', 'cart-worker'],
    ],
    [
      'of a list by their names',
      {
        tasks: [
          { name: 'ps', template: template({ role: 'a' }) },
          { name: 'w', template: template({ role: 'b' }) },
        ],
      },
      ['cart-ps', 'cart-w'],
    ],
    [
      'of one label by the first name',
      { tasks: [{ template: template({ role: 'a' }) }, { template: template({ role: 'a' }) }] },
      ['cart-0'],
    ],
    ['without labels by none', { template: template({}) }, []],
  ])('%s', (_, spec, expected) => {
    expect(named([object('Job', spec)])).toEqual(expected)
  })

  test.each<[string, object, boolean]>([
    ['its token is mounted', { automountServiceAccountToken: true }, true],
    ['it has an account', { serviceAccountName: 'cart' }, true],
    ['it has an account without a token', { serviceAccountName: 'cart', automountServiceAccountToken: false }, false],
    ['it has neither', {}, false],
  ])('reach the API server if %s', (_, pod, expected) => {
    const { policies } = harden([namespace('shop'), object('CloneSet', { template: template({ app: 'cart' }, pod) })])
    expect(JSON.stringify(policies.find(({ metadata }) => metadata.name === 'cart')).includes('6443')).toBe(expected)
  })

  test('are pods that a policy by hand, and a Service, may select', () => {
    const byHand = networkPolicy('by-hand', { podSelector: { matchLabels: { app: 'cart' } }, ingress: [] })
    const found = harden([
      namespace('shop'),
      cloneSet,
      byHand,
      service('cart', [{ port: 80 }], { app: 'cart' }),
    ]).findings
    expect(ids(found)).not.toContain('network-policy-default-deny/dead-policy')
    expect(ids(found)).not.toContain('network-policy-default-deny/service-selects-nothing')
  })
})
