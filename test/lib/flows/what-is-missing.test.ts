import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { APP, HTTP, messages, namespace, resolve, service, workload } from './lib.ts'

describe('what the build should have but does not is reported', () => {
  const objects = [namespace('shop'), workload('web'), workload('cart'), service('cart', [HTTP])]
  const twice = service('cart-public', [HTTP], { selector: { [APP]: 'cart' } })

  test.each<[string, KubernetesObject[], Record<string, object>, string[]]>([
    [
      'a workload',
      objects,
      { 'shop/crat:http': { from: ['web'] } },
      [
        'error: flow shop/crat:http: found no workload crat in namespace shop of this build (did you mean cart?); expected one of web, cart, or a selector for pods that are made at run time, or elsewhere.shop/crat with a reason if another build has it',
      ],
    ],
    [
      'a workload, in a namespace whose Namespace is elsewhere, where a name is near',
      objects.slice(1),
      { 'shop/crat:http': { from: ['web'] } },
      [expect.stringContaining('found no workload crat in namespace shop of this build (did you mean cart?)') as never],
    ],
    [
      'a port',
      objects,
      { 'shop/cart:htpp': { from: ['web'] } },
      [
        'error: flow shop/cart:htpp: found no port htpp on its containers or Services (did you mean http?); expected one of http, or a number',
      ],
    ],
    [
      'a Service',
      objects,
      { 'shop/web:http': { from: ['cart'] } },
      [
        'error: flow shop/web:http: found no Service that selects it and carries port http; expected one, because a Sidecar admits only hosts of the registry, or plain: true for traffic past the proxies',
      ],
    ],
    [
      'the Service that the flow names',
      objects,
      { 'shop/cart:http': { from: ['web'], service: 'crt' } },
      [
        'error: flow shop/cart:http: found no Service crt that selects it and carries port http (did you mean cart?); expected one of cart',
      ],
    ],
    [
      'one Service where there are two',
      [...objects, twice],
      { 'shop/cart:http': { from: ['web'] } },
      [
        'error: flow shop/cart:http: found 2 Services that carry port http: cart, cart-public; expected service: to name the one that callers use',
      ],
    ],
    [
      'one Service where there are two, by the name of a port that no container declares',
      [
        ...objects.slice(0, 3),
        ...['cart', 'cart-read'].map((name) =>
          service(name, [{ name: 'sql', port: 5432 }], { selector: { [APP]: 'cart' } }),
        ),
      ],
      { 'shop/cart:sql': { from: ['web'] } },
      [
        'error: flow shop/cart:sql: found 2 Services that carry port sql: cart, cart-read; expected service: to name the one that callers use',
      ],
    ],
    [
      'the label of a caller that is named like a workload',
      [...objects, workload('agent', { kind: 'DaemonSet', namespace: 'other', labels: { 'k8s-app': 'agent' } })],
      { 'shop/cart:http': { from: ['other/agent'] } },
      [
        'warning: flow shop/cart:http: found caller other/agent, which is named like this object, whose pods carry other labels; expected {"namespace":"other","labels":{"k8s-app":"agent"}}',
      ],
    ],
    [
      'a Service that selects anything',
      [workload('web'), workload('cart'), service('cart', [HTTP], { selector: {} })],
      { 'shop/cart:http': { from: ['web'] } },
      [expect.stringContaining('found no Service that selects it') as never],
    ],
    [
      'a caller',
      objects,
      { 'shop/cart:http': { from: ['wbe'] } },
      [
        'error: flow shop/cart:http: found caller wbe, expected a workload of namespace shop (did you mean web?); pods that are made elsewhere are written shop/app/component or {namespace, labels}',
      ],
    ],
    [
      'a reason for any',
      objects,
      { 'shop/cart:http': { from: ['any'] } },
      ['error: flow shop/cart:http: found from: any without a reason; expected a reason, or the callers by name'],
    ],
    [
      'a namespace to look for the caller of an external host in',
      objects,
      { 'external/api.example.com:443': { from: ['web'] } },
      [
        'error: flow external/api.example.com:443: found caller web; expected namespace/app, namespace/app/component, namespace/* or {namespace, labels}, because a destination outside the cluster has no namespace to look for callers in',
      ],
    ],
    [
      'a name for pods that are made at run time',
      objects,
      { 'shop/*:9092': { from: ['web'], selector: { cluster: 'kafka' } } },
      [
        'error: flow shop/*:9092: found * for pods that a selector selects and no workload of the build has; expected a name for them, because what is generated for them is named by it',
      ],
    ],
    [
      'the number of a port outside',
      objects,
      { 'external/api.example.com:https': { from: ['shop/web'] } },
      [
        'error: flow external/api.example.com:https: found port https, expected a number, because nothing in the cluster says what the name means outside',
      ],
    ],
  ])('%s', (_, build, flows, expected) => expect(messages(build, flows)).toEqual(expected))
})

test('a flow that touches nothing in the build is not reported', () => {
  const flows = {
    'stock/stock:http': { from: ['orders/orders', 'api'] },
    'external/a.example.com:443': { from: ['stock/*'], reason: 'all of it is one program' },
  }
  expect(resolve([namespace('shop'), workload('web')], flows)).toEqual({ flows: [], findings: [] })
})
