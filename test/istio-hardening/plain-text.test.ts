import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, NAME_LABEL, service, workload } from './build.ts'

const site = (annotations = {}): KubernetesObject => workload('site', { ports: { http: 8080 }, annotations })
const exposed = (spec: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'site', namespace: 'shop' },
  spec: { selector: { [NAME_LABEL]: 'site' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
})
const ingress = (spec: object): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'site', namespace: 'shop' },
  spec: { defaultBackend: { service: { name: 'site', port: { number: 80 } } }, ...spec },
})
const OUTSIDE = 'plain-text-from-outside'

describe('what brings plain text to a STRICT port is named', () => {
  test.each<[string, KubernetesObject[], object, string[]]>([
    ['a LoadBalancer', [exposed({ type: 'LoadBalancer' })], {}, [OUTSIDE]],
    ['a NodePort', [exposed({ type: 'NodePort' })], {}, [OUTSIDE]],
    ['an external IP', [exposed({ externalIPs: ['192.0.2.1'] })], {}, [OUTSIDE]],
    ['an Ingress of another controller', [exposed({}), ingress({ ingressClassName: 'nginx' })], {}, [OUTSIDE]],
    ['not an Ingress of Istio', [exposed({}), ingress({ ingressClassName: 'istio' })], {}, []],
    [
      'not an Ingress whose controller the policy counts to the mesh',
      [exposed({}), ingress({ ingressClassName: 'nginx' })],
      { gateways: { ingress: { 'ingress-nginx': { inMesh: true } } } },
      [],
    ],
    ['anyone', [exposed({})], { flows: { 'shop/site:http': { from: ['any'], reason: 'public' } } }, [OUTSIDE]],
    ['not a Service within the cluster', [exposed({})], {}, []],
    [
      'not where the policy lets the port take plain text',
      [exposed({ type: 'LoadBalancer' })],
      { permissivePorts: { site: { '8080': { reason: 'public' } } } },
      ['plain-text-port'],
    ],
    ['not at the stage before', [exposed({ type: 'LoadBalancer' })], { mtls: 'permissive' }, ['permissive-stage']],
  ])('%s', async (_, objects, policy, expected) => {
    expect((await harden([site(), ...objects], policy)).ids).toEqual(expected)
  })

  test('but not for a gateway that Istio injects, which terminates what comes from outside', async () => {
    const gateway = site({ 'inject.istio.io/templates': 'gateway' })
    expect((await harden([gateway, exposed({ type: 'LoadBalancer' })])).ids).toEqual([])
  })
})

describe('a port of a Service means its port on the pods', () => {
  const annotations = async (port: string | number): Promise<unknown> =>
    (await harden([site(), exposed({})], { scrape: { site: { port } } })).pods('site').metadata.annotations

  test.each([
    ['by number', '80', '8080'],
    ['by name', 'http', '8080'],
    ['unless the pods have it themselves', '8080', '8080'],
    ['and stays as it is where nothing declares it', '9999', '9999'],
  ])('in permissivePorts, %s', async (_, key, port) => {
    const { get } = await harden([site(), exposed({})], { permissivePorts: { site: { [key]: { reason: 'r' } } } })
    const { spec } = get('PeerAuthentication', 'site')
    expect((spec as { portLevelMtls: object }).portLevelMtls).toEqual({ [port]: { mode: 'PERMISSIVE' } })
  })

  test('also in scrape', async () => {
    expect(await annotations(80)).toMatchObject({ 'prometheus.io/port': '8080' })
  })
})

describe('a port that takes plain text admits its callers and plain text, and no other identity', () => {
  const objects = (): KubernetesObject[] => [
    workload('web'),
    workload('site', { ports: { http: 8080 } }),
    service('site', 8080),
  ]
  const from = [{ source: { principals: ['cluster.local/ns/shop/sa/default'] } }, { source: { notPrincipals: ['*'] } }]

  test('of a plain flow', async () => {
    const policy = { authorization: 'flows', flows: { 'shop/site:8080': { from: ['web'], plain: true } } }
    const { spec } = (await harden(objects(), policy)).get('AuthorizationPolicy', 'site')
    expect(spec).toMatchObject({ rules: [{ from, to: [{ operation: { ports: ['8080'] } }] }] })
  })

  test('of permissivePorts, where a flow goes to it', async () => {
    const policy = {
      authorization: 'flows',
      permissivePorts: { site: { '8080': { reason: 'r' } } },
      flows: { 'shop/site:8080': { from: ['web'] } },
    }
    expect((await harden(objects(), policy)).get('AuthorizationPolicy', 'site').spec).toMatchObject({
      rules: [{ from }],
    })
  })
})

describe('in an ambient mesh, callers with the same identity', () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  const two = {
    ...(service('site', 8080).spec as object),
    ports: [
      { name: 'a', port: 8080 },
      { name: 'b', port: 9090 },
    ],
  }
  const build = (account: (name: string) => object): KubernetesObject[] => [
    namespace,
    workload('web', { pod: account('web') }),
    workload('report', { pod: account('report') }),
    workload('site', { ports: { http: 8080 } }),
    { ...service('site', 8080), spec: two },
  ]
  const policy = {
    ambient: true,
    authorization: 'flows',
    flows: { 'shop/site:8080': { from: ['web'] }, 'shop/site:9090': { from: ['report'] } },
  }

  test('are reported, because each reaches the ports of the other', async () => {
    const { findings } = await harden(
      build(() => ({})),
      policy,
    )
    expect(findings).toEqual([expect.objectContaining({ id: 'istio-hardening/shared-identity' })])
    expect(findings[0]?.message).toContain('Deployment shop/report: 8080; Deployment shop/web: 9090')
  })

  test('are no longer reported once each has a service account of its own', async () => {
    expect(
      (
        await harden(
          build((name) => ({ serviceAccountName: name })),
          policy,
        )
      ).ids,
    ).toEqual([])
  })
})
