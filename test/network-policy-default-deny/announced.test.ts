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
  test.each(['LoadBalancer', 'NodePort'])('of type %s is a warning where no flow admits them', (type) =>
    expect(ids([...shop, ofType(type)])).toContain('network-policy-default-deny/exposed-service'),
  )

  test('is served by a flow from anyone', () =>
    expect(ids([...shop, ofType('NodePort')], flow('shop/cart:8080', 'any'))).toEqual([
      'network-policy-default-deny/exception',
    ]))

  test('is no matter of a build that denies egress alone', () =>
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

test('a caller whose pods carry other labels gets the labels to write', () => {
  const sender = workload('sender', { labels: { app: 'sender' } })
  const { findings } = harden([namespace('shop'), sender], flow('audit/sink:8443', 'shop/sender'))
  expect(findings).toMatchObject([{ id: 'flows/caller-with-other-labels' }])
  expect(findings[0]?.message).toContain('{"namespace":"shop","labels":{"app":"sender"}}')
})

describe('hosts outside', () => {
  const private_ = 'network-policy-default-deny/private-ranges-left-out'
  const metadata = flow('external/metadata.google.internal:80', 'shop/cart')

  test('by name are told, because egress leaves out private ranges', () =>
    expect(ids(shop, metadata)).toEqual([private_]))
  test('are not if their addresses are known, or if the dialect knows names', () => {
    const addresses = { 'metadata.google.internal': ['169.254.169.254/32'] }
    expect(ids(shop, { ...metadata, addresses })).toEqual([])
    expect(ids(shop, { ...metadata, dialect: 'cilium' })).toEqual([])
    expect(ids(shop, flow('external/169.254.169.254:80', 'shop/cart'))).toEqual([])
  })
})
