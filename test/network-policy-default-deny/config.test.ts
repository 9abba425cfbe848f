import { parseConfig } from '../../functions/lib/framework/config.ts'
import { networkPolicyDefaultDenySchema } from '../../functions/network-policy-default-deny/config.ts'
import { networkPolicyDefaultDeny } from '../../functions/network-policy-default-deny/function.ts'
import { refusedBy } from '../support/policies.ts'

const refused = (spec: object): string[] => refusedBy(networkPolicyDefaultDenySchema, spec)
const read = (spec: object) => parseConfig(networkPolicyDefaultDenySchema, spec, 'spec')
const BECAUSE = { reason: 'a test' }
const WEB = { namespace: 'web', labels: { app: 'web' } }

test('an empty policy means these values', () => {
  expect(read({})).toEqual({
    mode: 'mutate',
    dialect: 'kubernetes',
    directions: ['Ingress', 'Egress'],
    stage: 'full',
    workloads: {},
    namespaces: {},
    namespaceLabel: 'kubernetes.io/metadata.name',
    always: {},
    dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53 },
    istiod: { namespace: 'istio-system', labels: { app: 'istiod' }, port: 15012 },
    apiServer: { ports: [443, 6443], relays: {} },
    privateRanges: {
      '10.0.0.0/8': true,
      '100.64.0.0/10': true,
      '169.254.0.0/16': true,
      '172.16.0.0/12': true,
      '192.168.0.0/16': true,
    },
    addresses: {},
    nodes: {},
    runtimePods: {},
    openEgress: {},
    ambient: false,
    notInjected: { 'kube-system': true, 'kube-public': true, 'istio-system': true },
  })
})

test('what is written in part keeps its other values', () => {
  const { dns, scrape, otelAgent, runtimePods, always, namespaces, privateRanges } = read({
    dns: { namespace: 'dns' },
    scrape: { namespace: 'monitoring' },
    otelAgent: WEB,
    runtimePods: { 'shop/kafka': {} },
    always: { scan: { from: { scanner: WEB }, ports: [80] } },
    namespaces: { legacy: {} },
    privateRanges: { '10.0.0.0/8': false, 'fc00::/7': true },
  })
  expect(dns).toEqual({ namespace: 'dns', labels: { 'k8s-app': 'kube-dns' }, port: 53 })
  expect(scrape).toEqual({
    namespace: 'monitoring',
    labels: { 'app.kubernetes.io/name': 'prometheus' },
    port: 15020,
    off: false,
  })
  expect(otelAgent).toEqual({ ...WEB, port: 4317 })
  expect(runtimePods).toEqual({ 'shop/kafka': { injected: true, apiServer: false } })
  expect(always).toEqual({ scan: { podLabels: {}, from: { scanner: WEB }, to: {}, ports: [80], protocol: 'TCP' } })
  expect(namespaces).toEqual({ legacy: { off: false } })
  expect(privateRanges).toMatchObject({ '10.0.0.0/8': false, '172.16.0.0/12': true, 'fc00::/7': true })
})

describe('a policy may say', () => {
  test.each<[object]>([
    [{ dialect: 'cilium' }],
    [{ directions: ['Egress'] }],
    [{ stage: 'audit', workloads: { cart: { stage: 'ingress' }, web: { stage: 'full' } } }],
    [{ namespaces: { shop: { off: true, ...BECAUSE }, legacy: {} } }],
    [{ always: { scan: { to: { scanner: WEB }, ports: ['http', 65535], protocol: 'UDP' } } }],
    [{ always: { scan: { from: { any: { namespace: 'web', ...BECAUSE } }, ports: [1], protocol: 'SCTP' } } }],
    [{ dns: { nodeLocal: '169.254.20.10/32' } }],
    [{ apiServer: { ports: [6443], cidrs: ['192.0.2.1/32'], relays: { konnectivity: WEB } } }],
    [{ addresses: { 'a.example.com': ['192.0.2.1/32', '2001:db8::/32'] } }],
    [{ nodes: { '192.0.2.0/24': true, '198.51.100.0/24': false } }],
    [{ runtimePods: { 'shop/kafka': { labels: { app: 'kafka' }, injected: false, apiServer: true } } }],
    [{ openEgress: { cart: BECAUSE } }],
    [{ probes: { from: ['192.0.2.0/24'] } }],
    [{ notInjected: { legacy: true } }],
  ])('%j', (spec) => {
    expect(refused(spec)).toEqual([])
  })
})

