import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, messages, namespace, service, workload } from './build.ts'

describe('a caller that matches no pod of a denied namespace', () => {
  const report = (from: unknown[], spec: Record<string, unknown> = {}): string[] =>
    messages(
      harden([namespace('shop'), workload('cart')], {
        flows: { 'audit/sink:8443': { from, reason: 'every caller is audited' } },
        ...spec,
      }).findings,
    )
  const found = (caller: string): string =>
    `flow audit/sink:8443: found no pods of the build for the caller ${caller}; default-deny cuts them off from it, unless another build admits their egress, or runtimePods gives their labels`

  test('is a warning if its name is close to that of a pod, and information if none is close', () => {
    expect(report(['shop/crat', 'shop/adapter'])).toEqual([
      `warning: ${found('shop/crat (did you mean cart?)')}`,
      `info: ${found('shop/adapter')}`,
    ])
  })

  test('is not reported in a namespace that is not denied, nor if its pods are declared', () => {
    const labels = { app: 'made-by-an-operator' }
    expect(report(['web/frontend', 'shop/*'])).toEqual([])
    expect(report([{ namespace: 'shop', labels }], { runtimePods: { 'shop/made': { labels } } })).toEqual([])
    expect(report(['shop/adapter'], { directions: ['Ingress'] })).toEqual([])
    expect(report(['shop/adapter'], { elsewhere: { 'shop/adapter': { reason: 'another team' } } })).toEqual([])
  })

  test('is information if it names only some of the declared pods', () => {
    const flows = { 'shop/kafka:9092': { from: ['self'], selector: { cluster: 'orders' } } }
    const broker = { namespace: 'shop', labels: { cluster: 'orders', role: 'broker' } }
    const { findings } = harden([namespace('shop')], { flows: { ...flows, 'audit/sink:8443': { from: [broker] } } })
    expect(messages(findings)).toEqual([`info: ${found(JSON.stringify(broker))}`])
  })
})

describe('a Service that selects several workloads', () => {
  const version = (number: string): KubernetesObject =>
    workload(`cart-${number}`, {
      labels: { app: 'cart', version: number },
      ports: [{ name: 'http', containerPort: 8080 }],
    })
  const build = (headless = false): KubernetesObject[] => {
    const cart = service('cart', [{ name: 'http', port: 80, targetPort: 'http' }], { app: 'cart' })
    if (headless) (cart.spec as Record<string, unknown>).clusterIP = 'None'
    return [namespace('shop'), version('1'), version('2'), cart]
  }
  const one = { 'shop/cart-1:http': { from: ['web/frontend'] } }

  test('is a warning if a flow goes to only one of them', () => {
    expect(messages(harden(build(), { flows: one }).findings)).toEqual([
      'warning: flow shop/cart-1:http: found Service cart selecting Deployment shop/cart-2 besides Deployment shop/cart-1; expected a flow to each, because policies drop what the Service sends to the others',
    ])
  })

  test.each([
    ['where flows go to all of them', build(), { ...one, 'shop/cart-2:http': { from: ['web/frontend'] } }],
    ['where a headless Service lets callers choose', build(true), one],
    [
      'where the others have no such port',
      [...build().slice(0, 2), ...build().slice(3), workload('cart-2', { labels: { app: 'cart', version: '2' } })],
      one,
    ],
    [
      'of a plain flow, which may go to pods by address',
      build(),
      { 'shop/cart-1:http': { from: ['web/frontend'], plain: true } },
    ],
  ])('is fine %s', (_, objects, flows) => expect(harden(objects, { flows }).findings).toEqual([]))
})
