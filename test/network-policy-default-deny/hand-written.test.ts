import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, messages, namespace, networkPolicy, workload } from './build.ts'

const BROADER = 'network-policy-default-deny/broader-than-flows'
/** Findings about hand-written policies that other tests cover. */
const OTHERS = [BROADER, ...['broader-egress', 'egress-was-open'].map((name) => `network-policy-default-deny/${name}`)]

const NAME = 'app.kubernetes.io/name'
const CART = { matchLabels: { [NAME]: 'cart' } }
const FRONTEND = { podSelector: { matchLabels: { [NAME]: 'frontend' } } }

const said = (policies: readonly KubernetesObject[], spec = {}, pods = [workload('cart')]): string[] =>
  messages(harden([namespace('shop'), ...pods, ...policies], spec).findings.filter(({ id }) => !OTHERS.includes(id)))

describe('a policy is dead', () => {
  const selecting = (podSelector: unknown): KubernetesObject => networkPolicy('own', { podSelector, ingress: [{}] })
  const DEAD = expect.stringMatching(/^error: found no pod of the build and no declared run-time pods that it selects/)

  test('where no pod carries its labels', () => {
    expect(said([selecting({ matchLabels: { [NAME]: 'gone' } })])).toEqual([DEAD])
  })

  test('where pods carry each of its labels, but none all of them', () => {
    const pods = [workload('cart'), workload('search', { labels: { [NAME]: 'search', tier: 'web' } })]
    expect(said([selecting({ matchLabels: { [NAME]: 'cart', tier: 'web' } })], {}, pods)).toEqual([DEAD])
  })

  test('where no pod carries its labels next to those that a controller writes', () => {
    const matchLabels = { 'batch.kubernetes.io/job-name': 'migration', [NAME]: 'crat' }
    expect(said([selecting({ matchLabels })])).toEqual([
      expect.stringContaining(`none carries ${NAME}: crat (did you mean ${NAME}: cart?)`),
    ])
  })

  test('of several labels names the one that no pod carries', () => {
    const pods = [workload('cart', { labels: { [NAME]: 'cart', tier: 'web' } })]
    expect(said([selecting({ matchLabels: { [NAME]: 'cart', tier: 'webs' } })], {}, pods)).toEqual([
      expect.stringContaining('none carries tier: webs (did you mean tier: web?)'),
    ])
  })

  test('where its label only begins like one that a controller writes', () => {
    expect(said([selecting({ matchLabels: { 'job-name-of-mine': 'a' } })])).toEqual([DEAD])
  })

  test('where its expressions exclude every pod', () => {
    expect(said([selecting({ matchExpressions: [{ key: NAME, operator: 'DoesNotExist' }] })])).toEqual([DEAD])
  })

  test('where it selects only pods with hostNetwork, which no policy reaches', () => {
    const pods = [workload('cart', { spec: { hostNetwork: true } })]
    expect(said([selecting(CART)], {}, pods)).toEqual([expect.stringMatching(/^info: hostNetwork/), DEAD])
  })

  test('also as a CiliumNetworkPolicy, whose keys have the source of the label in front', () => {
    const cilium = (endpointSelector: unknown): KubernetesObject => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'own', namespace: 'shop' },
      spec: { endpointSelector, ingress: [{}] },
    })
    expect(said([cilium({ matchLabels: { [`k8s:${NAME}`]: 'cart' } })])).toEqual([])
    expect(said([cilium({ matchLabels: { [`any:${NAME}`]: 'gone' } })])).toEqual([DEAD])
  })

  test('as a CiliumNetworkPolicy of several specs only where none of them selects a pod', () => {
    const cilium = (...specs: unknown[]): KubernetesObject => ({
      apiVersion: 'cilium.io/v2',
      kind: 'CiliumNetworkPolicy',
      metadata: { name: 'own', namespace: 'shop' },
      specs,
    })
    const of = (name: string) => ({ endpointSelector: { matchLabels: { [NAME]: name } }, ingress: [{}] })
    expect(said([cilium(of('gone'), of('cart'))])).toEqual([])
    expect(said([cilium(of('gone'), of('lost'))])).toEqual([DEAD])
    expect(said([cilium({ nodeSelector: {}, ingress: [{}] })])).toEqual([])
  })
})

