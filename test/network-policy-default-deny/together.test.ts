import { MANY } from '../../functions/lib/flows/together.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, service, workload } from './build.ts'
import { admits, type Endpoint } from './evaluate.ts'

// Many callers of many callees: one rule for all of them where labels select exactly them, and a finding where none do.

const NAME = 'app.kubernetes.io/name'
const http = [{ name: 'http', containerPort: 8080 }]
const labelsOf = (index: number, tier = 'app'): Record<string, string> => ({ [NAME]: `a${index}`, tier })

/** Workloads and their Services; with two tiers, every second is of the other one. */
const apps = (count: number, tiers: readonly string[] = ['app']): KubernetesObject[] =>
  Array.from({ length: count }, (_, index) => {
    const [name, own] = [`a${index}`, { [NAME]: `a${index}` }]
    const labels = labelsOf(index, tiers[index % tiers.length])
    return [
      workload(name, { labels, matchLabels: own, ports: http }),
      service(name, [{ name: 'http', port: 80, targetPort: 8080 }]),
    ]
  }).flat()
const fromApps = { from: [{ namespace: 'shop', labels: { tier: 'app' } }] }
const toEach = (count: number, step = 1): Record<string, object> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => index)
      .filter((index) => index % step === step - 1)
      .map((index) => [`shop/a${index}:http`, fromApps]),
  )

interface Rule {
  to?: unknown[]
  ports?: { port: number }[]
}

/** Whom the policy of a workload lets it call on port 8080. */
function egressTo(policies: readonly KubernetesObject[], name: string): unknown[] {
  const policy = policies.find(({ metadata }) => metadata.name === name)
  return ((policy?.spec as { egress: Rule[] } | undefined)?.egress ?? [])
    .filter(({ ports = [] }) => ports.some(({ port }) => port === 8080))
    .flatMap(({ to = [] }) => to)
}

const ALL_PODS = [{ podSelector: {} }]

describe('every workload of a namespace is called by one rule', () => {
  test.each<[string, object]>([
    ['by a flow to all from a namespace', { 'shop/*:http': { from: ['shop/*'], reason: 'a mesh of peers' } }],
    ['by a flow to all from a label', { 'shop/*:http': fromApps }],
    ['by a flow to each from a label', toEach(MANY)],
    ['by a flow among all of them', { 'shop/*:http': { from: ['self'] } }],
    [
      'by a flow to all that names each caller',
      { 'shop/*:http': { from: Array.from({ length: MANY }, (_, index) => `a${index}`) } },
    ],
  ])('%s', (_, flows) => {
    const { policies, findings } = harden([namespace('shop'), ...apps(MANY)], { flows })
    expect(egressTo(policies, 'a0')).toEqual(ALL_PODS)
    expect(JSON.stringify(policies).length).toBeLessThan(MANY * 2000)
    expect(findings.map(({ id }) => id)).not.toContain('flows/many-pairs')
  })

  test('by a flow to all, also where the Namespace is in another build', () => {
    const { policies } = harden(apps(MANY), { flows: { 'shop/*:http': fromApps } })
    expect(egressTo(policies, 'a0')).toEqual(ALL_PODS)
  })

  test('and in Cilium too', () => {
    const { policies } = harden([namespace('shop'), ...apps(MANY)], { dialect: 'cilium', flows: toEach(MANY) })
    expect(JSON.stringify(policies[1]?.spec)).toContain('"toEndpoints":[{}]')
  })
})

test('callees that a label of their own selects are called by one rule, and nobody else is', () => {
  const count = 2 * MANY
  const { policies } = harden([namespace('shop'), ...apps(count, ['app', 'back'])], { flows: toEach(count, 2) })
  expect(egressTo(policies, 'a0')).toEqual([{ podSelector: { matchLabels: { tier: 'back' } } }])
  const pod = (labels: Record<string, string>): Endpoint => ({ namespace: 'shop', labels, address: '10.1.0.1' })
  const isAdmitted = (from: Endpoint, to: Endpoint): boolean =>
    (['Ingress', 'Egress'] as const).every((direction) =>
      admits(policies, direction, { from, to, protocol: 'TCP', port: 8080 }),
    )
  const [caller, callee] = [pod(labelsOf(0)), pod(labelsOf(1, 'back'))]
  expect(isAdmitted(caller, callee)).toBe(true)
  expect(isAdmitted(callee, caller)).toBe(false)
  expect(isAdmitted(callee, pod(labelsOf(3, 'back')))).toBe(false)
  expect(isAdmitted(caller, pod(labelsOf(2)))).toBe(false)
})

describe('each is named by itself', () => {
  const flows = toEach(MANY)
  const named = (objects: readonly KubernetesObject[], spec: object): number =>
    egressTo(harden(objects, { ...spec }).policies, 'a0').length
  test.each<[string, readonly KubernetesObject[], object, number]>([
    ['where they are few', [namespace('shop'), ...apps(MANY - 1)], { flows: toEach(MANY - 1) }, MANY - 1],
    ['where another build may have pods in the namespace', apps(MANY), { flows }, MANY],
    [
      'where labels select another workload too',
      [namespace('shop'), ...apps(MANY), workload('queue', { labels: { [NAME]: 'queue', tier: 'app' } })],
      { flows },
      MANY,
    ],
    [
      'where an operator makes pods in the namespace',
      [namespace('shop'), ...apps(MANY)],
      { flows: { ...flows, 'shop/queue:9092': { from: ['a0'], selector: { app: 'queue' } } } },
      MANY,
    ],
  ])('%s', (_, objects, spec, count) => {
    expect(named(objects, spec)).toBe(count)
  })
})

test('a finding says where more than 10,000 pairs are named, and the first of the flows', () => {
  const count = 202
  const other = workload('queue', { labels: { [NAME]: 'queue', tier: 'app' } })
  const { findings } = harden([namespace('shop'), ...apps(count, ['app']), other], { flows: toEach(count) })
  const found = findings.filter(({ id }) => id === 'flows/many-pairs')
  expect(found).toEqual([
    expect.objectContaining({
      severity: 'warning',
      tags: { flow: 'shop/a0:http' },
      message: expect.stringContaining('found 203 callers and 202 callees'),
    }),
  ])
})
