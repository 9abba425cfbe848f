import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { workloadOf } from '../../functions/lib/kubernetes/workload.ts'
import { kubeletReaders } from '../../functions/network-policy-default-deny/subjects/kubelet-readers.ts'
import { hasSidecar, isInjected } from '../../functions/network-policy-default-deny/subjects/sidecar.ts'
import { harden, namespace, workload } from './build.ts'

// Which pods get a policy of their own, and what is known of them.

describe('a service account reads what kubelets serve', () => {
  const rbac = (kind: string, name: string, more: Fields): KubernetesObject => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: { name },
    ...more,
  })
  const role = (rules: unknown, kind = 'ClusterRole') => rbac(kind, 'reads', { rules })
  const binding = (subjects: unknown, more: Fields = {}, kind = 'ClusterRoleBinding') =>
    rbac(kind, 'reads', { roleRef: { kind: 'ClusterRole', name: 'reads' }, subjects, ...more })
  const account = { kind: 'ServiceAccount', name: 'agent', namespace: 'otel' }
  const METRICS = [{ resources: ['pods'] }, { resources: ['nodes', 'nodes/metrics'] }]
  const readers = (...objects: KubernetesObject[]) =>
    ['agent', 'other'].filter((name) => kubeletReaders(objects).has(name, 'otel')).map((name) => `otel/${name}`)

  test.each(['nodes/metrics', 'nodes/proxy', 'nodes/stats'])('by a right to %s', (resource) => {
    const rules = [{ resources: ['pods'] }, { resources: ['nodes', resource] }]
    expect(readers(role(rules), binding([account, { ...account, name: 'other' }]))).toEqual([
      'otel/agent',
      'otel/other',
    ])
  })

  test.each<[string, KubernetesObject[]]>([
    ['to nodes alone', [role([{ resources: ['nodes'] }]), binding([account])]],
    ['to everything', [role([{ resources: ['*'] }]), binding([account])]],
    ['of a rule without resources', [role([{ nonResourceURLs: ['/metrics'] }, null]), binding([account])]],
    ['of a Role', [role(METRICS, 'Role'), binding([account])]],
    ['of another role', [role(METRICS), binding([account], { roleRef: { kind: 'ClusterRole', name: 'other' } })]],
    ['of a RoleBinding', [role(METRICS), binding([account], {}, 'RoleBinding')]],
    ['of a user', [role(METRICS), binding([{ kind: 'User', name: 'agent', namespace: 'otel' }])]],
    ['of nobody', [role(METRICS), binding(null)]],
    [
      'of the accounts of another namespace',
      [role(METRICS), binding([{ kind: 'Group', name: 'system:serviceaccounts:a' }])],
    ],
  ])('not by a right %s', (_, objects) => {
    expect(readers(...objects)).toEqual([])
  })

  test('by a right of every account of the namespace, or by one that a role aggregates', () => {
    const all = binding([{ kind: 'Group', name: 'system:serviceaccounts:otel' }])
    expect(readers(role(METRICS), all)).toEqual(['otel/agent', 'otel/other'])
    const part = { ...role(METRICS), metadata: { name: 'part', labels: { to: 'reads' } } }
    const whole = { ...role([]), aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'reads' } }] } }
    expect(readers(part, whole, binding([account]))).toEqual(['otel/agent'])
  })
})

describe('the pods of a Gateway', () => {
  const gateway = (gatewayClassName: string, of = 'shop'): KubernetesObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name: 'web', namespace: of },
    spec: { gatewayClassName },
  })
  const LABEL = 'gateway.networking.k8s.io/gateway-name'
  const names = (objects: KubernetesObject[], spec: Fields = {}) =>
    harden([namespace('shop'), ...objects], spec)
      .policies.map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('web'))

  test('get a policy with the name of the Deployment that Istio makes', () => {
    expect(names([gateway('istio')])).toEqual(['web-istio'])
    expect(names([gateway('nginx')])).toEqual(['web-nginx'])
  })

  test.each<[string, KubernetesObject[], Fields]>([
    ['a waypoint', [gateway('istio-waypoint')], {}],
    ['one of a namespace that is not denied', [gateway('istio', 'other')], {}],
    [
      'one whose pods are said to be elsewhere',
      [gateway('istio')],
      { gateways: { gatewayApi: { main: { namespace: 'ingress', labels: { app: 'gateway' } } } } },
    ],
  ])('get none: %s', (_, objects, spec) => {
    expect(names(objects, spec)).toEqual([])
  })

  test('are those of the build if it has some', () => {
    const pods = workload('gate', { labels: { [LABEL]: 'web' } })
    expect(names([gateway('istio'), pods])).toEqual([])
    const elsewhere = workload('gate', { labels: { [LABEL]: 'web' }, namespace: 'other' })
    expect(names([gateway('istio'), elsewhere])).toEqual(['web-istio'])
  })
})

describe('a sidecar', () => {
  const INJECT = 'sidecar.istio.io/inject'
  const REVISION = 'istio.io/rev'
  const of = (labels: Record<string, string>, onNamespace?: Record<string, string>) =>
    isInjected('shop', labels, new Map(onNamespace && [['shop', namespace('shop', onNamespace)]]))

  test.each<[Record<string, string>, Record<string, string> | undefined, boolean]>([
    [{ [INJECT]: 'true' }, { 'istio-injection': 'disabled' }, true],
    [{ [INJECT]: 'false' }, { 'istio-injection': 'enabled' }, false],
    [{}, { 'istio-injection': 'enabled' }, true],
    [{ [REVISION]: 'stable' }, { 'istio-injection': 'disabled' }, false],
    [{}, { [REVISION]: 'stable' }, true],
    [{ [REVISION]: 'stable' }, undefined, true],
    [{}, {}, false],
  ])('is that of pods with %j in a Namespace with %j, or not', (labels, onNamespace, expected) => {
    expect(of(labels, onNamespace)).toBe(expected)
  })

  test('is not injected on the network of the node, unless the pods say so', () => {
    const all = new Map([['shop', namespace('shop', { 'istio-injection': 'enabled' })]])
    const has = (labels: Record<string, string>, hostNetwork: boolean) => {
      const read = workloadOf(workload('agent', { labels, spec: { hostNetwork } }))
      if (!read) throw new Error('no workload')
      return hasSidecar(read, all)
    }
    expect(has({ app: 'agent' }, false)).toBe(true)
    expect(has({ app: 'agent' }, true)).toBe(false)
    expect(has({ app: 'agent', [INJECT]: 'true' }, true)).toBe(true)
  })
})

describe('run-time pods', () => {
  const ids = (runtimePods: Fields, objects: KubernetesObject[] = []) =>
    harden([namespace('shop'), ...objects], { runtimePods }).findings.map(({ id }) => id.replace(/.*\//, ''))

  test('without labels that anything tells are said, in a namespace that is denied', () => {
    expect(ids({ 'shop/jobs': { apiServer: true } })).toContain('runtime-pods-without-labels')
    expect(ids({ 'other/jobs': { apiServer: true } })).not.toContain('runtime-pods-without-labels')
  })

  test('of several names and the same labels have one policy, under the first name', () => {
    const labels = { app: 'job', tier: 'night' }
    const { policies } = harden([namespace('shop')], {
      runtimePods: { 'shop/b': { labels }, 'shop/a': { labels: { tier: 'night', app: 'job' } } },
    })
    expect(policies.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['a']))
    expect(policies.map(({ metadata }) => metadata.name)).not.toContain('b')
  })
})
