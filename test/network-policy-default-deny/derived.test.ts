import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, messages, namespace, service, type WorkloadOptions, workload } from './build.ts'

type Rules = Record<string, unknown>[]

const policy = (policies: readonly KubernetesObject[], name: string): { ingress?: Rules; egress?: Rules } => {
  const found = policies.find(({ metadata }) => metadata.name === name)
  if (!found) throw new Error(`no policy ${name} among ${policies.map(({ metadata }) => metadata.name).join(', ')}`)
  return found.spec as { ingress?: Rules; egress?: Rules }
}

const NAME = 'app.kubernetes.io/name'
const tcp = (port: number): unknown => ({ protocol: 'TCP', port })
const inNamespace = (name: string): unknown => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })
const named = (name: string): unknown => ({ matchLabels: { [NAME]: name } })

const scraped = (port: string): WorkloadOptions => ({
  annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': port },
})

describe('a scraper in the build', () => {
  const prometheus = workload('prometheus', { namespace: 'prometheus' })

  test('reaches sidecars of any namespace, and the annotated port of pods that have none', () => {
    const { policies } = harden([
      namespace('shop'),
      namespace('prometheus'),
      prometheus,
      workload('cart', scraped('9090')),
    ])
    expect(policy(policies, 'prometheus').egress?.slice(1)).toEqual([
      { to: [{ namespaceSelector: inNamespace('shop'), podSelector: named('cart') }], ports: [tcp(9090)] },
      { to: [{ namespaceSelector: {} }], ports: [tcp(15020)] },
    ])
    expect(policy(policies, 'cart').ingress).toEqual([
      {
        from: [{ namespaceSelector: inNamespace('prometheus'), podSelector: named('prometheus') }],
        ports: [tcp(9090)],
      },
    ])
  })

  test('reaches pods with hostNetwork by the addresses of nodes', () => {
    const agent = workload('agent', { ...scraped('9100'), spec: { hostNetwork: true } })
    const { policies } = harden([namespace('prometheus'), prometheus, agent], { nodes: { '10.1.0.0/16': true } })
    expect(policy(policies, 'prometheus').egress?.[1]).toEqual({
      to: [{ ipBlock: { cidr: '10.1.0.0/16' } }],
      ports: [tcp(9100)],
    })
  })
})

test.each([
  ['networking.k8s.io/v1', { defaultBackend: { service: { name: 'cart', port: { number: 80 } } } }],
  ['networking.k8s.io/v1beta1', { backend: { serviceName: 'cart', servicePort: 80 } }],
  [
    'extensions/v1beta1',
    { rules: [{ http: { paths: [{ path: '/', backend: { serviceName: 'cart', servicePort: 80 } }] } }] },
  ],
])('a gateway in the build reaches the backends in it: Ingress of %s', (apiVersion, spec) => {
  const { policies } = harden([
    namespace('shop'),
    workload('ingress-nginx', { namespace: 'ingress-nginx' }),
    workload('cart', { ports: [{ containerPort: 8080 }] }),
    service('cart', [{ port: 80, targetPort: 8080 }]),
    { apiVersion, kind: 'Ingress', metadata: { name: 'cart', namespace: 'shop' }, spec },
  ])
  expect(policy(policies, 'ingress-nginx').egress?.[1]).toEqual({
    to: [{ namespaceSelector: inNamespace('shop'), podSelector: named('cart') }],
    ports: [tcp(8080)],
  })
})

