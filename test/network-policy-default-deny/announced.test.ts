import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, namespace, service, workload } from './build.ts'

const ids = (objects: readonly KubernetesObject[], spec: Record<string, unknown> = {}): (string | undefined)[] =>
  harden(objects, spec).findings.map(({ id }) => id)
const ofType = (type: string): KubernetesObject => {
  const object = service('cart', [{ port: 80, targetPort: 8080 }])
  return { ...object, spec: { ...(object.spec as object), type } }
}
const shop = [namespace('shop'), workload('cart', { ports: [{ name: 'http', containerPort: 8080 }] })]
const flow = (key: string, ...from: unknown[]) => ({ flows: { [key]: { from, reason: 'a test' } } })

describe('a Service that callers outside the cluster reach', () => {
  test.each(['LoadBalancer', 'NodePort'])('of type %s is a warning if no flow admits them', (type) =>
    expect(ids([...shop, ofType(type)])).toContain('network-policy-default-deny/exposed-service'),
  )

  test('is not reported if a flow admits anyone', () =>
    expect(ids([...shop, ofType('NodePort')], flow('shop/cart:8080', 'any'))).toEqual([
      'network-policy-default-deny/exception',
    ]))

  test('is not reported in a build that denies only egress', () =>
    expect(ids([...shop, ofType('NodePort')], { directions: ['Egress'] })).toEqual([]))
})

describe('the port of a Service', () => {
  const build = [...shop, ofType('ClusterIP')]
  const elsewhere = 'network-policy-default-deny/service-port-elsewhere'

  test.each([80])('%s means nothing to the build of a caller elsewhere', (port) =>
    expect(ids(build, flow(`shop/cart:${port}`, 'blog/blog'))).toEqual([elsewhere]),
  )

  test.each([8080, 'http'])('that is one of the pods, %s, holds in every build', (port) =>
    expect(ids(build, flow(`shop/cart:${port}`, 'blog/blog'))).toEqual([]),
  )

  test('is translated for callers of the same build', () =>
    expect(ids([...build, workload('web')], flow('shop/cart:80', 'web'))).toEqual([]))
})

describe('the port of pods of another build', () => {
  const reader = [namespace('blog'), workload('reader', { namespace: 'blog' })]
  const toCart = (key: string, more: object = {}) => ({ flows: { [key]: { from: ['blog/reader'], ...more } } })
  const untranslated = 'network-policy-default-deny/untranslated-port'
  const portsOut = (spec: Record<string, unknown>): unknown[] =>
    harden(reader, spec)
      .policies.filter(({ metadata }) => metadata.name === 'reader')
      .flatMap(({ spec: written }) => (written as { egress: { ports: { port: number }[] }[] }).egress)
      .flatMap(({ ports }) => ports.map(({ port }) => port))
      .filter((port) => port !== 53)

  test('is taken from the policy if only the Service has the number or the name', () => {
    expect(portsOut(toCart('shop/cart:80', { podPort: 8080 }))).toEqual([8080])
    expect(portsOut(toCart('shop/cart:http', { podPort: 8080 }))).toEqual([8080])
    expect(portsOut(toCart('shop/cart:53/udp', { podPort: 5353, selector: { app: 'cart' } }))).toEqual([5353])
  })

  test.each([80, 443])('is in doubt if it is %s, until the policy says that it is meant so', (port) => {
    expect(ids(reader, toCart(`shop/cart:${port}`))).toEqual([untranslated])
    expect(ids(reader, toCart(`shop/cart:${port}`, { podPort: port }))).toEqual([])
  })

  test.each(['8080', 'http', '*'])('is not in doubt if it is %s', (port) =>
    expect(ids(reader, toCart(`shop/cart:${port}`, { reason: 'a test' }))).toEqual([]),
  )

  test.each(['external/api.example.com:443', 'shop/cart:*'])('cannot be set for %s', (key) =>
    expect(() => harden(reader, toCart(key, { podPort: 8443 }))).toThrow(
      /podPort for namespace\/workload and one port/,
    ),
  )

  test('must be right in the build that has the pods', () => {
    const build = [...shop, ofType('ClusterIP')]
    expect(ids(build, toCart('shop/cart:80', { podPort: 8080 }))).toEqual([])
    expect(ids(build, toCart('shop/cart:80', { podPort: 8081 }))).toEqual(['flows/wrong-pod-port'])
    expect(ids(build, toCart('shop/cart:8080', { podPort: 9090, plain: true }))).toEqual(['flows/wrong-pod-port'])
  })
})

