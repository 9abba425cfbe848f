import { type FlowsSpec, flowsSchema } from '../../../functions/lib/flows/schema.ts'
import { sharedTopology, trafficOf } from '../../../functions/lib/flows/traffic.ts'
import { parseConfig } from '../../../functions/lib/framework/config.ts'
import { Shared } from '../../../functions/lib/framework/shared.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

const APP = 'app.kubernetes.io/name'

interface Pods {
  metadata: { labels: Record<string, string> }
  spec: { containers: { ports?: object[] }[] }
}

const build = (): KubernetesObject[] => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { [APP]: 'cart' } },
      template: {
        metadata: { labels: { [APP]: 'cart' } },
        spec: { containers: [{ name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { [APP]: 'cart' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
]
const podsOf = ([, cart]: readonly KubernetesObject[]): Pods =>
  (cart as { spec: { template: Pods } } | undefined)?.spec.template as Pods
const declare = (flows: Record<string, object>): FlowsSpec => parseConfig(flowsSchema as never, flows, 'flows')
const flows = declare({ 'shop/cart:http': { from: ['stock/stock'] } })
const unknown = declare({ 'shop/crat:http': { from: ['stock/stock'] } })
const inject = { 'sidecar.istio.io/inject': 'true' }

test('traffic is resolved once in a run', () => {
  const [objects, shared] = [build(), new Shared()]
  const { topology, flows: resolved } = trafficOf(objects, { flows }, shared)
  expect(trafficOf(objects, { flows }, shared).flows).toBe(resolved)
  expect(sharedTopology(objects, { flows }, shared)).toBe(topology)
})

test.each<[string, (objects: KubernetesObject[]) => void]>([
  ['labels by which the mesh takes pods in', (objects) => Object.assign(podsOf(objects).metadata.labels, inject)],
  ['annotations', (objects) => Object.assign(podsOf(objects).metadata, { annotations: { a: 'b' } })],
  [
    'objects that say nothing about traffic',
    (objects) => objects.push({ ...(objects[0] as KubernetesObject), kind: 'Secret' }),
  ],
])('it still holds after a function wrote %s', (_, edit) => {
  const [objects, shared] = [build(), new Shared()]
  const { topology } = trafficOf(objects, { flows }, shared)
  edit(objects)
  expect(trafficOf(objects, { flows }, shared).topology).toBe(topology)
})

test.each<[string, (objects: KubernetesObject[]) => void]>([
  ['a label that selectors ask for', (objects) => Object.assign(podsOf(objects).metadata.labels, { tier: 'a' })],
  ['a port', (objects) => podsOf(objects).spec.containers[0]?.ports?.push({ containerPort: 9090 })],
  ['a Service', (objects) => Object.assign(objects[2]?.spec as object, { ports: [] })],
  ['the list of objects', (objects) => objects.pop()],
  ['a copy in place of a pod', (objects) => Object.assign(objects[1] as object, structuredClone(objects[1]))],
])('it is resolved again after a function changed %s', (_, edit) => {
  const [objects, shared] = [build(), new Shared()]
  const { topology } = trafficOf(objects, { flows }, shared)
  edit(objects)
  expect(trafficOf(objects, { flows }, shared).topology).not.toBe(topology)
})

test('a label of the mesh counts where a flow selects by it', () => {
  const [objects, shared] = [build(), new Shared()]
  const asking = declare({ 'shop/cart:http': { from: [{ namespace: 'shop', labels: inject }] } })
  expect(trafficOf(objects, { flows: asking }, shared).flows[0]?.callers).toEqual([])
  Object.assign(podsOf(objects).metadata.labels, inject)
  expect(trafficOf(objects, { flows: asking }, shared).flows[0]?.callers.map(({ name }) => name)).toEqual(['cart'])
})

test('a fault is reported once, even if traffic is resolved again', () => {
  const [objects, shared] = [build(), new Shared()]
  const found = (): (string | undefined)[] =>
    trafficOf(objects, { flows: unknown }, shared).findings.map(({ id }) => id)
  expect(found()).toEqual(['flows/unknown-destination'])
  expect(found()).toEqual([])
  Object.assign(objects[1] as object, structuredClone(objects[1]))
  expect(found()).toEqual([])
})

test('flows to run-time pods belong to the build that declares their namespace', () => {
  const [objects, shared] = [build(), new Shared()]
  const kafka = declare({ 'stock/kafka:9092': { from: ['shop/cart'], selector: { [APP]: 'kafka' } } })
  const isHere = (namespaces?: string[]): unknown[] =>
    trafficOf(objects, { flows: kafka, ...(namespaces && { namespaces }) }, shared).flows.flatMap(({ callees }) =>
      callees.map((callee) => callee.isHere),
    )
  expect([isHere(), isHere(['stock']), isHere()]).toEqual([[false], [true], [false]])
})