describe('a gateway of the mesh is admitted to', () => {
  const virtualService = (spec: Record<string, unknown>): KubernetesObject => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'cart', namespace: 'shop' },
    spec,
  })
  const destination = { host: 'cart', port: { number: 80 } }
  const bound = { hosts: ['cart.example.com'], gateways: ['istio-system/public'] }
  const cart = [
    workload('cart', { ports: [{ containerPort: 8080 }] }),
    service('cart', [{ port: 80, targetPort: 8080 }]),
  ]
  const gateway = {
    namespaceSelector: inNamespace('istio-system'),
    podSelector: { matchLabels: { istio: 'ingressgateway' } },
  }

  test.each([
    [
      'the only port of a Service, where none is given',
      { ...bound, http: [{ route: [{ destination: { host: 'cart' } }] }] },
    ],
    ['a Service to which requests are mirrored', { ...bound, http: [{ mirrors: [{ destination }] }] }],
    ['a route to which another one delegates', { http: [{ route: [{ destination }] }] }],
  ])('%s', (_, spec) => {
    const { policies } = harden([namespace('shop'), ...cart, virtualService(spec)])
    expect(policy(policies, 'cart').ingress).toEqual([{ from: [gateway], ports: [tcp(8080)] }])
  })

  test('none of several ports of a Service if none is given', () => {
    const twoPorts = service('cart', [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'admin', port: 81, targetPort: 9090 },
    ])
    const { findings } = harden([
      namespace('shop'),
      ...cart.slice(0, 1),
      twoPorts,
      virtualService({ ...bound, http: [{ route: [{ destination: { host: 'cart' } }] }] }),
    ])
    expect(messages(findings)).toEqual([
      'error: found no port of Service shop/cart, expected one of http, admin, with a target port on the pods',
    ])
  })

  test('the Service port of that number, even if another Service port leads to that number on the pod', () => {
    const crossed = service('cart', [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'admin', port: 8080, targetPort: 9090 },
    ])
    const toAdmin = { ...bound, http: [{ route: [{ destination: { host: 'cart', port: { number: 8080 } } }] }] }
    const { policies } = harden([namespace('shop'), ...cart.slice(0, 1), crossed, virtualService(toAdmin)])
    expect(policy(policies, 'cart').ingress).toEqual([{ from: [gateway], ports: [tcp(9090)] }])
  })
})

test('the API server is admitted to a webhook that still says where its Service was before Kustomize moved it', () => {
  const moved = service('shop-hook', [{ port: 443, targetPort: 9443 }], { [NAME]: 'hook' })
  moved.metadata.annotations = {
    'internal.config.kubernetes.io/previousNames': 'hook,hook',
    'internal.config.kubernetes.io/previousNamespaces': 'system,shop',
  }
  const configuration = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'shop-hook' },
    webhooks: [{ clientConfig: { service: { name: 'hook', namespace: 'system' } } }],
  }
  const { policies } = harden([namespace('shop'), workload('hook'), moved, configuration])
  expect(policy(policies, 'hook').ingress).toEqual([{ ports: [tcp(9443)] }])
})

describe('the protocol of a port', () => {
  const admitted = (
    port: string,
    ports: WorkloadOptions['ports'],
    ...servicePorts: Parameters<typeof service>[1]
  ): unknown => {
    const objects = [namespace('shop'), workload('cart', { ports: ports ?? [] }), service('cart', servicePorts)]
    const { policies } = harden(objects, { flows: { [`shop/cart:${port}`]: { from: ['web/frontend'] } } })
    return policy(policies, 'cart').ingress?.[0]?.ports
  }
  const udp = (port: number): unknown => ({ protocol: 'UDP', port })

  test('is that of the Service port that the flow names, whatever its container declares', () => {
    const syslog = { name: 'syslog', port: 514, targetPort: 5140, protocol: 'UDP' }
    expect(admitted('syslog', [{ containerPort: 5140 }], syslog)).toEqual([udp(5140)])
  })

  test('is every one under which a number is open', () => {
    const ports = [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53 },
    ]
    const onService = { name: 'dns', port: 53, targetPort: 'dns', protocol: 'UDP' }
    expect(admitted('53', ports, onService)).toEqual([tcp(53), udp(53)])
    expect(admitted('dns', ports, onService)).toEqual([udp(53)])
  })
})