describe('a policy is not dead', () => {
  const own = networkPolicy('own', { podSelector: { matchLabels: { 'strimzi.io/cluster': 'orders' } }, ingress: [{}] })

  test.each<[string, Record<string, unknown>]>([
    [
      'a flow selects its pods',
      { flows: { 'shop/kafka:9092': { selector: { 'strimzi.io/cluster': 'orders' }, from: ['web/a'] } } },
    ],
    [
      'a flow names them as callers',
      { flows: { 'web/sink:80': { from: [{ namespace: 'shop', labels: { 'strimzi.io/cluster': 'orders' } }] } } },
    ],
    ['runtimePods declares them', { runtimePods: { 'shop/kafka': { labels: { 'strimzi.io/cluster': 'orders' } } } }],
    ['its namespace is left alone', { namespaces: { shop: { off: true, reason: 'moving' } } }],
  ])('where %s', (_, spec) => {
    expect(said([own], spec)).not.toContainEqual(expect.stringMatching(/^error/))
  })

  test('where its namespace is in another build, whose pods it may select', () => {
    expect(said([{ ...own, metadata: { name: 'own', namespace: 'elsewhere' } }])).toEqual([])
  })

  test.each([
    ['of one replica', { 'statefulset.kubernetes.io/pod-name': 'cart-0' }],
    ['of a Job', { [NAME]: 'cart', 'batch.kubernetes.io/job-name': 'migration' }],
    ['of one revision', { [NAME]: 'cart', 'pod-template-hash': '5d7c8' }],
  ])('where it asks for labels that a controller writes, %s', (_, matchLabels) => {
    expect(said([networkPolicy('own', { podSelector: { matchLabels }, ingress: [{ from: [FRONTEND] }] })])).toEqual([])
  })

  test('where its expressions are about labels that a controller writes', () => {
    const matchExpressions = [{ key: 'job-name', operator: 'Exists' }]
    expect(
      said([networkPolicy('own', { podSelector: { ...CART, matchExpressions }, ingress: [{ from: [FRONTEND] }] })]),
    ).toEqual([])
  })

  test('where it has no labels and no expressions to select by', () => {
    for (const podSelector of [{ matchLabels: {} }, { matchExpressions: [] }, undefined, null])
      expect(said([networkPolicy('own', { podSelector, ingress: [{ from: [FRONTEND] }] })])).toEqual([])
  })

  test('where it selects every pod', () => {
    expect(said([networkPolicy('own', { podSelector: {}, ingress: [{ from: [FRONTEND] }] })])).toEqual([])
  })
})

describe('a policy of a generated name', () => {
  test('is refused where it says anything else', () => {
    const own = networkPolicy('default-deny', { podSelector: {}, policyTypes: ['Ingress'] })
    expect(said([own])).toEqual([expect.stringMatching(/^error: found a policy of this name that is written by hand/)])
  })

  test('stays as it is where it says the same', () => {
    const own = networkPolicy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    const { objects, findings } = harden([namespace('shop'), own])
    expect(findings).toEqual([])
    expect(objects).toContainEqual(own)
  })
})