test('a caller whose pods carry other labels gets the labels to write', () => {
  const sender = workload('sender', { labels: { app: 'sender' } })
  const { findings } = harden([namespace('shop'), sender], flow('audit/sink:8443', 'shop/sender'))
  expect(findings).toMatchObject([{ id: 'flows/caller-with-other-labels' }])
  expect(findings[0]?.message).toContain('{"namespace":"shop","labels":{"app":"sender"}}')
})

describe('hosts outside', () => {
  const private_ = 'network-policy-default-deny/private-ranges-left-out'
  const metadata = flow('external/metadata.google.internal:80', 'shop/cart')

  test('by name are reported, because egress leaves out private ranges', () =>
    expect(ids(shop, metadata)).toEqual([private_]))
  test('are not reported if their addresses are known, or if the dialect knows names', () => {
    const addresses = { 'metadata.google.internal': ['169.254.169.254/32'] }
    expect(ids(shop, { ...metadata, addresses })).toEqual([])
    expect(ids(shop, { ...metadata, dialect: 'cilium' })).toEqual([])
    expect(ids(shop, flow('external/169.254.169.254:80', 'shop/cart'))).toEqual([])
  })
})

describe('a Service whose selector no pod of the build carries', () => {
  const lost = 'network-policy-default-deny/service-selects-nothing'
  const labels = { app: 'cart', tier: 'web' }
  const cart = workload('cart', { labels })
  const selecting = (selector: Record<string, string>, type = 'ClusterIP'): KubernetesObject => {
    const object = service('cart', [{ port: 80 }])
    return { ...object, spec: { ...(object.spec as object), selector, type } }
  }
  const messageOf = (...objects: KubernetesObject[]): string | undefined =>
    harden(objects).findings.find(({ id }) => id === lost)?.message

  test('is named with the workload that differs in one label, whoever has the namespace', () => {
    const near = selecting({ app: 'cart', tier: 'wbe' })
    expect(messageOf(namespace('shop'), cart, near)).toContain(
      'Deployment shop/cart has tier: web in place of tier: wbe',
    )
    expect(messageOf(cart, near)).toContain('Deployment shop/cart has tier: web')
    expect(messageOf(cart, selecting({ app: 'cart', track: 'stable' }))).toContain(
      'has nothing in place of track: stable',
    )
  })

  test('is named with the label that was probably meant, of its value or its key', () => {
    expect(messageOf(namespace('shop'), cart, selecting({ app: 'crat' }))).toContain('(did you mean app: cart?)')
    expect(messageOf(namespace('shop'), cart, selecting({ apps: 'cart' }))).toContain('(did you mean app: cart?)')
    expect(messageOf(namespace('shop'), cart, selecting({ flow: 'nightly' }))).not.toContain('did you mean')
  })

  test.each([
    ['another build may have the pods', [cart, selecting({ app: 'other' })], {}],
    ['a later substitution gives the value', [namespace('shop'), cart, selecting({ app: '$' + '{APP}' })], {}],
    ['it is a name for a host', [namespace('shop'), cart, selecting({ app: 'other' }, 'ExternalName')], {}],
    ['a controller gives the label to pods', [namespace('shop'), cart, selecting({ 'job-name': 'seed' })], {}],
    [
      'runtimePods declare the pods',
      [namespace('shop'), cart, selecting({ app: 'made' })],
      { runtimePods: { 'shop/made': { labels: { app: 'made' } } } },
    ],
    [
      'a flow selects the pods',
      [namespace('shop'), cart, selecting({ app: 'made' })],
      { flows: { 'shop/made:80': { selector: { app: 'made' }, from: ['cart'] } } },
    ],
    [
      'the policy says that another build has them',
      [namespace('shop'), cart, selecting({ app: 'other' })],
      { elsewhere: { 'shop/cart': { reason: 'a test' } } },
    ],
  ])('is not named if %s', (_why, objects, spec) => expect(ids(objects, spec)).not.toContain(lost))
})