describe('a sidecar', () => {
  const labelled = (labels: Record<string, string>): WorkloadOptions => ({
    labels: { [NAME]: 'cart', ...labels },
    matchLabels: { [NAME]: 'cart' },
  })
  const enabled = namespace('shop', { 'istio-injection': 'enabled' })
  const callsIstiod = (objects: KubernetesObject[]): boolean =>
    JSON.stringify(policy(harden(objects).policies, 'cart').egress).includes('15012')

  test.each<[string, KubernetesObject[], boolean]>([
    [
      'the label of the pods',
      [namespace('shop'), workload('cart', labelled({ 'sidecar.istio.io/inject': 'true' }))],
      true,
    ],
    ['the revision of the pods', [namespace('shop'), workload('cart', labelled({ 'istio.io/rev': 'canary' }))], true],
    ['the label of the Namespace', [enabled, workload('cart')], true],
    ['the revision of the Namespace', [namespace('shop', { 'istio.io/rev': 'canary' }), workload('cart')], true],
    ['nothing', [namespace('shop'), workload('cart')], false],
    [
      'the pods against the Namespace',
      [enabled, workload('cart', labelled({ 'sidecar.istio.io/inject': 'false' }))],
      false,
    ],
    [
      'the Namespace against the revision of the pods',
      [namespace('shop', { 'istio-injection': 'disabled' }), workload('cart', labelled({ 'istio.io/rev': 'canary' }))],
      false,
    ],
  ])('follows from %s', (_, objects, isThere) => expect(callsIstiod(objects)).toBe(isThere))
})

describe('scraping', () => {
  test('of an injected pod needs no rule of its own: its sidecar is scraped', () => {
    const cart = workload('cart', {
      ...scraped('9090'),
      labels: { [NAME]: 'cart', 'sidecar.istio.io/inject': 'true' },
      matchLabels: { [NAME]: 'cart' },
    })
    expect(policy(harden([namespace('shop'), cart]).policies, 'cart').ingress).toBeUndefined()
  })

  test('of a port that is a placeholder is reported and left out', () => {
    const { policies, findings } = harden([namespace('shop'), workload('cart', scraped(`\${PORT}`))])
    expect(policy(policies, 'cart').ingress).toBeUndefined()
    expect(findings).toMatchObject([{ id: 'network-policy-default-deny/scrape-port-unknown' }])
    expect(JSON.stringify(findings[0]?.message)).not.toContain('PORT')
    expect(findings[0]?.field?.path).toBe('spec.template.metadata.annotations["prometheus.io/port"]')
  })
})

describe('in an ambient mesh', () => {
  const flows = { 'shop/cart:8080': { from: ['frontend'] } }
  const cart = workload('cart', { ports: [{ containerPort: 8080 }] })
  const services = [service('cart', [{ port: 8080 }])]

  test('a pod that opts out is called, and calls, on the port itself, and both ends agree', () => {
    const frontend = workload('frontend', {
      labels: { [NAME]: 'frontend', 'istio.io/dataplane-mode': 'none' },
      matchLabels: { [NAME]: 'frontend' },
    })
    const { policies } = harden([namespace('shop'), frontend, cart, ...services], { ambient: true, flows })
    expect(policy(policies, 'cart').ingress).toEqual([
      { from: [{ podSelector: named('frontend') }], ports: [tcp(8080)] },
    ])
    expect(policy(policies, 'frontend').egress?.[1]).toEqual({
      to: [{ podSelector: named('cart') }],
      ports: [tcp(8080)],
    })
  })

  test('everyone is admitted to both ports, because anyone may be a member or not', () => {
    const { policies } = harden([namespace('shop'), cart, ...services], {
      ambient: true,
      flows: { 'shop/cart:8080': { from: ['any'], reason: 'public' } },
    })
    expect(policy(policies, 'cart').ingress).toEqual([{ ports: [tcp(8080), tcp(15008)] }])
  })

  test('a plain flow goes through the tunnel too, and past it from a caller that still has a sidecar', () => {
    const plain = { 'shop/cart:8080': { from: ['frontend'], plain: true } }
    const objects = [namespace('shop'), workload('frontend'), cart, ...services]
    const { policies } = harden(objects, { ambient: true, flows: plain })
    expect(policy(policies, 'cart').ingress).toEqual([
      { from: [{ podSelector: named('frontend') }], ports: [tcp(8080), tcp(15008)] },
    ])
    expect(policy(policies, 'frontend').egress?.[1]).toEqual({
      to: [{ podSelector: named('cart') }],
      ports: [tcp(8080), tcp(15008)],
    })
  })

  test('run-time pods have no sidecar, and call neither its control plane nor its receiver of traces', () => {
    const queue = { 'shop/queue:9092': { from: ['self'], selector: { app: 'queue' } } }
    const { policies } = harden([namespace('shop')], { ambient: true, flows: queue })
    expect(policy(policies, 'queue').egress?.flatMap(({ ports }) => ports)).toEqual([
      tcp(53),
      { protocol: 'UDP', port: 53 },
      tcp(15008),
    ])
  })

  test('kubelets probe run-time pods on ports that no manifest tells', () => {
    const queue = { 'shop/queue:9092': { from: ['self'], selector: { app: 'queue' } } }
    const { policies } = harden([namespace('shop')], {
      ambient: true,
      flows: queue,
      probes: { from: ['169.254.7.127/32'] },
    })
    expect(policy(policies, 'queue').ingress).toEqual([
      { from: [{ ipBlock: { cidr: '169.254.7.127/32' } }] },
      { from: [{ podSelector: { matchLabels: { app: 'queue' } } }], ports: [tcp(15008)] },
    ])
  })

  test('a scraper reaches every member through the tunnel, and the sidecars that there may still be', () => {
    const prometheus = workload('prometheus', { namespace: 'prometheus' })
    const { policies } = harden([namespace('prometheus'), prometheus], { ambient: true })
    expect(policy(policies, 'prometheus').egress?.[1]).toEqual({
      to: [{ namespaceSelector: {} }],
      ports: [tcp(15008), tcp(15020)],
    })
  })

  test('UDP passes next to the tunnel', () => {
    const stats = workload('cart', { ports: [{ containerPort: 8080, protocol: 'UDP' }] })
    const udpService = service('cart', [{ port: 8080, protocol: 'UDP' }])
    const { policies } = harden([namespace('shop'), workload('frontend'), stats, udpService], { ambient: true, flows })
    expect(policy(policies, 'cart').ingress).toEqual([
      { from: [{ podSelector: named('frontend') }], ports: [{ protocol: 'UDP', port: 8080 }] },
    ])
  })
})