describe('a policy is redundant', () => {
  const rule = (peer: unknown, port?: unknown): unknown => ({
    from: [peer],
    ...(port !== undefined && { ports: [{ protocol: 'TCP', port }] }),
  })
  const ingress = (name: string, podSelector: unknown, ...rules: unknown[]): KubernetesObject =>
    networkPolicy(name, { podSelector, policyTypes: ['Ingress'], ingress: rules })
  const pair = (broad: unknown, narrow: unknown): string[] =>
    said([ingress('broad', CART, broad), ingress('narrow', CART, narrow)])
  const REDUNDANT = [
    'warning: redundant: everything it admits is admitted by the broader NetworkPolicy broad already; remove it, or narrow broad',
  ]
  const OWN_NAMESPACE = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }

  test.each<[string, unknown, unknown]>([
    ['the broader admits anyone', {}, rule(FRONTEND, 8080)],
    ['the broader admits every port', rule(FRONTEND), rule(FRONTEND, 8080)],
    ['the broader admits all pods of the namespace', rule({ podSelector: {} }, 8080), rule(FRONTEND, 8080)],
    ['the broader names the own namespace', rule(OWN_NAMESPACE, 8080), rule(FRONTEND, 8080)],
    ['the broader admits any namespace', rule({ namespaceSelector: {} }, 8080), rule(FRONTEND, 8080)],
    [
      'its range lies in a broader one',
      rule({ ipBlock: { cidr: '10.0.0.0/8' } }),
      rule({ ipBlock: { cidr: '10.1.0.0/16' } }, 80),
    ],
    ['the lists of the other are null, which is as absent', { from: null, ports: null }, rule(FRONTEND, 8080)],
    ['the protocol is left to its default', { from: [FRONTEND], ports: [{ port: 8080 }] }, rule(FRONTEND, 8080)],
  ])('where %s', (_, broad, narrow) => {
    expect(pair(broad, narrow)).toEqual(REDUNDANT)
  })

  test.each<[string, unknown, unknown, unknown]>([
    ['the other admits another port', rule(FRONTEND, 9090), rule(FRONTEND, 8080), {}],
    ['the other admits other pods', rule({ podSelector: CART }), rule(FRONTEND, 8080), {}],
    [
      'the other asks for more labels',
      rule({ podSelector: { matchLabels: { [NAME]: 'frontend', a: 'b' } } }),
      rule(FRONTEND),
      {},
    ],
    [
      'the other admits all pods of another namespace',
      rule({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'web' } } }),
      rule(FRONTEND),
      {},
    ],
    [
      'the other leaves out a part of a range',
      rule({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
      rule({ ipBlock: { cidr: '10.1.0.0/16' } }),
      {},
    ],
    [
      'the range of the other is of another family',
      rule({ ipBlock: { cidr: '::/0' } }),
      rule({ ipBlock: { cidr: '10.1.0.0/16' } }),
      {},
    ],
    [
      'its own range is the wider',
      rule({ ipBlock: { cidr: '10.1.0.0/16' } }),
      rule({ ipBlock: { cidr: '10.0.0.0/8' } }),
      {},
    ],
    ['the other is for other pods', {}, rule(FRONTEND), { matchLabels: { [NAME]: 'cart', tier: 'web' } }],
  ])('but not where %s', (_, broad, narrow, selector) => {
    const pods = [workload('cart', { labels: { [NAME]: 'cart', tier: 'web' } })]
    const policies = [ingress('broad', selector, broad), ingress('narrow', CART, narrow)]
    expect(said(policies, {}, pods).filter((line) => line.includes('narrow'))).toEqual([])
  })

  test('once, where two admit the same: the later by name', () => {
    expect(pair(rule(FRONTEND, 8080), rule(FRONTEND, 8080))).toEqual(REDUNDANT)
  })

  test('if the types are left out and it has rules, but not in a direction that the types leave out', () => {
    const untyped = (name: string, ingress: unknown): KubernetesObject =>
      networkPolicy(name, { podSelector: CART, ingress })
    expect(said([untyped('broad', [{}]), untyped('narrow', [rule(FRONTEND, 8080)])])).toEqual(REDUNDANT)
    const egressOnly = networkPolicy('narrow', {
      podSelector: CART,
      policyTypes: ['Egress'],
      ingress: [rule(FRONTEND, 8080)],
    })
    expect(said([ingress('broad', CART, {}), egressOnly])).toEqual([])
    expect(said([ingress('broad', CART, {}), untyped('narrow', [])])).toEqual([])
  })

  test('only next to one of its own namespace', () => {
    const elsewhere = { ...ingress('broad', CART, {}), metadata: { name: 'broad', namespace: 'web' } }
    expect(said([elsewhere, ingress('narrow', CART, rule(FRONTEND, 8080))])).toEqual([])
  })

  test('or makes a generated one redundant, which then tells what to narrow', () => {
    const flows = { 'shop/cart:8080': { from: ['frontend'], plain: true } }
    const pods = [workload('cart'), workload('frontend')]
    expect(said([ingress('broad', CART, {})], { flows, directions: ['Ingress'] }, pods)).toEqual([
      expect.stringContaining('admitted by the broader NetworkPolicy broad already; narrow broad, or remove it'),
    ])
  })

  test('if a generated policy admits the same', () => {
    const own = networkPolicy('scrape', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'prometheus' } },
              podSelector: { matchLabels: { [NAME]: 'prometheus' } },
            },
          ],
          ports: [{ protocol: 'TCP', port: 15020 }],
        },
      ],
    })
    const injected = workload('web', { labels: { [NAME]: 'web', 'sidecar.istio.io/inject': 'true' } })
    const first = { ...own, metadata: { name: 'a-scrape', namespace: 'shop' } }
    expect(said([first, injected])).toEqual([expect.stringContaining('remove it, or narrow allow-envoy-stats-scrape')])
    expect(said([own, injected])).toEqual([
      'warning: redundant: everything it admits is admitted by the broader NetworkPolicy allow-envoy-stats-scrape already; remove it, or narrow allow-envoy-stats-scrape',
    ])
  })

  test('in one direction, while the other is still needed', () => {
    const own = networkPolicy('own', {
      podSelector: CART,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [rule(FRONTEND, 8080)],
      egress: [{ to: [FRONTEND] }],
    })
    const { findings } = harden([namespace('shop'), workload('cart'), ingress('broad', {}, {}), own])
    expect(findings.filter(({ id }) => !OTHERS.includes(id)).map(({ field }) => field?.path)).toEqual(['spec.ingress'])
  })
})

