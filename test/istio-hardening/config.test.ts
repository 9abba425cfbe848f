import { isOn, istioHardeningSchema, switchedOn } from '../../functions/istio-hardening/config.ts'
import { istioHardening } from '../../functions/istio-hardening/function.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { refusedBy } from '../support/policies.ts'
import { harden, workload } from './build.ts'

const refused = (spec: object): string[] => refusedBy(istioHardeningSchema, spec)
const read = (spec: object) => parseConfig(istioHardeningSchema, spec, 'spec')
const BECAUSE = { reason: 'a test' }

test('an empty policy means these values', () => {
  expect(read({})).toEqual({
    mode: 'mutate',
    ambient: false,
    notInjected: { 'kube-system': true, 'kube-public': true, 'istio-system': true },
    proxy: { cpu: '10m', memory: '64Mi', cpuLimit: '1000m', memoryLimit: '1Gi' },
    ndots: 'off',
    mtls: 'strict',
    telemetry: {
      metrics: { provider: 'prometheus', reportingInterval: '15s' },
      accessLogging: { provider: 'envoy', filter: 'request.protocol != null' },
    },
    baseHosts: { 'istio-system/istiod.istio-system.svc.cluster.local': true },
    authorization: 'off',
    serviceAccounts: {},
    scraperNamespaces: {},
  })
})

test('a policy keeps the other values next to those that it sets', () => {
  const { proxy, telemetry, notInjected, baseHosts } = read({
    proxy: { cpu: '20m' },
    telemetry: { tracing: { provider: 'otel' }, metrics: { reportingInterval: '1m' } },
    notInjected: { 'kube-public': false, legacy: true },
    baseHosts: { 'otel/agent.otel.svc.cluster.local': true },
  })
  expect(proxy).toEqual({ cpu: '20m', memory: '64Mi', cpuLimit: '1000m', memoryLimit: '1Gi' })
  expect(telemetry).toMatchObject({
    tracing: { provider: 'otel' },
    metrics: { provider: 'prometheus', reportingInterval: '1m' },
    accessLogging: { provider: 'envoy' },
  })
  expect([switchedOn(notInjected), switchedOn(baseHosts)]).toEqual([
    ['kube-system', 'istio-system', 'legacy'],
    ['istio-system/istiod.istio-system.svc.cluster.local', 'otel/agent.otel.svc.cluster.local'],
  ])
})

test('a name is on in a map if it is there and not false', () => {
  expect(['a', 'b', 'c', 'toString'].map((name) => isOn({ a: true, b: false }, name))).toEqual([
    true,
    false,
    false,
    false,
  ])
})

describe('a policy may say', () => {
  test.each<[object]>([
    [{ ndots: 0 }],
    [{ ndots: 15 }],
    [{ ndots: false }],
    [{ mtls: 'permissive' }],
    [{ authorization: 'flows' }],
    [{ authorization: false }],
    [{ ambient: true }],
    [{ revision: 'canary' }],
    [{ telemetry: { tracing: 'off', metrics: 'off', accessLogging: false } }],
    [{ telemetry: { tracing: { percentage: 0 } } }],
    [{ scrape: { cart: { port: 9090 }, web: { port: 'metrics', path: '/m', scheme: 'https' }, '*': 'off' } }],
    [{ permissivePorts: { cart: { '80': BECAUSE, '65535': BECAUSE, 'http-admin': BECAUSE } } }],
    [{ outbound: { cart: { mode: 'REGISTRY_ONLY' }, web: { mode: 'ALLOW_ANY', ...BECAUSE } } }],
    [{ hosts: { cart: { './a': BECAUSE, '*/b': BECAUSE, '~/*': BECAUSE, 'shop-1/c.example.com': BECAUSE } } }],
    [{ serviceEntries: { 'a.example.com': 'off' } }],
    [{ serviceAccounts: { 'web/web': { web: true } }, scraperNamespaces: { monitoring: true } }],
    [
      {
        workloads: {
          cart: { inject: false, ...BECAUSE },
          web: { ndots: 'off', mtls: 'permissive', proxy: { cpu: '1' } },
        },
      },
    ],
    [{ workloads: { cart: { telemetry: { metrics: { provider: 'own' }, accessLogging: { filter: 'true' } } } } }],
    [{ workloads: { cart: { telemetry: { metrics: 'off', accessLogging: 'off', tracing: { percentage: 1 } } } } }],
  ])('%j', (spec) => {
    expect(refused(spec)).toEqual([])
  })
})