describe('probes', () => {
  const probed = (container: Record<string, unknown>, injected = false): unknown => {
    const cart = workload('cart', {
      labels: { [NAME]: 'cart', ...(injected && { 'sidecar.istio.io/inject': 'true' }) },
      matchLabels: { [NAME]: 'cart' },
      ports: [{ name: 'http', containerPort: 8080 }],
      container,
    })
    const { policies } = harden([namespace('shop'), cart], { probes: { from: ['10.0.0.0/16'] } })
    return policy(policies, 'cart').ingress?.flatMap(({ ports }) =>
      (ports as { port: number }[]).map(({ port }) => port),
    )
  }
  const readiness = { readinessProbe: { httpGet: { port: 'http' } } }
  const hook = { lifecycle: { preStop: { httpGet: { port: 9000 } } } }

  test.each([
    ['a probe by HTTP on a named port', readiness, false, [8080]],
    ['a probe by TCP on a number', { livenessProbe: { tcpSocket: { port: 8080 } } }, false, [8080]],
    ['a probe by gRPC on a port that is not declared', { startupProbe: { grpc: { port: 9095 } } }, false, [9095]],
    ['a command needs no port', { livenessProbe: { exec: { command: ['true'] } } }, false, undefined],
    ['a lifecycle hook is dialled too', hook, false, [9000]],
    ['the sidecar answers for an injected pod', readiness, true, [15020, 15021]],
    ['the sidecar itself is probed where the pod is not', {}, true, [15021]],
    ['hooks of an injected pod are not rewritten', hook, true, [9000, 15021]],
  ])('%s', (_, container, injected, ports) => {
    expect(probed(container, injected)).toEqual(ports)
  })
})

