import { GATEWAY_NAME, ingressClassOf, readGateways } from '../../../functions/lib/flows/gateways.ts'
import { type GatewaysSpec, gatewaysOf, gatewaysSchema } from '../../../functions/lib/flows/gateways-schema.ts'
import { topologyOf } from '../../../functions/lib/flows/topology.ts'
import { parseConfig } from '../../../functions/lib/framework/config.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { workload } from './lib.ts'

const object = (type: string, spec: object, metadata: object = {}): KubernetesObject => {
  const [apiVersion = '', kind = ''] = type.split(' ')
  return { apiVersion, kind, metadata: { name: 'edge', namespace: 'shop', ...metadata }, spec }
}
const specOf = (gateways: object): GatewaysSpec => parseConfig(gatewaysSchema as never, gateways, 'gateways')
const serving = (
  route: 'apiServer' | 'istioGateway' | 'ingress' | 'gatewayApi',
  source: KubernetesObject,
  gateways?: object,
  ...objects: KubernetesObject[]
) => readGateways(objects, topologyOf(objects), gateways && specOf(gateways)).serving({ route, source })

const ISTIO = { namespace: 'istio-system', labels: { istio: 'ingressgateway' } }
const NGINX = { namespace: 'ingress-nginx', labels: { 'app.kubernetes.io/name': 'ingress-nginx' }, class: 'nginx' }
const OWN = { namespace: 'edge', labels: { app: 'edge' } }

describe('the gateways of a policy', () => {
  test.each<[string, object | undefined, 'istioGateway' | 'ingress' | 'gatewayApi', object[]]>([
    ['are the usual ones by default', undefined, 'istioGateway', [ISTIO]],
    ['are the usual controller of Ingresses by default', {}, 'ingress', [NGINX]],
    ['are none of the Gateway API by default', undefined, 'gatewayApi', []],
    ['are added to the usual ones', { ingress: { own: OWN } }, 'ingress', [NGINX, OWN]],
    ['are off if they are switched off', { ingress: { 'ingress-nginx': 'off', own: OWN } }, 'ingress', [OWN]],
    [
      'keep what is not set',
      { ingress: { 'ingress-nginx': { namespace: 'edge' } } },
      'ingress',
      [{ ...NGINX, namespace: 'edge' }],
    ],
    [
      'are addresses alone if they are addresses',
      { istioGateway: { ingressgateway: { cidr: '10.0.0.0/8', reason: 'a balancer' } } },
      'istioGateway',
      [{ cidr: '10.0.0.0/8', reason: 'a balancer' }],
    ],
  ])('%s', (_, gateways, kind, expected) => {
    expect(gatewaysOf(gateways && specOf(gateways), kind)).toEqual(expected)
  })
})

describe('the class of an Ingress is', () => {
  const INGRESS = 'networking.k8s.io/v1 Ingress'
  test.each<[string, KubernetesObject, string | undefined]>([
    [
      'its field',
      object(INGRESS, { ingressClassName: 'nginx' }, { annotations: { 'kubernetes.io/ingress.class': 'x' } }),
      'nginx',
    ],
    ['its annotation', object(INGRESS, {}, { annotations: { 'kubernetes.io/ingress.class': 'nginx' } }), 'nginx'],
    ['unknown without both', object(INGRESS, {}), undefined],
    ['unknown if it is empty', object(INGRESS, { ingressClassName: '' }), undefined],
    ['that of Traefik for its routes', object('traefik.io/v1alpha1 IngressRoute', {}), 'traefik'],
    ['that of Contour for its proxies', object('projectcontour.io/v1 HTTPProxy', {}), 'contour'],
    ['that of OpenShift for its Routes', object('route.openshift.io/v1 Route', {}), 'openshift-default'],
  ])('%s', (_, ingress, expected) => expect(ingressClassOf(ingress)).toBe(expected))

  test.each<[string, object, object | undefined, object[]]>([
    ['a controller of the class', { ingressClassName: 'nginx' }, undefined, [NGINX]],
    ['not one of another', { ingressClassName: 'traefik' }, undefined, []],
    [
      'any controller, if the class is unknown',
      {},
      { ingress: { own: { ...OWN, class: 'own' } } },
      [NGINX, { ...OWN, class: 'own' }],
    ],
    ['a controller of every class', { ingressClassName: 'x' }, { ingress: { own: OWN } }, [OWN]],
  ])('served by %s', (_, spec, gateways, expected) => {
    expect(serving('ingress', object(INGRESS, spec), gateways)).toEqual(expected)
  })
})