describe('a policy is refused that says', () => {
  test.each<[object, string]>([
    [{ dialect: 'calico' }, 'spec.dialect'],
    [{ directions: [] }, 'spec.directions'],
    [{ directions: ['Both'] }, 'spec.directions[0]'],
    [{ stage: 'egress' }, 'spec.stage'],
    [{ workloads: { cart: {} } }, 'spec.workloads.cart.stage'],
    [{ namespaces: { shop: { off: true } } }, 'spec.namespaces.shop: expected a reason next to off: true'],
    [{ scrape: { namespace: 'a', labels: {} } }, 'spec.scrape.labels: expected at least one label'],
    [{ scrape: {} }, 'spec.scrape.namespace'],
    [{ scrape: { namespace: 'a', port: 0 } }, 'spec.scrape.port'],
    [{ otelAgent: { namespace: 'a' } }, 'spec.otelAgent.labels'],
    [{ always: { scan: { ports: [80] } } }, 'spec.always.scan: expected a peer under from or to'],
    [{ always: { scan: { from: { a: WEB }, ports: [] } } }, 'spec.always.scan.ports'],
    [{ always: { scan: { from: { a: WEB }, ports: ['HTTP'] } } }, 'spec.always.scan.ports[0]'],
    [{ always: { scan: { from: { a: WEB }, ports: ['a-name-that-is-long'] } } }, 'spec.always.scan.ports[0]'],
    [{ always: { scan: { from: { a: WEB }, ports: ['web.a'] } } }, 'spec.always.scan.ports[0]'],
    [{ always: { scan: { from: { a: WEB }, ports: [65536] } } }, 'spec.always.scan.ports[0]'],
    [
      { always: { scan: { from: { a: { namespace: 'web' } }, ports: [80] } } },
      'spec.always.scan.from.a: expected labels',
    ],
    [
      { always: { scan: { from: { a: { ...WEB, cidr: '192.0.2.0/24', ...BECAUSE } }, ports: [80] } } },
      'expected either cidr',
    ],
    [{ always: { scan: { from: { a: WEB }, ports: [80], protocol: 'ICMP' } } }, 'spec.always.scan.protocol'],
    [{ dns: { nodeLocal: '169.254.20.10' } }, 'spec.dns.nodeLocal'],
    [{ apiServer: { cidrs: [] } }, 'spec.apiServer.cidrs'],
    [{ apiServer: { relays: { a: { namespace: 'b', labels: {} } } } }, 'spec.apiServer.relays.a.labels'],
    [{ addresses: { 'a.example.com': [] } }, 'spec.addresses["a.example.com"]'],
    [{ nodes: { '192.0.2.0': true } }, 'spec.nodes'],
    [{ runtimePods: { kafka: {} } }, 'spec.runtimePods'],
    [{ runtimePods: { 'a/b/c': {} } }, 'spec.runtimePods'],
    [{ runtimePods: { 'a/b c': {} } }, 'spec.runtimePods'],
    [{ runtimePods: { '/b': {} } }, 'spec.runtimePods'],
    [{ runtimePods: { 'a/': {} } }, 'spec.runtimePods'],
    [{ runtimePods: { 'a/b': { labels: {} } } }, 'spec.runtimePods["a/b"].labels'],
    [{ openEgress: { cart: {} } }, 'spec.openEgress.cart.reason'],
    [{ probes: { from: [] } }, 'spec.probes.from'],
    [{ privateRanges: { all: true } }, 'spec.privateRanges: expected address ranges'],
    [{ privateRanges: { '10.0.0.0/8': 'off' } }, 'spec.privateRanges["10.0.0.0/8"]'],
    [{ notInjected: { legacy: 'yes' } }, 'spec.notInjected.legacy'],
  ])('%j', (spec, where) => {
    expect(refused(spec)).toEqual([expect.stringContaining(where)])
  })
})

test.each<[string, string, boolean]>([
  ['v1', 'Namespace', true],
  ['v1', 'Service', true],
  ['v1', 'ConfigMap', false],
  ['apps/v1', 'StatefulSet', true],
  ['networking.k8s.io/v1', 'NetworkPolicy', true],
  ['networking.k8s.io/v1', 'Ingress', true],
  ['cilium.io/v2', 'CiliumNetworkPolicy', true],
  ['cilium.io/v2', 'CiliumNode', false],
  ['networking.istio.io/v1', 'Gateway', true],
  ['networking.istio.io/v1', 'Sidecar', true],
  ['networking.istio.io/v1', 'VirtualService', true],
  ['security.istio.io/v1', 'PeerAuthentication', false],
  ['gateway.networking.k8s.io/v1', 'Gateway', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', true],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', true],
  ['rbac.authorization.k8s.io/v1', 'Role', false],
  ['monitoring.coreos.com/v1', 'Probe', true],
  ['rabbitmq.com/v1beta1', 'RabbitmqCluster', true],
])('of %s, a %s is read: %s', (apiVersion, kind, isRead) => {
  expect(networkPolicyDefaultDeny.reads({ mode: 'mutate' }, { apiVersion, kind, text: '' })).toBe(isRead)
})
