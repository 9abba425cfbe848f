import { parseConfig } from '../../functions/lib/framework/config.ts'
import { networkPolicyDefaultDenySchema } from '../../functions/network-policy-default-deny/config.ts'
import { write } from '../../functions/network-policy-default-deny/dialects/write.ts'
import type { Peer, Policy } from '../../functions/network-policy-default-deny/policy.ts'

const draft: Policy = {
  name: 'cart',
  namespace: 'shop',
  podLabels: { app: 'cart' },
  exceptions: [],
  labels: {},
  owner: undefined,
}

const HTTPS = { protocol: 'TCP', port: 443 } as const
const PORTS = { toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }] }] }

const written = (policy: Partial<Policy>, config: Record<string, unknown> = {}): unknown =>
  write({ ...draft, ...policy }, parseConfig(networkPolicyDefaultDenySchema, { dialect: 'cilium', ...config }, 'spec'))
    .spec

const egressTo = (peer: Peer, config: Record<string, unknown> = {}): unknown =>
  (written({ egress: [{ peers: [peer], ports: [HTTPS] }] }, config) as { egress: unknown }).egress

const ingressFrom = (peer: Peer, config: Record<string, unknown> = {}): unknown =>
  (written({ ingress: [{ peers: [peer], ports: [HTTPS] }] }, config) as { ingress: unknown }).ingress

// Source of the forms: https://docs.cilium.io/en/stable/security/policy/language/
test.each<[string, Peer, unknown[]]>([
  ['anyone is the entity all', { type: 'anyone' }, [{ toEntities: ['all'], ...PORTS }]],
  ['nodes are this one and the others', { type: 'nodes' }, [{ toEntities: ['host', 'remote-node'], ...PORTS }]],
  ['the API server is an entity', { type: 'apiServer' }, [{ toEntities: ['kube-apiserver'], ...PORTS }]],
  ['a range is a CIDR', { type: 'range', cidr: '192.0.2.0/24' }, [{ toCIDR: ['192.0.2.0/24'], ...PORTS }]],
  [
    'a name is an FQDN',
    { type: 'host', host: 'a.example.com' },
    [{ toFQDNs: [{ matchName: 'a.example.com' }], ...PORTS }],
  ],
  [
    'a name with * is a pattern',
    { type: 'host', host: '*.example.com' },
    [{ toFQDNs: [{ matchPattern: '*.example.com' }], ...PORTS }],
  ],
  ['an address is a CIDR', { type: 'host', host: '192.0.2.7' }, [{ toCIDR: ['192.0.2.7/32'], ...PORTS }]],
  [
    'pods of the own namespace need none',
    { type: 'pods', namespace: 'shop', labels: { app: 'search' } },
    [{ toEndpoints: [{ matchLabels: { app: 'search' } }], ...PORTS }],
  ],
  [
    'all pods of the own namespace',
    { type: 'pods', namespace: 'shop', labels: undefined },
    [{ toEndpoints: [{}], ...PORTS }],
  ],
  [
    'pods of another namespace',
    { type: 'pods', namespace: 'web', labels: { app: 'search' } },
    [{ toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'web', app: 'search' } }], ...PORTS }],
  ],
  [
    'pods of any namespace',
    { type: 'pods', namespace: undefined, labels: { app: 'search' } },
    [
      {
        toEndpoints: [
          {
            matchLabels: { app: 'search' },
            matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'Exists' }],
          },
        ],
        ...PORTS,
      },
    ],
  ],
])('%s', (_, peer, expected) => {
  expect(egressTo(peer)).toEqual(expected)
})

test('a rule holds one list of peers, so a rule of mixed peers becomes several', () => {
  const peers: Peer[] = [
    { type: 'range', cidr: '192.0.2.0/24' },
    { type: 'pods', namespace: 'shop', labels: { app: 'search' } },
    { type: 'nodes' },
  ]
  expect(written({ ingress: [{ peers, ports: [HTTPS] }] })).toEqual({
    endpointSelector: { matchLabels: { app: 'cart' } },
    ingress: [
      { fromCIDR: ['192.0.2.0/24'], ...PORTS },
      { fromEndpoints: [{ matchLabels: { app: 'search' } }], ...PORTS },
      { fromEntities: ['host', 'remote-node'], ...PORTS },
    ],
  })
})

test('a direction without rules is denied by a rule that selects nobody', () => {
  expect(written({ podLabels: {}, ingress: [], egress: [] })).toEqual({
    endpointSelector: {},
    ingress: [{}],
    egress: [{}],
  })
})

test('everything is admitted by the entity all without ports', () => {
  expect(written({ egress: [{ peers: [{ type: 'anyone' }], ports: [] }] })).toEqual({
    endpointSelector: { matchLabels: { app: 'cart' } },
    egress: [{ toEntities: ['all'] }],
  })
})

test('the API server calls from its addresses and relays too, where they are given', () => {
  const apiServer = {
    cidrs: ['192.0.2.1/32'],
    relays: { konnectivity: { namespace: 'kube-system', labels: { app: 'konnectivity-agent' } } },
  }
  expect(ingressFrom({ type: 'apiServer' }, { apiServer })).toEqual([
    { fromCIDR: ['192.0.2.1/32'], ...PORTS },
    {
      fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', app: 'konnectivity-agent' } }],
      ...PORTS,
    },
    { fromEntities: ['kube-apiserver'], ...PORTS },
  ])
})

describe('DNS', () => {
  const dns = { peers: [{ type: 'dns' } as const], ports: [{ protocol: 'UDP', port: 53 } as const] }
  const host = (name: string): Policy['egress'] => [dns, { peers: [{ type: 'host', host: name }], ports: [HTTPS] }]
  const rulesOf = (egress: Policy['egress']): unknown =>
    (written({ egress }) as { egress: { toPorts: { rules?: unknown }[] }[] }).egress[0]?.toPorts[0]?.rules

  test('is read by the proxy if the policy selects by name, or no address would ever match', () => {
    expect(rulesOf(host('a.example.com'))).toEqual({ dns: [{ matchPattern: '*' }] })
  })

  test('of a cache on the node is the entity host, because a range selects no address of a node', () => {
    const config = { dns: { nodeLocal: '169.254.20.10/32' } }
    expect(egressTo({ type: 'dns' }, config)).toEqual([
      { toCIDR: ['169.254.20.10/32'], ...PORTS },
      {
        toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }],
        ...PORTS,
      },
      { toEntities: ['host'], ...PORTS },
    ])
  })

  test('is not read by the proxy otherwise', () => {
    expect(rulesOf(host('192.0.2.7'))).toBeUndefined()
    expect(rulesOf([dns])).toBeUndefined()
  })
})

test('Cilium takes 40 ports in one list', () => {
  const ports = Array.from({ length: 41 }, (_, index) => ({ protocol: 'TCP', port: 9000 + index }) as const)
  const { ingress } = written({ ingress: [{ peers: [{ type: 'anyone' }], ports }] }) as {
    ingress: { toPorts: { ports: unknown[] }[] }[]
  }
  expect(ingress[0]?.toPorts.map((list) => list.ports.length)).toEqual([40, 1])
})