describe('traffic that a policy admits beyond the flows is a warning', () => {
  const found = (from: unknown[], port: number | string): number => {
    const cart = workload('cart', { ports: [{ name: 'http', containerPort: 8080 }] })
    const byHand = networkPolicy('by-hand', {
      podSelector: CART,
      policyTypes: ['Ingress'],
      ingress: [{ from, ports: [{ port }] }],
    })
    const flows = { 'shop/cart:http': { from: ['frontend'], plain: true } }
    const caller = workload('frontend', { labels: { 'app.kubernetes.io/name': 'frontend', tier: 'web' } })
    const { findings } = harden([namespace('shop'), cart, caller, byHand], { flows })
    return findings.filter(({ id, message }) => id === BROADER && message.includes('of shop/cart,')).length
  }

  test.each([
    [
      'the caller of a flow on its port',
      [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'frontend' } } }],
      8080,
      0,
    ],
    [
      'the same pods by another label, and the port by its name',
      [{ podSelector: { matchLabels: { tier: 'web' } } }],
      'http',
      0,
    ],
    ['another port', [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'frontend' } } }], 9090, 1],
    ['every pod of the namespace', [{ podSelector: {} }], 8080, 1],
    ['everyone', [], 8080, 1],
  ])('%s', (_, from, port, count) => {
    expect(found(from, port)).toBe(count)
  })
})

