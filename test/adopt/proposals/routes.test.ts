import { found, STORE } from './lib.ts'

describe('routes', () => {
  const route = (apiVersion: string, kind: string, spec: string): string => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: by-hand, namespace: shop}
spec: ${spec}
---`
  test.each([
    ['Ingress', 'networking.k8s.io/v1', '{defaultBackend: {service: {name: stroe, port: {number: 80}}}}'],
    [
      'HTTPRoute',
      'gateway.networking.k8s.io/v1',
      '{parentRefs: [{name: gw}], rules: [{backendRefs: [{name: stroe, port: 80}]}]}',
    ],
    ['VirtualService', 'networking.istio.io/v1', '{hosts: [store], http: [{route: [{destination: {host: stroe}}]}]}'],
    ['IngressRoute', 'traefik.io/v1alpha1', '{routes: [{services: [{name: stroe, port: 80}]}]}'],
  ])('%s to a Service that does not exist is said', async (kind, apiVersion, spec) => {
    expect((await found(STORE + route(apiVersion, kind, spec))).notes).toEqual([
      `${kind} by-hand: names Service stroe, which namespace shop of this build does not have; did you mean store?; if another build has it, add the flow shop/stroe`,
    ])
  })
})
