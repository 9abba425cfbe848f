import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { admits, type Endpoint } from '../network-policy-default-deny/evaluate.ts'
import { admitsInCilium } from '../network-policy-default-deny/evaluate-cilium.ts'
import { objectsOf, rendered as renderedStack } from '../support/stacks.ts'
import { declaredCalls, workloadsOf } from './lib/calls.ts'
import { type CiliumSpec, ciliumSpecSchema } from './lib/cilium-schema.ts'
import { byOwnLabel, MIMIR, render, testComponent } from './lib/component.ts'
import { overlayWith } from './lib/overlay.ts'

const FIXTURES = 'test/components/fixtures'

let plain = ''
let overlay = ''
let rendered = ''
let policies: KubernetesObject[] = []
let withOutside: KubernetesObject[] = []

const ciliumPolicies = (text: string): KubernetesObject[] =>
  objectsOf(text).filter(({ kind }) => kind === 'CiliumNetworkPolicy')

beforeAll(async () => {
  const component = 'components/cilium-network-policies'
  plain = renderedStack(MIMIR)
  overlay = overlayWith(MIMIR, { hardening: [component] })
  rendered = await render(overlay)
  policies = ciliumPolicies(rendered)
  const fixtures = { hardening: [component, `${FIXTURES}/flows-outside`], stack: [`${FIXTURES}/service-account`] }
  withOutside = ciliumPolicies(await render(overlayWith(MIMIR, fixtures)))
})

const specOf = (among: readonly KubernetesObject[], name: string): CiliumSpec =>
  among.find(({ metadata }) => metadata.name === name)?.spec as CiliumSpec

const egressOf = (name: string): CiliumSpec['egress'] => specOf(withOutside, name).egress

const port = (number: number, protocol = 'TCP'): object => ({ port: String(number), protocol })

describe('cilium-network-policies', () => {
  testComponent('cilium-network-policies', () => overlay)

  test('writes a CiliumNetworkPolicy for every NetworkPolicy, and no NetworkPolicy', () => {
    const named = (text: string, kind: string): string[] =>
      objectsOf(text)
        .filter((object) => object.kind === kind)
        .map(({ metadata }) => metadata.name)
    expect(named(rendered, 'NetworkPolicy')).toEqual([])
    expect(named(plain, 'NetworkPolicy').length).toBeGreaterThan(15)
    expect(named(rendered, 'CiliumNetworkPolicy')).toEqual(named(plain, 'NetworkPolicy'))
  })

  test('writes only fields that Cilium has, and one list of peers in a rule', () => {
    for (const policy of [...policies, ...withOutside])
      expect(() => ciliumSpecSchema.parse(policy.spec)).not.toThrow(policy.metadata.name)
  })

  test('denies the namespace by rules that select nobody', () => {
    expect(specOf(policies, 'default-deny')).toEqual({ endpointSelector: {}, ingress: [{}], egress: [{}] })
  })

  test('admits what the NetworkPolicies admit, pod by pod and port by port', () => {
    const workloads = workloadsOf(objectsOf(rendered))
    const calls = declaredCalls(workloads)
    const known = objectsOf(byOwnLabel(plain)).filter(({ kind }) => kind === 'NetworkPolicy')
    const pods = new Set<Endpoint>([
      ...calls.flatMap(({ from, to }) => [from, to]),
      ...workloads.map((workload) => workload.pods),
      { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, address: '10.1.2.3' },
      { namespace: 'istio-system', labels: { app: 'istiod' }, address: '10.1.2.3' },
      { namespace: 'otel', labels: { 'app.kubernetes.io/name': 'otel-agent' }, address: '10.1.2.3' },
      { namespace: 'stranger', labels: {}, address: '10.1.2.3' },
      { address: '192.0.2.7' },
    ])
    // Not the API server's: it is any address to a NetworkPolicy, and an entity to Cilium.
    const ports = new Set([53, 4317, 9900, 15012, 15020, ...calls.map((call) => call.port)])
    const connections = [...pods].flatMap((from) =>
      [...pods].flatMap((to) => [...ports].map((number) => ({ from, to, protocol: 'TCP', port: number }))),
    )
    const verdicts = (['Ingress', 'Egress'] as const).flatMap((direction) =>
      connections.map((connection) => ({
        connection,
        direction,
        kubernetes: admits(known, direction, connection),
        cilium: admitsInCilium(policies, direction, connection),
      })),
    )
    expect(verdicts.filter(({ kubernetes, cilium }) => kubernetes !== cilium)).toEqual([])
    expect(verdicts.filter(({ kubernetes }) => kubernetes).length).toBeGreaterThan(calls.length)
    expect(verdicts.filter(({ kubernetes }) => !kubernetes).length).toBeGreaterThan(calls.length)
  })

  test('knows pods of other namespaces by their namespace’s name, whatever label Namespaces carry', () => {
    expect(plain).toMatch(/namespaceSelector:\n\s+matchLabels:\n\s+name: loki\n/)
    expect(rendered).toMatch(/k8s:io\.kubernetes\.pod\.namespace: loki\n/)
    expect(rendered).not.toMatch(/namespaceSelector/)
  })

  test('selects hosts outside by name, whose addresses it learns from DNS', () => {
    const alertmanager = egressOf('mimir-alertmanager')
    expect(alertmanager).toContainEqual({
      toFQDNs: [{ matchName: 'hooks.example.com' }],
      toPorts: [{ ports: [port(443)] }],
    })
    expect(alertmanager).toContainEqual({ toCIDR: ['192.0.2.7/32'], toPorts: [{ ports: [port(514)] }] })
    for (const name of ['mimir-compactor', 'mimir-store-gateway'])
      expect(egressOf(name)).toContainEqual({
        toFQDNs: [{ matchPattern: '*.storage.example.com' }],
        toPorts: [{ ports: [port(443)] }],
      })
    const readsDns = withOutside.filter(({ spec }) => JSON.stringify(spec).includes('"dns":[{"matchPattern":"*"}]'))
    expect(readsDns.map(({ metadata }) => metadata.name)).toEqual([
      'mimir-alertmanager',
      'mimir-compactor',
      'mimir-store-gateway',
    ])
    expect(alertmanager?.[0]).toEqual({
      toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }],
      toPorts: [{ ports: [port(53), port(53, 'UDP')], rules: { dns: [{ matchPattern: '*' }] } }],
    })
  })

  test('knows the API server by its entity, and only for the pods that have its token', () => {
    expect(egressOf('mimir-proxy')).toContainEqual({
      toEntities: ['kube-apiserver'],
      toPorts: [{ ports: [port(443), port(6443)] }],
    })
    const names = (among: readonly KubernetesObject[], text: string): string[] =>
      among.filter(({ spec }) => JSON.stringify(spec ?? {}).includes(text)).map(({ metadata }) => metadata.name)
    const known = names(objectsOf(plain), '"port":6443')
    expect(names(withOutside, 'Entities')).toEqual([...known, 'mimir-proxy'].sort())
  })
})