describe('the warning proposes the flow that would declare what a policy admits', () => {
  const inNamespace = (name: string): object => ({ matchLabels: { 'kubernetes.io/metadata.name': name } })

  test.each<[string, unknown[], object[], string]>([
    ['pods of its namespace', [FRONTEND], [{ port: 9090 }], 'flow shop/cart:9090 from: [shop/frontend],'],
    ['UDP', [FRONTEND], [{ port: 53, protocol: 'UDP' }], 'flow shop/cart:53/udp from: [shop/frontend],'],
    [
      'labels of their own elsewhere',
      [{ namespaceSelector: inNamespace('edge'), podSelector: { matchLabels: { app: 'web' } } }],
      [{ port: 9090 }],
      'flow shop/cart:9090 from: [{"namespace":"edge","labels":{"app":"web"}}],',
    ],
    ['a whole namespace', [{ namespaceSelector: inNamespace('edge') }], [{ port: 80 }], 'from: [edge/*] and a reason,'],
    ['everyone on every port', [], [], 'flow shop/cart:* from: [any] and a reason,'],
    ['addresses', [{ ipBlock: { cidr: '192.0.2.0/24' } }], [{ port: 80 }], 'flow shop/cart:80 with its callers'],
    [
      'pods of any namespace',
      [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } }],
      [{ port: 80 }],
      'flow shop/cart:80 with its callers',
    ],
    [
      'what no labels say',
      [{ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }],
      [{ port: 80 }],
      'flow shop/cart:80 with its callers',
    ],
  ])('%s', (_, from, ports, line) => {
    const byHand = networkPolicy('by-hand', { podSelector: CART, policyTypes: ['Ingress'], ingress: [{ from, ports }] })
    const { findings } = harden([namespace('shop'), workload('cart'), byHand])
    const said = findings.filter(({ id }) => id === BROADER).map(({ message }) => message)
    expect(said).toEqual([expect.stringContaining(line)])
  })
})

describe('what is beyond the flows', () => {
  const found = (spec: object, pods = [workload('cart'), workload('search')], more: Record<string, unknown> = {}) =>
    harden([namespace('shop'), ...pods, networkPolicy('own', { podSelector: {}, ...spec })], more)
      .findings.filter(({ id }) => /broader-(?:than-flows|egress)$/.test(id))
      .map(({ field, message }) => [field?.path, message])
  const rules = [{ from: [FRONTEND] }, { from: [FRONTEND], ports: [{ port: 1 }, { port: 2 }] }]

  test('is said once for each peer and port, with the rule, however many pods the policy selects', () => {
    expect(found({ ingress: rules }).map(([path]) => path)).toEqual([
      'spec.ingress[0]',
      'spec.ingress[1]',
      'spec.ingress[1]',
    ])
    const [[, every = ''] = [], [, one = ''] = []] = found({ ingress: rules }) as string[][]
    expect(every).toContain('admitted to every port of shop/cart, which')
    expect(one).toContain('admitted to port 1/TCP of shop/cart, which')
  })

  test('is judged by the directions that the policy has, and by those that are denied', () => {
    expect(found({ policyTypes: ['Egress'], ingress: rules })).toEqual([])
    expect(found({ policyTypes: ['Ingress'], ingress: rules })).toHaveLength(3)
    expect(found({ policyTypes: ['Ingress'], egress: [{ to: [FRONTEND] }] })).toEqual([])
    expect(found({ egress: [{ to: [FRONTEND] }] }).map(([path]) => path)).toEqual(['spec.egress[0]'])
    expect(found({ ingress: rules }, undefined, { directions: ['Egress'] })).toEqual([])
    expect(found({ ingress: [] })).toEqual([])
  })

  test('names a port as the policy does where no workload tells its number', () => {
    const http = { ports: [{ name: 'http', containerPort: 8080 }] }
    const named = [{ port: 'http' }]
    const out = { podSelector: CART, egress: [{ to: [FRONTEND], ports: named }] }
    expect(found(out, [workload('cart', http), workload('frontend')])[0]?.[1]).toContain('let out to port http/TCP')
    const made = { runtimePods: { 'shop/made': { labels: { app: 'made' } } } }
    const toMade = { podSelector: { matchLabels: { app: 'made' } }, ingress: [{ from: [FRONTEND], ports: named }] }
    expect(found(toMade, [], made)[0]?.[1]).toContain('admitted to port http/TCP of shop/made')
    const toCart = { podSelector: CART, ingress: [{ from: [FRONTEND], ports: named }] }
    expect(found(toCart, [workload('cart', http)])[0]?.[1]).toContain('admitted to port 8080/TCP of shop/cart')
  })

  test('is nothing in a namespace that is left alone, nor of pods that no policy is written for', () => {
    expect(found({ ingress: rules }, undefined, { namespaces: { shop: { off: true, reason: 'moving' } } })).toEqual([])
    expect(found({ podSelector: CART, ingress: rules }, [workload('search')])).toEqual([])
  })

  test('is what some of the pods that a peer selects may not, by a flow for the others', () => {
    const tier = (name: string) => workload(name, { labels: { [NAME]: name, tier: 'web' } })
    const peer = { podSelector: { matchLabels: { tier: 'web' } } }
    const own = { podSelector: CART, ingress: [{ from: [peer], ports: [{ port: 8080 }] }] }
    const pods = [workload('cart'), tier('a'), tier('b')]
    const flows = (...from: string[]) => ({ flows: { 'shop/cart:8080': { from, plain: true } } })
    expect(found(own, pods, flows('a', 'b'))).toEqual([])
    expect(found(own, pods, flows('a'))).toHaveLength(1)
    const inNamespace = (labels: object) => [{ ...peer, namespaceSelector: { matchLabels: labels } }]
    const elsewhere = (labels: object) => ({
      ...own,
      ingress: [{ from: inNamespace(labels), ports: [{ port: 8080 }] }],
    })
    expect(found(elsewhere({ 'kubernetes.io/metadata.name': 'shop' }), pods, flows('a', 'b'))).toEqual([])
    expect(found(elsewhere({ name: 'shop' }), pods, flows('a', 'b'))).toHaveLength(1)
    expect(found(elsewhere({ 'kubernetes.io/metadata.name': 'web' }), pods, flows('a', 'b'))).toHaveLength(1)
    expect(found(elsewhere({ 'kubernetes.io/metadata.name': 'shop', team: 'a' }), pods, flows('a', 'b'))).toHaveLength(
      1,
    )
  })
})

