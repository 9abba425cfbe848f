import { addPullSecrets, takesPullSecrets } from '../../functions/image-mirror-digest/pull-secrets/pull-secrets.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'

type Secrets = Parameters<typeof addPullSecrets>[1]['imagePullSecrets']

const ON_PODS: Secrets = { pull: { on: 'pods' } }
const ON_ACCOUNTS: Secrets = { pull: { on: 'serviceAccounts' } }
const object = (
  apiVersion: string,
  kind: string,
  name: string,
  body: Fields,
  namespace = 'shop',
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  ...body,
})
const pod = (spec: Fields = {}, namespace = 'shop') =>
  object('v1', 'Pod', 'cart', { spec: { ...spec, containers: [{ name: 'app', image: 'cart' }] } }, namespace)
const account = (name: string, body: Fields = {}, namespace = 'shop') =>
  object('v1', 'ServiceAccount', name, body, namespace)
const source = (spec: Fields = {}) => object('source.toolkit.fluxcd.io/v1', 'OCIRepository', 'chart', { spec })
const PULL = [{ name: 'pull' }]

/** Every object is pulled from a mirror; answers the ids of the findings. */
const add = (imagePullSecrets: Secrets, ...objects: KubernetesObject[]): string[] =>
  addPullSecrets(objects, { imagePullSecrets }, new Set(objects)).map(({ id, object: about }) => {
    expect(about).toBeDefined()
    return id.replace('image-mirror-digest/', '')
  })

test('a policy without pull secrets changes nothing', () => {
  const [cart, chart] = [pod({ imagePullSecrets: [{ name: 'own' }] }), source()]
  expect(add({}, cart, chart)).toEqual([])
  expect([cart, chart]).toEqual([pod({ imagePullSecrets: [{ name: 'own' }] }), source()])
})

describe('on pods', () => {
  test('they are added to what a pod has, each once', () => {
    const cart = pod({ imagePullSecrets: [{ name: 'own' }, { name: 'pull' }] })
    expect(add({ ...ON_PODS, more: { on: 'pods' } }, cart)).toEqual([])
    expect(cart.spec).toMatchObject({ imagePullSecrets: [{ name: 'own' }, { name: 'pull' }, { name: 'more' }] })
  })

  test('they leave service accounts alone', () => {
    const own = account('default')
    expect(takesPullSecrets({ imagePullSecrets: ON_PODS }, own)).toBe(false)
    expect(addPullSecrets([own], { imagePullSecrets: ON_PODS }, new Set())).toEqual([])
    expect(own).toEqual(account('default'))
  })

  test('they go to the custom resource of an operator that takes them', () => {
    const prometheus = object('monitoring.coreos.com/v1', 'Prometheus', 'main', { spec: {} })
    expect(add(ON_PODS, prometheus)).toEqual([])
    expect(prometheus.spec).toEqual({ imagePullSecrets: PULL })
  })

  test('a custom resource that takes none is named', () => {
    const kafka = object('kafka.strimzi.io/v1beta2', 'KafkaBridge', 'bridge', { spec: {} })
    expect(add(ON_PODS, kafka)).toEqual(['pull-secrets-out-of-reach'])
    expect(add(ON_PODS, object('example.com/v1', 'Widget', 'x', { spec: {} }))).toEqual(['pull-secrets-out-of-reach'])
    expect(add(ON_PODS, object('monitoring.coreos.com/v1', 'Prometheus', 'main', {}))).toEqual([
      'pull-secrets-out-of-reach',
    ])
  })
})

describe('on service accounts', () => {
  test('they are added to every account of the build, and to no pod', () => {
    const [cart, own, other] = [pod(), account('default'), account('other', { imagePullSecrets: [{ name: 'own' }] })]
    expect(addPullSecrets([cart, own, other], { imagePullSecrets: ON_ACCOUNTS }, new Set([cart]))).toEqual([])
    expect(cart).toEqual(pod())
    expect(own.imagePullSecrets).toEqual(PULL)
    expect(other.imagePullSecrets).toEqual([{ name: 'own' }, { name: 'pull' }])
  })

  test.each<[string, KubernetesObject, KubernetesObject, string[]]>([
    ['its account is in the build', pod({ serviceAccountName: 'own' }), account('own'), []],
    ['its account is elsewhere', pod({ serviceAccountName: 'own' }), account('other'), ['service-account-elsewhere']],
    ['it has the default account', pod(), account('default'), []],
    ['its default account is elsewhere', pod(), account('own'), ['service-account-elsewhere']],
    ['its account is one of another namespace', pod(), account('default', {}, 'other'), ['service-account-elsewhere']],
    ['nothing names a namespace', pod({}, ''), account('default', {}, ''), []],
  ])('a pod: %s', (_, cart, own, findings) => {
    const said = addPullSecrets([cart, own], { imagePullSecrets: ON_ACCOUNTS }, new Set([cart]))
    expect(said.map(({ id }) => id.replace('image-mirror-digest/', ''))).toEqual(findings)
  })

  test('a pod that names secrets does not get those of its account, so it gets them itself', () => {
    const cart = pod({ imagePullSecrets: [{ name: 'own' }] })
    expect(add(ON_ACCOUNTS, cart)).toEqual([])
    expect(cart.spec).toMatchObject({ imagePullSecrets: [{ name: 'own' }, { name: 'pull' }] })
  })

  test('custom resources name their accounts in ways of their own, so they are left alone', () => {
    const prometheus = object('monitoring.coreos.com/v1', 'Prometheus', 'main', { spec: {} })
    expect(addPullSecrets([prometheus], { imagePullSecrets: ON_ACCOUNTS }, new Set([prometheus]))).toEqual([])
    expect(prometheus.spec).toEqual({})
  })
})

describe('the source of a chart', () => {
  test.each([ON_PODS, ON_ACCOUNTS])('gets the one secret of the policy', (secrets) => {
    const chart = source()
    expect(add(secrets, chart)).toEqual([])
    expect(chart.spec).toEqual({ secretRef: { name: 'pull' } })
  })

  test.each([{ secretRef: { name: 'own' } }, { serviceAccountName: 'own' }, { provider: 'aws' }])(
    'keeps what it logs in with: %j',
    (spec) => {
      const chart = source(spec)
      expect(add({ ...ON_PODS, more: { on: 'pods' } }, chart)).toEqual([])
      expect(chart).toEqual(source(spec))
    },
  )

  test('cannot have two, and is named', () => {
    const chart = source()
    expect(add({ ...ON_PODS, more: { on: 'serviceAccounts' } }, chart)).toEqual(['pull-secrets-out-of-reach'])
    expect(chart).toEqual(source())
  })
})
