import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { admits } from '../network-policy-default-deny/evaluate.ts'
import { objectsOf, rendered as renderedStack } from '../support/stacks.ts'
import { authorizes } from './lib/authorize.ts'
import { type Call, declaredCalls, type Pods, probedPorts, type Workload, workloadsOf } from './lib/calls.ts'
import { byOwnLabel, MIMIR, render, testComponent } from './lib/component.ts'
import { overlayWith } from './lib/overlay.ts'

const BOTH = ['components/ambient', 'components/authorization-flows']
const TUNNEL = 15008
const KUBELET = { address: '169.254.7.127' }
const PROMETHEUS: Pods = {
  isHere: false,
  namespace: 'prometheus',
  labels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': '' },
  address: '10.9.9.9',
}

let plain = ''
let overlay = ''
let rendered = ''
let objects: KubernetesObject[] = []
let calls: Call[] = []
let workloads: Workload[] = []
let policies: KubernetesObject[] = []

beforeAll(async () => {
  plain = renderedStack(MIMIR)
  overlay = overlayWith(MIMIR, { hardening: ['components/ambient'] })
  rendered = await render(overlay)
  objects = objectsOf(rendered)
  workloads = workloadsOf(objects)
  calls = declaredCalls(workloads)
  policies = objectsOf(byOwnLabel(rendered)).filter(({ kind }) => kind === 'NetworkPolicy')
})

const ofKind = (kind: string): KubernetesObject[] => objects.filter((object) => object.kind === kind)

const unique = (pods: readonly Pods[]): Pods[] => [...new Map(pods.map((one) => [JSON.stringify(one), one])).values()]

/** Are these pods among those that a flow names, perhaps by fewer labels? */
const isAmong = (pods: Pods, named: Pods): boolean =>
  pods.namespace === named.namespace && Object.entries(named.labels).every(([key, value]) => pods.labels[key] === value)

const pairOf = ({ from, to, port }: Pick<Call, 'from' | 'to' | 'port'>): string =>
  `${from.namespace}/${JSON.stringify(from.labels)} -> ${JSON.stringify(to.labels)}:${port}`

const isOpenBy = (network: readonly KubernetesObject[], from: Pods, to: Pods, port: number): boolean =>
  (['Ingress', 'Egress'] as const).every(
    (direction) =>
      !(direction === 'Ingress' ? to : from).isHere || admits(network, direction, { from, to, protocol: 'TCP', port }),
  )

/** Gives each workload of a stack a service account of its own. */
function withOwnAccounts(folder: string, of: readonly Workload[]): string {
  const patches = of.map(
    ({ kind, name }) => `- target: {kind: ${kind}, name: ${name}}
  patch: |-
    - {op: add, path: /spec/template/spec/serviceAccountName, value: ${name}}
`,
  )
  appendFileSync(join(folder, 'kustomization.yaml'), `patches:\n${patches.join('')}`)
  return folder
}

const isAdmitted = (direction: 'Ingress' | 'Egress', from: Pods | typeof KUBELET, to: Pods, port: number): boolean =>
  admits(policies, direction, { from, to, protocol: 'TCP', port })

/** Do the policies of the build admit a call at those of its ends that they select? */
const isOpen = (from: Pods, to: Pods, port: number): boolean =>
  (!from.isHere || isAdmitted('Egress', from, to, port)) && (!to.isHere || isAdmitted('Ingress', from, to, port))

const nameOf = ({ flow, from }: Call): string => `${flow} from ${from.namespace}/${JSON.stringify(from.labels)}`

