import { ExactInteger } from '../../functions/lib/exact-integer.ts'
import { InputError } from '../../functions/lib/framework/input-error.ts'
import { requireWellTyped } from '../../functions/lib/framework/well-typed.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../functions/lib/kubernetes/selector.ts'

const object = (apiVersion: string, kind: string, body: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'cart', namespace: 'shop' },
  ...body,
})
const deployment = (container: object, pod: object = {}): KubernetesObject =>
  object('apps/v1', 'Deployment', { spec: { template: { spec: { containers: [container], ...pod } } } })
const service = (spec: object): KubernetesObject => object('v1', 'Service', { spec })

/** The objects and fields that are refused; empty if all are accepted. */
function refusal(...objects: KubernetesObject[]): string[] {
  try {
    requireWellTyped(objects)
    return []
  } catch (cause) {
    expect(cause).toBeInstanceOf(InputError)
    return (cause as InputError).findings.map(({ id, object, field }) => {
      expect(id).toBe('objects/mistyped')
      return `${object?.kind} ${object?.metadata.namespace ? 'shop/' : ''}cart: ${field?.path}`
    })
  }
}

describe('a value of another type than the API decodes is refused, by object and field', () => {
  const containers = 'Deployment shop/cart: spec.template.spec.containers'
  test.each<[string, KubernetesObject, string]>([
    [
      'labels that are numbers',
      object('v1', 'ConfigMap', { metadata: { name: 'cart', labels: { version: 1 } } }),
      'ConfigMap cart: metadata.labels.version',
    ],
    [
      'annotations that are no map',
      object('example.com/v1', 'Cache', { metadata: { name: 'cart', annotations: true } }),
      'Cache cart: metadata.annotations',
    ],
    [
      'a namespace that is no text',
      object('v1', 'ConfigMap', { metadata: { name: 'cart', namespace: { toString: 'x' } } }),
      'ConfigMap cart: metadata.namespace',
    ],
    [
      'containers that are no list',
      object('apps/v1', 'Deployment', { spec: { template: { spec: { containers: 'x' } } } }),
      `${containers}`,
    ],
    ['an image that is no text', deployment({ name: 'app', image: ['app'] }), `${containers}[0].image`],
    [
      'a variable without quotes',
      deployment({ name: 'app', env: [{ name: 'REPLICAS', value: 3 }] }),
      `${containers}[0].env[0].value`,
    ],
    ['ports that are a map', deployment({ name: 'app', ports: {} }), `${containers}[0].ports`],
    ['an empty item', deployment({ name: 'app', args: ['--a', null] }), `${containers}[0].args[1]`],
    [
      'a quoted boolean',
      deployment({ name: 'app' }, { hostNetwork: 'true' }),
      'Deployment shop/cart: spec.template.spec.hostNetwork',
    ],
    [
      'a pod template of Knative',
      object('serving.knative.dev/v1', 'Service', { spec: { template: { metadata: { labels: 'x' }, spec: {} } } }),
      'Service shop/cart: spec.template.metadata.labels',
    ],
    [
      'pull secrets that are names alone',
      deployment({ name: 'app' }, { imagePullSecrets: ['mirror'] }),
      'Deployment shop/cart: spec.template.spec.imagePullSecrets[0]',
    ],
    [
      'pull secrets of a service account that are a map',
      object('v1', 'ServiceAccount', { imagePullSecrets: { name: 'mirror' } }),
      'ServiceAccount shop/cart: imagePullSecrets',
    ],
    [
      'a number of pods in the custom resource of an operator',
      object('pingcap.com/v1alpha1', 'TidbCluster', { spec: { tikv: { replicas: 'three' } } }),
      'TidbCluster shop/cart: spec.tikv.replicas',
    ],
    [
      'roles of a KafkaNodePool that are text',
      object('kafka.strimzi.io/v1beta2', 'KafkaNodePool', { spec: { roles: 'broker' } }),
      'KafkaNodePool shop/cart: spec.roles',
    ],
    ['a quoted port', service({ ports: [{ port: '80' }] }), 'Service shop/cart: spec.ports[0].port'],
    ['a selector that is text', service({ selector: 'app=cart' }), 'Service shop/cart: spec.selector'],
    [
      'a selector without operators',
      object('policy/v1', 'PodDisruptionBudget', { spec: { selector: { matchExpressions: [7] } } }),
      'PodDisruptionBudget shop/cart: spec.selector.matchExpressions[0]',
    ],
    [
      'more replicas than the API counts',
      object('apps/v1', 'StatefulSet', { spec: { replicas: 2 ** 31 } }),
      'StatefulSet shop/cart: spec.replicas',
    ],
    [
      'a number of which JavaScript has none',
      deployment({ name: 'app', ports: [{ containerPort: new ExactInteger('9007199254740993') }] }),
      `${containers}[0].ports[0].containerPort`,
    ],
    [
      'an infinite number',
      object('apps/v1', 'Deployment', { spec: { replicas: Number.POSITIVE_INFINITY } }),
      'Deployment shop/cart: spec.replicas',
    ],
  ])('%s', (_, given, line) => expect(refusal(given)).toEqual([line]))

  test('every fault of every object has a line of its own', () => {
    expect(refusal(service({ selector: 1 }), deployment({ name: 'app', args: 'x', command: [1] }))).toHaveLength(3)
  })

  test('no value is printed, because it may be secret', () => {
    const secret = { name: 'app', env: [{ name: 'PASSWORD', value: ['hunter2'] }], args: { hunter2: 'hunter2' } }
    expect(() => requireWellTyped([deployment(secret)])).toThrow(InputError)
    expect(() => requireWellTyped([deployment(secret)])).not.toThrow(/hunter2/)
  })
})

describe('whatever the API decodes is accepted', () => {
  test.each<[string, KubernetesObject]>([
    ['null, which is absent', service({ selector: null, ports: null })],
    ['a placeholder for a number', deployment({ name: 'app', ports: [{ containerPort: '$(PORT)' }] })],
    ['a placeholder for a boolean', deployment({ name: 'app' }, { hostNetwork: '$(HOST)' })],
    ['a port by name', service({ ports: [{ port: 80, targetPort: 'http' }] })],
    ['a patch directive', deployment({ name: 'app', env: [{ $patch: 'delete', name: 'A' }] })],
    ['labels named like what every object inherits', service({ selector: { constructor: 'a', toString: 'b' } })],
    ['the same kind in another group', object('example.com/v1', 'Service', { spec: { ports: 'all' } })],
  ])('%s', (_, given) => expect(refusal(given)).toEqual([]))
})

test.each<[string, object, boolean]>([
  ['null is no requirement', { matchLabels: null, matchExpressions: null }, true],
  ['null is no list of values', { matchExpressions: [{ key: 'app', operator: 'In', values: null }] }, false],
  ['what every object inherits is no label', { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
])('a selector: %s', (_, selector, expected) => expect(matchesSelector(selector, { app: 'cart' })).toBe(expected))