test.each<[string, object, string, boolean]>([
  ['with rules', { ingress: [{ fromEndpoints: [{}] }] }, 'shop', true],
  ['with rules of egress among empty ones', { egress: [{}, { toEntities: ['all'] }] }, 'shop', true],
  ['without rules', { ingress: [{}] }, 'shop', false],
  ['of a namespace that is not denied', { ingress: [{ fromEndpoints: [{}] }] }, 'web', false],
])('a CiliumNetworkPolicy %s is compared with no flow', (_, spec, inNamespace, isReported) => {
  const own: KubernetesObject = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: 'own', namespace: inNamespace },
    spec: { endpointSelector: {}, ...spec },
  }
  const { findings } = harden([namespace('shop'), workload('cart'), own], { dialect: 'cilium' })
  expect(findings.map(({ id }) => id)).toEqual(isReported ? ['network-policy-default-deny/not-compared'] : [])
})

test.each([
  ['cilium.io/v2', 'CiliumClusterwideNetworkPolicy', undefined],
  ['projectcalico.org/v3', 'NetworkPolicy', 'shop'],
  ['crd.projectcalico.org/v1', 'GlobalNetworkPolicy', undefined],
  ['policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', undefined],
  ['crd.antrea.io/v1beta1', 'NetworkPolicy', 'shop'],
])('%s %s is compared with no flow', (apiVersion, kind, inNamespace) => {
  const own: KubernetesObject = {
    apiVersion,
    kind,
    metadata: { name: 'own', ...(inNamespace && { namespace: inNamespace }) },
    spec: { ingress: [{ action: 'Allow' }] },
  }
  const { findings } = harden([namespace('shop'), workload('cart'), own])
  expect(findings.map(({ id }) => id)).toEqual(['network-policy-default-deny/not-compared'])
})

