import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { type Endpoint, portsOnWire, TUNNEL } from '../../functions/network-policy-default-deny/traffic/endpoints.ts'
import { Sidecars } from '../../functions/network-policy-default-deny/traffic/sidecars.ts'
import { harden, namespace, service, workload } from './build.ts'

// Which ports a policy sees of a call, and who the two ends are.

const TCP = { protocol: 'TCP', port: 8080 } as const
const UDP = { protocol: 'UDP', port: 53 } as const
const end = (inMesh: boolean, more: Partial<Endpoint> = {}): Endpoint => ({ peer: { type: 'anyone' }, inMesh, ...more })

describe('the ports of a call', () => {
  test.each<[string, Endpoint, Endpoint, boolean, unknown[]]>([
    ['between members', end(true), end(true), false, [TUNNEL, UDP]],
    ['between members, in plain text', end(true), end(true), true, [TUNNEL, TCP, UDP]],
    ['of a gateway', end(true), end(true, { isGateway: true }), false, [TUNNEL, TCP, UDP]],
    ['from outside the mesh', end(false), end(true), false, [TCP, UDP]],
    ['to outside the mesh', end(true), end(false), false, [TCP, UDP]],
  ])('%s', (_, caller, callee, plain, expected) => {
    expect(portsOnWire([TCP, UDP], caller, callee, plain)).toEqual(expected)
  })

  test('without TCP are never those of the tunnel', () => {
    expect(portsOnWire([UDP], end(true), end(true))).toEqual([UDP])
  })
})

const ingressOf = (policies: readonly KubernetesObject[], name: string) =>
  (policies.find(({ metadata }) => metadata.name === name)?.spec as { ingress?: Fields[] } | undefined)?.ingress
const EVERY_POD = { namespaceSelector: {} }
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }))

describe('the receiver of traces', () => {
  const agent = workload('agent', { namespace: 'otel', labels: { 'app.kubernetes.io/name': 'otel-agent' } })
  const other = workload('other', { namespace: 'otel' })
  const ingress = (name: string, ambient: boolean) =>
    ingressOf(harden([namespace('otel'), agent, other], { ambient }).policies, name)

  test('admits every pod on its port, and in an ambient mesh through the tunnel too', () => {
    expect(ingress('agent', false)).toEqual([{ from: [EVERY_POD], ports: tcp(4317) }])
    expect(ingress('agent', true)).toEqual([{ from: [EVERY_POD], ports: tcp(4317, 15008) }])
  })

  test('is not every pod of its namespace', () => {
    expect(ingress('other', false)).toBeUndefined()
  })
})

test('the API server calls a webhook on the port itself, in an ambient mesh too', () => {
  const webhook = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'cart' },
    webhooks: [{ name: 'a.example.com', clientConfig: { service: { name: 'cart', namespace: 'shop', port: 443 } } }],
  }
  const cart = [
    workload('cart', { ports: [{ containerPort: 8443 }] }),
    service('cart', [{ port: 443, targetPort: 8443 }]),
  ]
  for (const ambient of [false, true])
    expect(ingressOf(harden([namespace('shop'), ...cart, webhook], { ambient }).policies, 'cart')).toEqual([
      expect.objectContaining({ ports: tcp(8443) }),
    ])
})

describe('the Sidecar of pods', () => {
  const sidecar = (name: string, labels?: Record<string, string>): KubernetesObject => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name, namespace: 'shop' },
    spec: labels ? { workloadSelector: { labels } } : {},
  })
  const all = [
    sidecar('all'),
    sidecar('web', { tier: 'web' }),
    sidecar('cart', { app: 'cart', tier: 'web' }),
    sidecar('late', { app: 'cart' }),
  ]
  const nameFor = (labels: Record<string, string>, sidecars = all) => new Sidecars(sidecars).for(labels)?.metadata.name

  test('is the first that selects them, else the one without a selector', () => {
    expect(nameFor({ app: 'cart', tier: 'web' })).toBe('web')
    expect(nameFor({ app: 'cart', tier: 'web' }, [...all].reverse())).toBe('late')
    expect(nameFor({ app: 'cart' })).toBe('late')
    expect(nameFor({ app: 'other' })).toBe('all')
    expect(nameFor({ app: 'other' }, all.slice(1))).toBeUndefined()
  })

  test('is one with an empty selector before one without', () => {
    expect(nameFor({ app: 'other' }, [sidecar('all'), sidecar('empty', {})])).toBe('empty')
  })
})
