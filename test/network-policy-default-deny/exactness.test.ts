import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import fc, { runs } from '../support/fast-check.ts'
import { tally } from '../support/tally.ts'
import { harden, namespace, service, workload } from './build.ts'
import { admits, type Connection, type Endpoint } from './evaluate.ts'
import { admitsInCilium } from './evaluate-cilium.ts'

const NAME = 'app.kubernetes.io/name'
const COMPONENT = 'app.kubernetes.io/component'
const PORTS = [8080, 9090, 9095] as const
const OUTSIDE = ['api.example.com', 'mail.example.com'] as const

/** A made-up workload of the build. */
interface App {
  namespace: 'shop' | 'web'
  name: string
  labels: Record<string, string>
  ports: readonly number[]
  injected: boolean
  token: boolean
}

/** A made-up flow: from some apps and perhaps a pod of another build, to one port. */
interface Wanted {
  to: { app: App; port: number } | { namespace: string; port: number } | { host: string; port: number }
  from: readonly App[]
  outsider: boolean
}

const apps: fc.Arbitrary<App[]> = fc
  .array(
    fc.record({
      namespace: fc.constantFrom('shop' as const, 'web' as const),
      app: fc.constantFrom('cart', 'search'),
      component: fc.option(fc.constantFrom('api', 'worker'), { nil: undefined }),
      ports: fc.subarray([...PORTS], { minLength: 1 }),
      injected: fc.boolean(),
      token: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((specs) =>
    specs.map(({ app, component, ...rest }, index) => ({
      ...rest,
      name: `${app}-${index}`,
      // Name and component may be shared, or select more than one workload; the last label never does.
      labels: { [NAME]: app, ...(component !== undefined && { [COMPONENT]: component }), id: String(index) },
    })),
  )

const wantedFlows = (all: readonly App[]): fc.Arbitrary<Wanted[]> => {
  const destination: fc.Arbitrary<Wanted['to']> = fc.oneof(
    fc.constantFrom(...all.flatMap((app) => app.ports.map((port) => ({ app, port })))),
    fc.constantFrom(...PORTS.map((port) => ({ namespace: 'payment', port }))),
    fc.constantFrom(...OUTSIDE.map((host) => ({ host, port: 443 }))),
  )
  return fc.uniqueArray(
    fc.record({ to: destination, from: fc.subarray([...all], { minLength: 1 }), outsider: fc.boolean() }),
    { maxLength: 5, selector: (flow) => keyOf(flow.to) },
  )
}

function keyOf(to: Wanted['to']): string {
  if ('app' in to) return `${to.app.namespace}/${to.app.name}:${to.port}`
  return 'host' in to ? `external/${to.host}:${to.port}` : `${to.namespace}/ledger:${to.port}`
}

const flowsSpec = (wanted: readonly Wanted[]): Record<string, unknown> =>
  Object.fromEntries(
    wanted.map(({ to, from, outsider }) => [
      keyOf(to),
      {
        from: [...from.map((app) => callerOf(app, to)), ...(outsider ? ['payment/outsider'] : [])],
      },
    ]),
  )

/** By name where the destination's namespace is its own, by labels elsewhere. */
const callerOf = ({ namespace: own, name, labels }: App, to: Wanted['to']): unknown =>
  'app' in to && to.app.namespace === own ? name : { namespace: own, labels }

/** A Service whose ports differ from those on the pods: policies must name the latter. */
const objectsOf = (all: readonly App[]): KubernetesObject[] => [
  namespace('shop'),
  namespace('web'),
  ...all.flatMap((app) => [
    workload(app.name, {
      namespace: app.namespace,
      labels: { ...app.labels, ...(app.injected && { 'sidecar.istio.io/inject': 'true' }) },
      matchLabels: { id: app.labels.id ?? '' },
      ports: app.ports.map((containerPort) => ({ name: `p${containerPort}`, containerPort })),
      spec: { automountServiceAccountToken: app.token },
    }),
    service(
      app.name,
      app.ports.map((port, index) => ({ name: `p${port}`, port: 80 + index, targetPort: `p${port}` })),
      { id: app.labels.id ?? '' },
      app.namespace,
    ),
  ]),
]

const pod = (inNamespace: string, labels: Record<string, string>, last: number): Endpoint => ({
  namespace: inNamespace,
  labels,
  address: `10.0.0.${last}`,
})

const DNS = pod('kube-system', { 'k8s-app': 'kube-dns' }, 201)
const ISTIOD = pod('istio-system', { app: 'istiod' }, 202)
const OTEL = pod('otel', { [NAME]: 'otel-agent' }, 203)
const PROMETHEUS = pod('prometheus', { [NAME]: 'prometheus' }, 204)
const OUTSIDER = pod('payment', { [NAME]: 'outsider' }, 205)
const STRANGERS = [
  pod('kube-system', { [NAME]: 'outsider' }, 206),
  pod('shop', { [NAME]: 'stranger' }, 207),
  pod('prometheus', { [NAME]: 'grafana' }, 208),
]
const API_SERVER: Endpoint = { host: 'kube-apiserver', address: '192.0.2.1' }
const HOSTS: Endpoint[] = OUTSIDE.map((host, index) => ({ host, address: `198.51.100.${index}` }))

const endpointOf = (app: App): Endpoint => pod(app.namespace, app.labels, 10 + Number(app.labels.id))

type Direction = 'Ingress' | 'Egress'

interface Question {
  direction: Direction
  connection: Connection
}

/** Every question that the test asks: each app to and from every end, on all ports that anything uses. */
const universe = (all: readonly App[]): Question[] => {
  const pods = all.map(endpointOf)
  const others = [DNS, ISTIOD, OTEL, PROMETHEUS, OUTSIDER, ...STRANGERS]
  const pairs = pods.flatMap((own) => [
    ...[...pods, ...others].map((from) => ({ direction: 'Ingress' as const, from, to: own })),
    ...[...pods, ...others, API_SERVER, ...HOSTS].map((to) => ({ direction: 'Egress' as const, from: own, to })),
  ])
  return pairs.flatMap(({ direction, from, to }) =>
    [...PORTS, 53, 80, 443, 6443, 4317, 15012, 15020].flatMap((port) =>
      ['TCP', 'UDP'].map((protocol) => ({ direction, connection: { from, to, protocol, port } })),
    ),
  )
}

/** The specification: what is declared, and the fixed baseline. */
function isWanted(
  direction: Direction,
  { from, to, protocol, port }: Connection,
  all: readonly App[],
  wanted: readonly Wanted[],
): boolean {
  const appAt = (endpoint: Endpoint): App | undefined => all.find((app) => endpointOf(app).address === endpoint.address)
  const caller = appAt(from)
  const declared = wanted.some(
    (flow) =>
      protocol === 'TCP' &&
      flow.to.port === port &&
      ((caller !== undefined && flow.from.includes(caller)) || (flow.outsider && from === OUTSIDER)) &&
      isDestination(flow.to, to, appAt(to)),
  )
  if (declared) return true
  // The scraper reaches the sidecars, and so every pod of a namespace that has one.
  const hasSidecars = all.some((app) => app.injected && 'namespace' in to && app.namespace === to.namespace)
  if (direction === 'Ingress') return protocol === 'TCP' && port === 15020 && from === PROMETHEUS && hasSidecars
  return caller !== undefined && isBaseline(caller, to, protocol, port)
}

function isDestination(destination: Wanted['to'], to: Endpoint, app: App | undefined): boolean {
  if ('app' in destination) return destination.app === app
  if ('host' in destination) return 'host' in to && to.host === destination.host
  return 'namespace' in to && to.namespace === destination.namespace
}

function isBaseline(caller: App, to: Endpoint, protocol: string, port: number): boolean {
  if (to === DNS && port === 53) return true
  if (protocol !== 'TCP') return false
  if (caller.injected && ((to === ISTIOD && port === 15012) || (to === OTEL && port === 4317))) return true
  return caller.token && to === API_SERVER && (port === 443 || port === 6443)
}

const cases = apps.chain((all) => fc.record({ all: fc.constant(all), wanted: wantedFlows(all) }))

describe('policies admit exactly what is declared and the baseline, in both directions', () => {
  test('as CiliumNetworkPolicies, which know hosts by name', () => {
    fc.assert(
      fc.property(cases, ({ all, wanted }) => {
        const { policies, findings } = harden(objectsOf(all), { dialect: 'cilium', flows: flowsSpec(wanted) })
        expect(findings).toEqual([])
        const pairs = universe(all)
        tally('pairs', pairs.length)
        const wrong = pairs.filter(
          ({ direction, connection }) =>
            admitsInCilium(policies, direction, connection) !== isWanted(direction, connection, all, wanted),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: runs(20) },
    )
  })

  test('as NetworkPolicies, to which every public address is any host and any address the API server', () => {
    fc.assert(
      fc.property(cases, ({ all, wanted }) => {
        const { policies, findings } = harden(objectsOf(all), { flows: flowsSpec(wanted) })
        expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([])
        const pairs = universe(all)
        tally('pairs', pairs.length)
        const wrong = pairs.filter(({ direction, connection }) => {
          const isAdmitted =
            isWanted(direction, connection, all, wanted) ||
            (direction === 'Egress' && isCoarse(connection, all, wanted))
          return admits(policies, direction, connection) !== isAdmitted
        })
        expect(wrong).toEqual([])
      }),
      { numRuns: runs(20) },
    )
  })
})

/** Connections that a NetworkPolicy cannot tell from wanted ones. */
function isCoarse({ from, to, protocol, port }: Connection, all: readonly App[], wanted: readonly Wanted[]): boolean {
  const caller = all.find((app) => endpointOf(app).address === from.address)
  if (!caller || protocol !== 'TCP') return false
  const callsOutside = wanted.some((flow) => 'host' in flow.to && flow.to.port === port && flow.from.includes(caller))
  const isPublic = to === API_SERVER || HOSTS.includes(to)
  return (caller.token && (port === 443 || port === 6443)) || (callsOutside && isPublic)
}

test('what is generated does not depend on the order of objects', () => {
  fc.assert(
    fc.property(
      cases.chain(({ all, wanted }) =>
        fc.record({
          flows: fc.constant(flowsSpec(wanted)),
          objects: fc.constant(objectsOf(all)),
          shuffled: fc.shuffledSubarray(objectsOf(all), { minLength: objectsOf(all).length }),
        }),
      ),
      ({ flows, objects, shuffled }) => {
        expect(harden(shuffled, { flows }).policies).toEqual(harden(objects, { flows }).policies)
      },
    ),
    { numRuns: runs(10) },
  )
})

test('a second run on its own output changes nothing', () => {
  fc.assert(
    fc.property(cases, ({ all, wanted }) => {
      const spec = { flows: flowsSpec(wanted) }
      const once = harden(objectsOf(all), spec)
      expect(harden(once.objects, spec)).toEqual(once)
    }),
    { numRuns: runs(10) },
  )
})
