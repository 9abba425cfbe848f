import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, service, workload } from './build.ts'

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }

const ingress: KubernetesObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } },
}

test('where the policy knows no gateway, nobody is admitted, rather than everybody', async () => {
  const objects = [workload('web', { ports: { http: 80 } }), service('web', 80), ingress]
  const policy = { authorization: 'flows', gateways: { ingress: { 'ingress-nginx': 'off' } } }
  expect((await harden(objects, policy)).get('AuthorizationPolicy', 'web').spec).toEqual({
    selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
    action: 'ALLOW',
  })
})

test('a sidecar answers the scraper past any policy; in ambient mode only the scraper’s namespace is admitted', async () => {
  const build = (): KubernetesObject[] => [namespace, workload('web', { ports: { metrics: 9090 } })]
  const sidecars = await harden(build(), { authorization: 'flows' })
  expect(sidecars.objects.map(({ kind }) => kind)).not.toContain('AuthorizationPolicy')
  const ambient = await harden(build(), {
    authorization: 'flows',
    ambient: true,
    scraperNamespaces: { prometheus: true },
  })
  expect(ambient.get('AuthorizationPolicy', 'web').spec).toMatchObject({
    rules: [{ from: [{ source: { namespaces: ['prometheus'] } }], to: [{ operation: { ports: ['9090'] } }] }],
  })
})

test.each([
  ['named', { serviceAccountName: 'till' }, 'till'],
  ['named by the older field', { serviceAccount: 'till' }, 'till'],
  ['named in both', { serviceAccountName: 'till', serviceAccount: 'other' }, 'till'],
  ['empty', { serviceAccountName: '' }, 'default'],
])('a caller is known by its service account: %s', async (_, pod, account) => {
  const objects = [workload('till', { pod }), workload('web', { ports: { http: 80 } }), service('web', 80)]
  const policy = { authorization: 'flows', flows: { 'shop/web:80': { from: ['till'] } } }
  expect((await harden(objects, policy)).get('AuthorizationPolicy', 'web').spec).toMatchObject({
    rules: [{ from: [{ source: { principals: [`cluster.local/ns/shop/sa/${account}`] } }] }],
  })
})

test('off means false, as in YAML 1.1', async () => {
  expect((await harden([workload('web')], { authorization: false })).ids).toEqual([])
})

describe('pods that are made at run time', () => {
  const flows = { 'shop/queue:9092': { selector: { app: 'queue' }, from: ['web'] } }

  test('get no AuthorizationPolicy in a namespace outside the mesh', async () => {
    const { objects } = await harden([namespace, workload('web')], {
      authorization: 'flows',
      notInjected: { shop: true },
      flows,
    })
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'Deployment'])
  })

  test('need the number of their port', async () => {
    const named = { 'shop/queue:clients': flows['shop/queue:9092'] }
    const { ids } = await harden([namespace, workload('web')], { authorization: 'flows', flows: named })
    expect(ids).toEqual(['runtime-port-name'])
  })

  test('need a name that no workload has', async () => {
    const clashing = { 'shop/web:9092': flows['shop/queue:9092'] }
    const { ids } = await harden([namespace, workload('web')], { authorization: 'flows', flows: clashing })
    expect(ids).toEqual(['runtime-name-taken'])
  })
})