describe('a policy is refused that says', () => {
  test.each<[object, string]>([
    [{ ndots: 16 }, 'spec.ndots'],
    [{ ndots: -1 }, 'spec.ndots'],
    [{ ndots: 'on' }, 'spec.ndots'],
    [{ mtls: 'off' }, 'spec.mtls'],
    [{ authorization: 'on' }, 'spec.authorization'],
    [{ revision: '' }, 'spec.revision'],
    [
      { revision: 'canary', ambient: true },
      'spec.revision: expected none with ambient: true, where nothing is injected',
    ],
    [{ proxy: { cpu: '' } }, 'spec.proxy.cpu'],
    [{ proxy: { gpu: '1' } }, 'spec.proxy.gpu'],
    [{ telemetry: { tracing: { percentage: 101 } } }, 'spec.telemetry.tracing.percentage'],
    [{ telemetry: { tracing: { sampling: 1 } } }, 'spec.telemetry.tracing.sampling'],
    [{ scrape: { cart: { port: 0 } } }, 'spec.scrape.cart.port'],
    [{ scrape: { cart: { port: 65536 } } }, 'spec.scrape.cart.port'],
    [{ scrape: { cart: { port: 80, scheme: 'ftp' } } }, 'spec.scrape.cart.scheme'],
    [{ permissivePorts: { cart: { '0': BECAUSE } } }, 'spec.permissivePorts.cart'],
    [{ permissivePorts: { cart: { '65536': BECAUSE } } }, 'spec.permissivePorts.cart'],
    [{ permissivePorts: { cart: { '80/tcp': BECAUSE } } }, 'spec.permissivePorts.cart'],
    [{ permissivePorts: { cart: { 'a 80': BECAUSE } } }, 'spec.permissivePorts.cart'],
    [{ permissivePorts: { cart: { '80': {} } } }, 'spec.permissivePorts.cart'],
    [{ permissivePorts: { cart: { '80': { reason: '' } } } }, 'spec.permissivePorts.cart'],
    [{ outbound: { cart: { mode: 'ALLOW_ANY' } } }, 'spec.outbound.cart.reason: expected a reason for the exception'],
    [{ outbound: { cart: { mode: 'NONE' } } }, 'spec.outbound.cart.mode'],
    [{ hosts: { cart: { 'example.com': BECAUSE } } }, 'spec.hosts.cart'],
    [{ hosts: { cart: { 'a/': BECAUSE } } }, 'spec.hosts.cart'],
    [{ hosts: { cart: { 'a/b c': BECAUSE } } }, 'spec.hosts.cart'],
    [{ hosts: { cart: { '../b': BECAUSE } } }, 'spec.hosts.cart'],
    [{ hosts: { cart: { 'A_b/c': BECAUSE } } }, 'spec.hosts.cart'],
    [{ serviceEntries: { 'a.example.com': 'on' } }, 'spec.serviceEntries'],
    [{ workloads: { cart: { inject: true } } }, 'spec.workloads.cart.inject'],
    [{ workloads: { cart: { inject: false } } }, 'spec.workloads.cart.reason: expected a reason for the exception'],
    [{ workloads: { cart: { proxy: { memory: '' } } } }, 'spec.workloads.cart.proxy.memory'],
    [
      { workloads: { cart: { telemetry: { metrics: { filter: 'a' } } } } },
      'spec.workloads.cart.telemetry.metrics.filter',
    ],
    [{ notInjected: { legacy: 'yes' } }, 'spec.notInjected.legacy'],
    [{ baseHosts: { 'a/b': 'off' } }, 'spec.baseHosts'],
  ])('%j', (spec, where) => {
    expect(refused(spec)).toEqual([expect.stringContaining(where)])
  })
})

test.each<[string, string, boolean]>([
  ['v1', 'Service', true],
  ['v1', 'Namespace', true],
  ['v1', 'ConfigMap', false],
  ['apps/v1', 'Deployment', true],
  ['batch/v1', 'CronJob', true],
  ['networking.istio.io/v1', 'Gateway', true],
  ['networking.istio.io/v1', 'Sidecar', true],
  ['networking.istio.io/v1', 'ServiceEntry', true],
  ['networking.istio.io/v1', 'VirtualService', true],
  ['networking.istio.io/v1', 'EnvoyFilter', true],
  ['security.istio.io/v1', 'PeerAuthentication', true],
  ['security.istio.io/v1', 'AuthorizationPolicy', true],
  ['telemetry.istio.io/v1', 'Telemetry', true],
  ['gateway.networking.k8s.io/v1', 'Gateway', true],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', true],
  ['networking.k8s.io/v1', 'Ingress', true],
  ['monitoring.coreos.com/v1', 'ServiceMonitor', true],
  ['monitoring.coreos.com/v1', 'PrometheusRule', false],
  ['postgresql.cnpg.io/v1', 'Cluster', true],
  ['networking.k8s.io/v1', 'NetworkPolicy', false],
])('of %s, a %s is read: %s', (apiVersion, kind, isRead) => {
  expect(istioHardening.reads({ mode: 'mutate' }, { apiVersion, kind, text: '' })).toBe(isRead)
})

test('an entry that names nothing of the build is a warning: a workload, or a host outside of a flow', async () => {
  const { findings } = await harden([workload('cart')], {
    flows: {
      'external/a.example.com:443': { from: ['shop/cart'] },
      'shop/cart:8080': { from: ['web/web'], plain: true },
    },
    serviceEntries: { 'a.example.com': 'off', 'b.example.com': 'off' },
    workloads: { cart: { ndots: 2 }, 'Deployment/cart': { mtls: 'strict' }, basket: { ndots: 2 } },
  })
  const unknown = findings.filter(({ id }) => id === 'istio-hardening/unknown-key')
  expect(unknown.map(({ severity, field }) => [severity, field?.path])).toEqual([
    ['warning', 'workloads.basket'],
    ['warning', 'serviceEntries["b.example.com"]'],
  ])
})
