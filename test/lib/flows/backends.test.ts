import { namesBackends } from '../../../functions/lib/flows/backend-references.ts'
import { backendCalls } from '../../../functions/lib/flows/backends.ts'
import { numberOf } from '../../../functions/lib/flows/port.ts'
import { topologyOf } from '../../../functions/lib/flows/topology.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { HTTP, service, workload } from './lib.ts'

describe('calls that other objects declare', () => {
  const build = [
    workload('hook', { ports: { https: 8443 } }),
    service('hook', [
      { name: 'https', port: 443, targetPort: 'https' },
      { name: 'alt', port: 8080, targetPort: 'https' },
    ]),
  ]
  const reference = { name: 'hook', namespace: 'shop' }
  const object = (apiVersion: string, kind: string, fields: object): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name: 'it', namespace: 'shop' },
    ...fields,
  })
  const calls = (source: KubernetesObject) => {
    const objects = [...build, source]
    const found = backendCalls(objects, topologyOf(objects))
    expect(found.findings).toEqual([])
    return found.calls.map(({ route, workload, port }) => ({ route, name: workload.name, port: numberOf(port) }))
  }
  const clientConfig = { service: reference }

  const route = (rule: object): object => ({ spec: { rules: [rule] } })
  const destination = { host: 'hook.shop.svc.cluster.local', port: { number: 8080 } }

  test.each([
    [
      'apiServer',
      'ValidatingWebhookConfiguration',
      'admissionregistration.k8s.io/v1',
      { webhooks: [{ clientConfig }] },
    ],
    ['apiServer', 'MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', { webhooks: [{ clientConfig }] }],
    ['apiServer', 'APIService', 'apiregistration.k8s.io/v1', { spec: { service: reference } }],
    [
      'apiServer',
      'CustomResourceDefinition',
      'apiextensions.k8s.io/v1',
      { spec: { conversion: { webhook: { clientConfig } } } },
    ],
    [
      'ingress',
      'Ingress',
      'networking.k8s.io/v1',
      route({ http: { paths: [{ backend: { service: { name: 'hook', port: { name: 'alt' } } } }] } }),
    ],
    [
      'ingress',
      'TargetGroupBinding',
      'elbv2.k8s.aws/v1beta1',
      { spec: { serviceRef: { name: 'hook', port: 'alt' }, targetGroupARN: 'arn:aws:x' } },
    ],
    [
      'ingress',
      'TCPIngress',
      'configuration.konghq.com/v1beta1',
      route({ port: 9000, backend: { serviceName: 'hook', servicePort: 443 } }),
    ],
    [
      'ingress',
      'IngressRoute',
      'traefik.containo.us/v1alpha1',
      { spec: { routes: [{ match: 'Host(`a`)', services: [{ name: 'hook', port: 443 }] }] } },
    ],
    [
      'istioGateway',
      'VirtualService',
      'networking.istio.io/v1',
      { spec: { gateways: ['a/b'], http: [{ route: [{ destination }] }] } },
    ],
    ['gatewayApi', 'HTTPRoute', 'gateway.networking.k8s.io/v1', route({ backendRefs: [{ name: 'hook', port: 8080 }] })],
  ])('%s by %s', (route, kind, apiVersion, fields) => {
    expect(calls(object(apiVersion, kind, fields))).toEqual([{ route, name: 'hook', port: 8443 }])
  })

  test.each([
    ['VirtualService', 'networking.istio.io/v1', { gateways: ['mesh'], http: [{ route: [{ destination }] }] }],
    ['VirtualService', 'networking.istio.io/v1', { hosts: ['hook'], http: [{ route: [{ destination }] }] }],
    [
      'HTTPRoute',
      'gateway.networking.k8s.io/v1',
      {
        parentRefs: [{ group: '', kind: 'Service', name: 'hook' }],
        rules: [{ backendRefs: [{ name: 'hook', port: 8080 }] }],
      },
    ],
  ])('a %s of the mesh alone says nothing: it routes what flows declare', (kind, apiVersion, spec) => {
    expect(calls(object(apiVersion, kind, { spec }))).toEqual([])
  })

  test('gateways call by delegates and for mirrors too', () => {
    const bound = { gateways: ['a/b'], hosts: ['example.com'] }
    const specs = [
      { http: [{ route: [{ destination }] }] },
      { ...bound, http: [{ mirror: destination }] },
      { ...bound, http: [{ mirrors: [{ destination }] }] },
    ]
    for (const spec of specs)
      expect(calls(object('networking.istio.io/v1', 'VirtualService', { spec }))).toEqual([
        { route: 'istioGateway', name: 'hook', port: 8443 },
      ])
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'hook', port: 8080 } } }]
    expect(calls(object('gateway.networking.k8s.io/v1', 'HTTPRoute', route({ filters })))).toEqual([
      { route: 'gatewayApi', name: 'hook', port: 8443 },
    ])
  })

  test('a VirtualService names no port where the Service has but one', () => {
    const to = (host: string) => ({ destination: { host } })
    const spec = { gateways: ['a/b'], http: [{ route: [to('web'), to('hook')] }] }
    const objects = [
      ...build,
      workload('web'),
      service('web', [HTTP]),
      object('networking.istio.io/v1', 'VirtualService', { spec }),
    ]
    const { calls, findings } = backendCalls(objects, topologyOf(objects))
    expect(calls.map(({ workload, port }) => ({ name: workload.name, port: numberOf(port) }))).toEqual([
      { name: 'web', port: 8080 },
    ])
    expect(findings.map(({ message }) => message)).toEqual([
      'found no port of Service shop/hook, expected one of https, alt, with a target port on the pods',
    ])
  })

  test('a port that the Service does not have is an error of the object that names it', () => {
    const service = { ...reference, port: 444 }
    const source = object('apiregistration.k8s.io/v1', 'APIService', { spec: { service } })
    const objects = [...build, source]
    expect(backendCalls(objects, topologyOf(objects)).findings).toMatchObject([
      { id: 'flows/unknown-backend-port', object: source },
    ])
  })

  test('a definition without a webhook is not even read', () => {
    const crd = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }
    expect(namesBackends({ ...crd, text: 'spec:\n  conversion:\n    strategy: None\n' })).toBe(false)
    expect(namesBackends({ ...crd, text: 'webhook:\n  clientConfig: {}\n' })).toBe(true)
    expect(namesBackends({ ...crd, kind: 'Secret', text: 'clientConfig' })).toBe(false)
  })
})
