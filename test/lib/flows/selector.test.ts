import { policySelector, topologyOf } from '../../../functions/lib/flows/topology.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { APP, COMPONENT, HTTP, type Labels, resolve, service, workload } from './lib.ts'

describe('the labels by which policies select', () => {
  const selector = (name: string, objects: KubernetesObject[]): Labels => {
    const topology = topologyOf(objects)
    const found = topology.workloads.find((candidate) => candidate.name === name)
    return found ? { ...policySelector(found, topology) } : {}
  }
  const utilities = { variant: 'utilities' }

  test.each<[string, Labels, KubernetesObject[], Labels]>([
    ['name and component', { [APP]: 'a', [COMPONENT]: 'b' }, [], { [APP]: 'a', [COMPONENT]: 'b' }],
    ['name alone', { [APP]: 'a' }, [], { [APP]: 'a' }],
    ["the workload's own, where it holds more", { [APP]: 'a', shard: 'c' }, [], { [APP]: 'a', shard: 'c' }],
    ['component alone, of utilities', { [COMPONENT]: 'b', ...utilities }, [], { [COMPONENT]: 'b' }],
    [
      "the workload's own, where name and component select another too",
      { [APP]: 'a', [COMPONENT]: 'b', instance: '0' },
      [workload('other', { labels: { [APP]: 'a', [COMPONENT]: 'b', instance: '1' } })],
      { [APP]: 'a', [COMPONENT]: 'b', instance: '0' },
    ],
    ['its own where it has neither', { app: 'a' }, [], { app: 'a' }],
    [
      'its own where that tells releases apart, which other builds may hold',
      { [APP]: 'a', 'app.kubernetes.io/instance': 'red', tier: 'c' },
      [],
      { [APP]: 'a', 'app.kubernetes.io/instance': 'red', tier: 'c' },
    ],
    ['its own by the older label of releases', { [APP]: 'a', release: 'red' }, [], { [APP]: 'a', release: 'red' }],
  ])('%s', (_, labels, others, expected) => {
    expect(selector('x', [workload('x', { labels }), ...others])).toEqual(expected)
  })

  test('are no more than the workload selects by, if it selects by name and component', () => {
    const more = workload('x', { labels: { [APP]: 'a', tier: 'c' } })
    more.spec = { ...(more.spec as object), selector: { matchLabels: { [APP]: 'a' } } }
    expect(selector('x', [more])).toEqual({ [APP]: 'a' })
  })

  test('are never ones that the mesh writes, which are not there before', () => {
    const job = workload('x', { kind: 'Job', labels: { 'sidecar.istio.io/inject': 'true', 'istio.io/rev': 'canary' } })
    expect(selector('x', [job])).toEqual({})
  })
})

test('workloads of one namespace are not compared each with each', () => {
  let reads = 0
  const counted = (labels: Labels): Labels =>
    new Proxy(labels, {
      get: (target, key) => {
        reads++
        return target[key as string]
      },
    })
  const readsFor = (count: number): number => {
    const indices = [...Array(count).keys()]
    const labels = (i: number): Labels => ({ [APP]: 'app', [COMPONENT]: `c${i}` })
    const objects = indices.flatMap((i) => [
      workload(`w${i}`, { labels: labels(i) }),
      service(`w${i}`, [HTTP], { selector: labels(i) }),
    ])
    for (const { spec } of objects) {
      const { template } = spec as { template?: { metadata: { labels: Labels } } }
      if (template) template.metadata.labels = counted(template.metadata.labels)
    }
    const flows = Object.fromEntries(
      indices.map((i) => [`shop/w${i}:http`, { from: [`shop/app/c${(i + 1) % count}`] }]),
    )
    reads = 0
    expect(resolve(objects, flows).flows).toHaveLength(count)
    return reads
  }
  const [some, more] = [readsFor(50), readsFor(500)]
  expect(some).toBeGreaterThan(0)
  expect(more).toBe(10 * some)
})