describe('run-time pods', () => {
  const flow = { 'shop/kafka:9092': { selector: { 'strimzi.io/cluster': 'orders' }, from: ['web/frontend'] } }

  test('of a namespace that configuration names get their policy without a Namespace object', () => {
    const { policies } = harden([workload('cart')], { namespaces: { shop: {} }, flows: flow })
    expect(policy(policies, 'kafka').ingress).toEqual([
      { from: [{ namespaceSelector: inNamespace('web'), podSelector: named('frontend') }], ports: [tcp(9092)] },
    ])
  })

  test('of another build get no policy in this one, but its callers reach them by their labels', () => {
    const { policies } = harden([namespace('web'), workload('frontend', { namespace: 'web' })], { flows: flow })
    expect(policies.map(({ metadata }) => metadata.name)).not.toContain('kafka')
    expect(policy(policies, 'frontend').egress?.[1]).toEqual({
      to: [
        { namespaceSelector: inNamespace('shop'), podSelector: { matchLabels: { 'strimzi.io/cluster': 'orders' } } },
      ],
      ports: [tcp(9092)],
    })
  })

  test('call other builds where a flow names them among its callers', () => {
    const { policies } = harden([namespace('shop')], {
      flows: {
        ...flow,
        'audit/sink:8443': { from: [{ namespace: 'shop', labels: { 'strimzi.io/cluster': 'orders' } }] },
      },
    })
    expect(policy(policies, 'kafka').egress).toContainEqual({
      to: [{ namespaceSelector: inNamespace('audit') }],
      ports: [tcp(8443)],
    })
  })

  test('under runtimePods are an error without labels and without a flow that gives them', () => {
    const { findings } = harden([namespace('shop')], { runtimePods: { 'shop/kafka': { apiServer: true } } })
    expect(messages(findings)).toEqual([
      'error: runtimePods shop/kafka: found no labels, and no flow to shop/kafka with a selector; expected labels that select the pods',
    ])
  })
})

test('an IPv6 private range admits IPv6 without it', () => {
  const { policies } = harden([namespace('shop'), workload('cart')], {
    flows: { 'external/api.example.com:443': { from: ['shop/cart'] } },
    privateRanges: { 'fd00::/8': true },
  })
  expect(policy(policies, 'cart').egress?.[1]?.to).toEqual([
    { ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.0.0.0/8']) } },
    { ipBlock: { cidr: '::/0', except: ['fd00::/8'] } },
  ])
})

test('workloads without a namespace get policies without one, and find each other by labels alone', () => {
  const bare = (object: KubernetesObject): KubernetesObject => {
    delete object.metadata.namespace
    return object
  }
  const { policies, findings } = harden([bare(workload('cart'))])
  expect(policies.map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([['cart', undefined]])
  expect(messages(findings)).toEqual([
    'info: found workloads without a namespace: their own policies are written, and default-deny for no namespace',
  ])
})

test('a PodTemplate runs no pods and gets no policy', () => {
  const template = {
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name: 'cart', namespace: 'shop' },
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: { containers: [{ name: 'cart', image: 'example/cart:1' }] },
    },
  }
  const { policies } = harden([namespace('shop'), template])
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['default-deny'])
})

describe('the pods that serve a Gateway of Istio in the build', () => {
  const gateway: KubernetesObject = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'edge' },
    spec: { selector: { istio: 'public' } },
  }
  const route: KubernetesObject = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      hosts: ['cart.example.com'],
      gateways: ['edge/public'],
      http: [{ route: [{ destination: { host: 'cart' } }] }],
    },
  }
  const callers = (objects: KubernetesObject[], istioGateway?: Record<string, unknown>): unknown => {
    const cart = [
      workload('cart', { ports: [{ containerPort: 8080 }] }),
      service('cart', [{ port: 80, targetPort: 8080 }]),
    ]
    const spec = istioGateway ? { gateways: { istioGateway } } : {}
    const { policies } = harden([namespace('shop'), ...cart, gateway, route, ...objects], spec)
    return policy(policies, 'cart').ingress?.[0]?.from
  }
  const carrying = (place: string, labels: Record<string, string>): unknown => ({
    namespaceSelector: inNamespace(place),
    podSelector: { matchLabels: labels },
  })

  test('carry its selector, and are in its namespace if nothing says where they are', () => {
    expect(callers([])).toEqual([carrying('edge', { istio: 'public' })])
  })

  test('are those in the build that carry its selector, in any namespace', () => {
    const pods = workload('gateway', { namespace: 'gateways', labels: { istio: 'public', tier: 'edge' } })
    expect(callers([pods])).toEqual([carrying('gateways', { istio: 'public' })])
  })

  test('are the configured ones that carry it', () => {
    const labels = { istio: 'public', app: 'gateway' }
    const other = { namespace: 'istio-system', labels: { istio: 'ingressgateway' } }
    expect(callers([], { public: { namespace: 'gateways', labels }, other })).toEqual([carrying('gateways', labels)])
  })
})