test('the API server comes from no pods', () => {
  expect(serving('apiServer', object('apiregistration.k8s.io/v1 APIService', {}))).toEqual([])
})

describe('a route of the Gateway API is served by', () => {
  const route = object('gateway.networking.k8s.io/v1 HTTPRoute', {
    parentRefs: [{ name: 'a' }, { name: 'b', namespace: 'infra' }],
  })
  test('the pods of its parents', () => {
    expect(serving('gatewayApi', route)).toEqual([
      { namespace: 'shop', labels: { [GATEWAY_NAME]: 'a' } },
      { namespace: 'infra', labels: { [GATEWAY_NAME]: 'b' } },
    ])
  })
  test('those that the policy names, if it does', () => {
    expect(serving('gatewayApi', route, { gatewayApi: { own: OWN } })).toEqual([OWN])
  })
})

describe('a VirtualService is served by', () => {
  const bound = (...gateways: string[]) => object('networking.istio.io/v1 VirtualService', { gateways })
  const gateway = (selector: object | undefined, metadata: object = {}) =>
    object('networking.istio.io/v1 Gateway', { selector }, metadata)
  const labels = { istio: 'edge' }

  test.each<[string, KubernetesObject, object | undefined, KubernetesObject[], object[]]>([
    ['the configured gateways, if its Gateway is in no build', bound('other'), undefined, [], [ISTIO]],
    ['the configured gateways, if it names none', bound('mesh'), undefined, [], [ISTIO]],
    [
      'the pods of its Gateway in the build',
      bound('edge'),
      undefined,
      [gateway(labels), workload('edge', { labels, namespace: 'infra' })],
      [{ namespace: 'infra', labels }],
    ],
    [
      'those of a Gateway elsewhere',
      bound('infra/edge'),
      undefined,
      [gateway(labels, { namespace: 'infra' })],
      [{ namespace: 'infra', labels }],
    ],
    [
      'pods in the namespace of the Gateway, if the build has none',
      bound('edge'),
      undefined,
      [gateway(labels)],
      [{ namespace: 'shop', labels }],
    ],
    [
      'the configured ones that carry the selector',
      bound('edge'),
      undefined,
      [gateway({ istio: 'ingressgateway' })],
      [ISTIO],
    ],
    [
      'those and pods of the build in other namespaces',
      bound('edge'),
      undefined,
      [
        gateway({ istio: 'ingressgateway' }),
        workload('own', { labels: ISTIO.labels, namespace: 'infra' }),
        workload('usual', { labels: ISTIO.labels, namespace: 'istio-system' }),
      ],
      [ISTIO, { namespace: 'infra', labels: ISTIO.labels }],
    ],
    [
      'configured ones that may carry the selector, with it',
      bound('edge'),
      { istioGateway: { ingressgateway: 'off', own: { namespace: 'edge', labels: { team: 'a' } } } },
      [gateway(labels)],
      [
        { namespace: 'edge', labels },
        { namespace: 'shop', labels },
      ],
    ],
    [
      'configured addresses as they are',
      bound('edge'),
      { istioGateway: { ingressgateway: 'off', own: { cidr: '10.0.0.0/8', reason: 'a balancer' } } },
      [gateway(labels)],
      [
        { cidr: '10.0.0.0/8', reason: 'a balancer' },
        { namespace: 'shop', labels },
      ],
    ],
    ['the configured gateways, if its Gateway selects nothing', bound('edge'), undefined, [gateway({})], [ISTIO]],
    [
      'the configured gateways, if its Gateway has no selector',
      bound('edge'),
      undefined,
      [gateway(undefined)],
      [ISTIO],
    ],
    ['all of several', bound('edge', 'other'), undefined, [gateway(labels)], [{ namespace: 'shop', labels }, ISTIO]],
  ])('%s', (_, source, gateways, objects, expected) => {
    expect(serving('istioGateway', source, gateways, ...objects)).toEqual(expected)
  })

  test('its Gateway under the name that it had before', () => {
    const renamed = gateway(labels, {
      name: 'dev-edge',
      annotations: {
        'internal.config.kubernetes.io/previousNames': 'edge',
        'internal.config.kubernetes.io/previousNamespaces': 'default',
      },
    })
    expect(serving('istioGateway', bound('default/edge'), undefined, renamed)).toEqual([{ namespace: 'shop', labels }])
  })
})