describe('egress that the policies of a workload left open', () => {
  const policy = (spec: object): KubernetesObject => networkPolicy('own', { podSelector: CART, ...spec })
  const open = (policies: readonly KubernetesObject[], spec: Record<string, unknown> = {}): string[] =>
    harden([namespace('shop'), workload('cart'), workload('search'), ...policies], spec)
      .findings.filter(({ id }) => id === 'network-policy-default-deny/egress-was-open')
      .map(({ object, message }) => `${object?.metadata.name}: ${message}`)
  const OPEN = [expect.stringContaining('cart: found its egress left open by NetworkPolicy shop/own, and')]

  test.each<[string, object, boolean]>([
    ['has the type Ingress alone', { policyTypes: ['Ingress'], ingress: [{}] }, true],
    ['has rules of ingress alone', { ingress: [{}] }, true],
    ['has the type Egress', { policyTypes: ['Ingress', 'Egress'] }, false],
    ['has rules of egress', { egress: [] }, false],
  ])('is said of the pods of a policy that %s', (_, spec, isOpen) => {
    expect(open([policy(spec)])).toEqual(isOpen ? OPEN : [])
  })

  test('is said once, and of no policy in another namespace', () => {
    const [own, other] = [policy({ ingress: [{}] }), networkPolicy('other', { podSelector: {}, ingress: [{}] }, 'web')]
    const second = { ...own, metadata: { name: 'second', namespace: 'shop' } }
    expect(open([own, other])).toEqual(OPEN)
    expect(open([other])).toEqual([])
    expect(open([own, second])).toEqual([
      expect.stringContaining('by NetworkPolicy shop/own, NetworkPolicy shop/second,'),
    ])
    expect(open([own, { ...second, spec: { podSelector: CART, policyTypes: ['Egress'] } }])).toEqual([])
  })

  test('is decided by a stage of its own, by a reason for open egress, and where egress is not denied', () => {
    const own = [policy({ ingress: [{}] })]
    expect(open(own, { workloads: { cart: { stage: 'full' } } })).toEqual([])
    expect(open(own, { openEgress: { cart: { reason: 'calls anything' } } })).toEqual([])
    expect(open(own, { directions: ['Ingress'] })).toEqual([])
    expect(open(own, { stage: 'ingress' })).toEqual([])
    expect(open(own, { workloads: { search: { stage: 'full' } } })).toEqual(OPEN)
  })
})