describe('ambient', () => {
  testComponent('ambient', () => overlay)

  test('labels the namespace, and leaves nothing on pods that asks for a sidecar or configures one', () => {
    expect(ofKind('Namespace').map(({ metadata }) => metadata.labels?.['istio.io/dataplane-mode'])).toEqual(['ambient'])
    expect(plain).toContain('sidecar.istio.io/')
    expect(rendered).not.toMatch(/sidecar\.istio\.io|istio-injection/)
  })

  test('makes only those Istio objects that ztunnel reads', () => {
    const kinds = objects.filter(({ apiVersion }) => apiVersion.includes('.istio.io/')).map(({ kind }) => kind)
    expect([...new Set(kinds)]).toEqual(['PeerAuthentication'])
    const modes = ofKind('PeerAuthentication').map(({ spec }) => (spec as { mtls: { mode: string } }).mtls.mode)
    expect(new Set(modes)).toEqual(new Set(['STRICT']))
    expect(modes.length).toBe(workloads.filter(({ name }) => name !== 'mimir-mc').length)
  })

  test('admits every flow through the tunnel, plain ones too, at both ends', () => {
    expect(calls.length).toBeGreaterThan(100)
    expect(calls.filter((call) => !isOpen(call.from, call.to, TUNNEL)).map(nameOf)).toEqual([])
  })

  test('admits no flow on its own port, except plain ones of callers that may still have a sidecar', () => {
    const isPlain = ({ from, to, port }: Call): boolean =>
      calls.some((other) => other.plain && other.from === from && other.to === to && other.port === port)
    const direct = calls.filter((call) => isOpen(call.from, call.to, call.port))
    expect(direct.filter((call) => !isPlain(call)).map(nameOf)).toEqual([])
    expect(direct.length).toBeGreaterThan(0)
  })

  test('admits no other pair of workloads to each other', () => {
    const pods = workloads.map((workload) => workload.pods)
    const pairs = pods.flatMap((from) => pods.map((to) => ({ from, to })))
    const strangers = pairs.filter(({ from, to }) => !calls.some((call) => call.from === from && call.to === to))
    expect(strangers.length).toBeGreaterThan(0)
    expect(strangers.filter(({ from, to }) => isOpen(from, to, TUNNEL))).toEqual([])
  })

  test('lets pods call neither the control plane nor the receiver of traces, which sidecars called', () => {
    const ports = (text: string): Set<string> => new Set(text.match(/port: (?:15012|15020|4317)\n/g))
    expect(ports(plain).size).toBe(3)
    expect(ports(rendered).size).toBe(0)
  })

  test('admits the probes of kubelets, which come from a link-local address', () => {
    const probed = workloads.flatMap((workload) => probedPorts(workload).map((port) => ({ workload, port })))
    expect(probed.length).toBeGreaterThan(10)
    const dropped = probed.filter(({ workload, port }) => !isAdmitted('Ingress', KUBELET, workload.pods, port))
    expect(dropped.map(({ workload, port }) => `${workload.name}:${port}`)).toEqual([])
    const kafka = calls.find(({ flow }) => flow.startsWith('mimir/mimir-kafka:'))?.to as Pods
    expect(isAdmitted('Ingress', KUBELET, kafka, 8080)).toBe(true)
  })

  test('admits the scraper through the tunnel to every workload that is scraped', () => {
    const scraped = workloads.filter(({ annotations }) => annotations['prometheus.io/scrape'] === 'true')
    expect(scraped.length).toBeGreaterThan(10)
    expect(scraped.filter(({ pods }) => !isAdmitted('Ingress', PROMETHEUS, pods, TUNNEL))).toEqual([])
  })

  describe('with authorization-flows', () => {
    let authorization: KubernetesObject[] = []
    beforeAll(async () => {
      const hardened = objectsOf(await render(overlayWith(MIMIR, { hardening: BOTH })))
      authorization = hardened.filter(({ kind }) => kind === 'AuthorizationPolicy')
    })

    test('holds the ports that the tunnel hides from network policy', () => {
      expect(calls.filter((call) => !authorizes(authorization, call.from, call.to, call.port)).map(nameOf)).toEqual([])
      const etcd = workloads.find(({ name }) => name === 'mimir-etcd') as Workload
      const distributor = workloads.find(({ name }) => name === 'mimir-distributor') as Workload
      expect(isOpen(distributor.pods, etcd.pods, TUNNEL)).toBe(true)
      expect(authorizes(authorization, distributor.pods, etcd.pods, 2379)).toBe(true)
      expect(authorizes(authorization, distributor.pods, etcd.pods, 2381)).toBe(false)
    })

    describe('and a service account for each workload', () => {
      let all: KubernetesObject[] = []
      let members: Workload[] = []
      beforeAll(async () => {
        all = objectsOf(byOwnLabel(await render(withOwnAccounts(overlayWith(MIMIR, { hardening: BOTH }), workloads))))
        members = workloadsOf(all)
      })

      test('opens exactly the pairs that flows declare', () => {
        const declared = declaredCalls(members)
        const network = all.filter(({ kind }) => kind === 'NetworkPolicy')
        const authorizations = all.filter(({ kind }) => kind === 'AuthorizationPolicy')
        const scrapes = members
          .filter(({ annotations }) => annotations['prometheus.io/scrape'] === 'true')
          .map(({ pods, annotations }) => ({
            from: PROMETHEUS,
            to: pods,
            port: Number(annotations['prometheus.io/port']),
          }))
        const wanted = [...declared, ...scrapes]
        const callees = unique(declared.map(({ to }) => to).filter(({ isHere }) => isHere))
        const callers = unique([...members.map(({ pods }) => pods), PROMETHEUS, ...declared.map(({ from }) => from)])
        const ports = [...new Set([...declared, ...scrapes].map(({ port }) => port)), 6060]
        const reaches = (from: Pods, to: Pods, port: number): boolean =>
          (isOpenBy(network, from, to, TUNNEL) && authorizes(authorizations, from, to, port)) ||
          (isOpenBy(network, from, to, port) && authorizes(authorizations, undefined, to, port))
        const open = callers.flatMap((from) =>
          callees.flatMap((to) => ports.filter((port) => reaches(from, to, port)).map((port) => ({ from, to, port }))),
        )
        const isWanted = ({ from, to, port }: Pick<Call, 'from' | 'to' | 'port'>): boolean =>
          wanted.some((call) => call.port === port && isAmong(to, call.to) && isAmong(from, call.from))
        expect(open.filter((pair) => !isWanted(pair)).map(pairOf)).toEqual([])
        const opened = new Set(open.map(pairOf))
        const here = declared.filter(({ to }) => to.isHere)
        expect(here.length).toBeGreaterThan(80)
        expect(here.map(pairOf).filter((pair) => !opened.has(pair))).toEqual([])
      })
    })

    test('admits the scraper, which no sidecar answers', () => {
      const scraped = workloads.filter(({ annotations }) => annotations['prometheus.io/scrape'] === 'true')
      const port = ({ annotations }: Workload): number => Number(annotations['prometheus.io/port'])
      expect(scraped.filter((one) => !authorizes(authorization, PROMETHEUS, one.pods, port(one)))).toEqual([])
    })
  })
})
