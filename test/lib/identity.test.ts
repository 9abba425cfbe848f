import { requireDistinct } from '../../functions/lib/framework/distinct.ts'
import { identity, isKind, type KubernetesObject, typeOf } from '../../functions/lib/kubernetes/objects.ts'

const object = (apiVersion: string, kind: string, namespace?: string, annotations = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'cart', ...(namespace && { namespace }), annotations },
})

test('cluster-scoped objects have no namespace, whatever their manifests say', () => {
  for (const [apiVersion, kind] of [
    ['v1', 'Namespace'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ] as const)
    expect(identity(object(apiVersion, kind, 'shop'))).toBe(identity(object(apiVersion, kind)))
})

test('namespaced objects of one name are one for each namespace, and a kind of another group is another', () => {
  const all = [
    object('v1', 'Secret', 'shop'),
    object('v1', 'Secret', 'blog'),
    object('v1', 'Secret'),
    object('example.com/v1', 'Namespace', 'shop'),
    object('example.com/v1', 'Namespace', 'blog'),
  ]
  expect(new Set(all.map(identity)).size).toBe(all.length)
})

test('two Namespaces of one name are refused, whatever namespace they claim', () => {
  expect(() => requireDistinct([object('v1', 'Namespace'), object('v1', 'Namespace', 'shop')])).toThrow(
    'is in the build twice',
  )
  const local = object('v1', 'Namespace', '', { 'config.kubernetes.io/local-config': 'true' })
  expect(() => requireDistinct([object('v1', 'Namespace'), local])).not.toThrow()
})

test.each([
  ['Deployment', 'apps/v1'],
  ['DaemonSet', 'apps/v1beta2'],
  ['ReplicaSet', 'apps/v1'],
  ['Job', 'batch/v1'],
  ['Ingress', 'networking.k8s.io/v1'],
  ['NetworkPolicy', 'networking.k8s.io/v1'],
])('a %s of the group extensions is the one of %s', (kind, apiVersion) => {
  const old = object('extensions/v1beta1', kind, 'shop')
  expect([typeOf(old), identity(old)]).toEqual([
    typeOf(object(apiVersion, kind)),
    identity(object(apiVersion, kind, 'shop')),
  ])
  expect(isKind(old, apiVersion.split('/')[0] as string, kind)).toBe(true)
})

test('other kinds of the group extensions are kinds of their own', () => {
  for (const kind of ['Scale', 'Pod', 'constructor'])
    expect(typeOf(object('extensions/v1beta1', kind))).toBe(`extensions/${kind}`)
})