describe('the line that lets out what a policy lets out', () => {
  const inNamespace = (name: string): object => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  })
  const labelled = (labels: object): object => ({ podSelector: { matchLabels: labels } })
  const FROM = 'from: [shop/cart]'
  const tcp = (port: number | string, more = {}) => [{ port, ...more }]

  test.each<[string, unknown, object[], string]>([
    ['for a workload of the build', FRONTEND, tcp(8080), `flow shop/frontend:8080 ${FROM},`],
    ['for UDP', FRONTEND, tcp(53, { protocol: 'UDP' }), `flow shop/frontend:53/udp ${FROM},`],
    ['for a range of ports', FRONTEND, tcp(8080, { endPort: 8090 }), `flow shop/frontend:* ${FROM} and a reason,`],
    ['for every port', FRONTEND, [], `flow shop/frontend:* ${FROM} and a reason,`],
    ['for a whole namespace', inNamespace('web'), tcp(80), `flow web/*:80 ${FROM},`],
    ['for pods elsewhere', { ...inNamespace('web'), ...labelled({ app: 'a' }) }, tcp(80), `flow web/a:80 ${FROM},`],
    [
      'for pods elsewhere by the usual label',
      { ...inNamespace('web'), ...labelled({ [NAME]: 'b', app: 'a' }) },
      tcp(80),
      'flow web/b:80',
    ],
    [
      'for pods elsewhere without a name',
      { ...inNamespace('web'), ...labelled({ tier: 'a' }) },
      tcp(80),
      `flow web/NAME:80 ${FROM},`,
    ],
    [
      'for pods that the build does not have',
      labelled({ app: 'made' }),
      tcp(80),
      `flow shop/made:80 ${FROM} selector: {"app":"made"},`,
    ],
    ['for several workloads', labelled({ tier: 'web' }), tcp(80), `flow shop/NAME:80 ${FROM},`],
    ['for an address', { ipBlock: { cidr: '192.0.2.1/32' } }, tcp(443), `flow external/192.0.2.1:443 ${FROM},`],
    [
      'for an IPv6 address',
      { ipBlock: { cidr: '2001:db8::1/128' } },
      tcp(443),
      `flow external/[2001:db8::1]:443 ${FROM},`,
    ],
    [
      'for a range',
      { ipBlock: { cidr: '192.0.2.0/24' } },
      tcp(443),
      `flow external/HOST:443 ${FROM} with addresses.HOST: ["192.0.2.0/24"],`,
    ],
    ['for an IPv6 range', { ipBlock: { cidr: '2001:db8::/32' } }, tcp(443), `flow external/HOST:443 ${FROM} with`],
    [
      'for a range of ports outside',
      { ipBlock: { cidr: '192.0.2.1/32' } },
      tcp(1, { endPort: 9, protocol: 'UDP' }),
      'flow external/192.0.2.1:1-9/udp',
    ],
    ['for every port outside', { ipBlock: { cidr: '192.0.2.1/32' } }, [], `flow external/192.0.2.1:PORT ${FROM},`],
    [
      'for a protocol outside',
      { ipBlock: { cidr: '192.0.2.1/32' } },
      [{ protocol: 'SCTP' }],
      'flow external/192.0.2.1:PORT/sctp',
    ],
    [
      'for what no labels say',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
      tcp(80),
      `flows to the pods that it selects, ${FROM},`,
    ],
    [
      'for any namespace',
      { namespaceSelector: {}, ...labelled({ app: 'a' }) },
      tcp(80),
      `flows to the pods that it selects, ${FROM},`,
    ],
  ])('%s', (_, peer, ports, line) => {
    const own = networkPolicy('own', {
      podSelector: CART,
      egress: [{ to: [peer], ...(ports.length > 0 && { ports }) }],
    })
    const web = ['a', 'b'].map((name) => workload(name, { labels: { [NAME]: name, tier: 'web' } }))
    const { findings } = harden([namespace('shop'), workload('cart'), workload('frontend'), ...web, own])
    const said = findings.filter(({ id }) => id === 'network-policy-default-deny/broader-egress')
    expect(said.map(({ message }) => message)).toEqual([expect.stringContaining(line)])
  })

  test('is openEgress for everything', () => {
    const own = networkPolicy('own', { podSelector: CART, egress: [{}] })
    const { findings } = harden([namespace('shop'), workload('cart'), own])
    expect(messages(findings)).toContainEqual(expect.stringContaining('expected openEgress.cart with a reason,'))
  })
})

describe('traffic that a policy lets out beyond the flows is a warning', () => {
  const isSaid = (egress: unknown[], spec: Record<string, unknown> = {}): boolean => {
    const byHand = networkPolicy('own', { podSelector: CART, policyTypes: ['Egress'], egress })
    const build = [namespace('shop'), workload('cart'), workload('frontend'), byHand]
    return harden(build, spec).findings.some(({ id }) => id === 'network-policy-default-deny/broader-egress')
  }
  const toFrontend = [{ to: [FRONTEND], ports: [{ port: 8080 }] }]

  test('if no flow goes there', () => {
    expect(isSaid(toFrontend)).toBe(true)
    expect(isSaid([{}])).toBe(true)
  })

  test('but not if a flow does, or if egress is open for a reason', () => {
    expect(isSaid(toFrontend, { flows: { 'shop/frontend:8080': { from: ['cart'], plain: true } } })).toBe(false)
    expect(isSaid(toFrontend, { openEgress: { cart: { reason: 'calls anything' } } })).toBe(false)
    expect(isSaid(toFrontend, { directions: ['Ingress'] })).toBe(false)
  })
})
