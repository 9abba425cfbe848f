import {
  APP,
  COMPONENT,
  callerNames,
  HTTP,
  type Labels,
  messages,
  namespace,
  resolve,
  service,
  workload,
} from './lib.ts'

describe('callers', () => {
  const labels = (component: string): Labels => ({ [APP]: 'cart', [COMPONENT]: component })
  const objects = [
    workload('cart', { labels: labels('server') }),
    workload('cart-cache', { labels: labels('cache') }),
    workload('web'),
    service('cart', [HTTP], { selector: labels('server') }),
  ]

  test.each([
    [['web'], ['web'], [{ namespace: 'shop', labels: { [APP]: 'web' } }]],
    [['self'], ['cart'], [{ namespace: 'shop', labels: labels('server') }]],
    [['shop/cart'], ['cart', 'cart-cache'], [{ namespace: 'shop', labels: { [APP]: 'cart' } }]],
    [['shop/cart/cache'], ['cart-cache'], [{ namespace: 'shop', labels: labels('cache') }]],
    [['shop/*'], ['cart', 'cart-cache', 'web'], [{ namespace: 'shop', labels: undefined }]],
    [['stock/stock'], [], [{ namespace: 'stock', labels: { [APP]: 'stock' } }]],
    [['web', 'shop/web'], ['web'], [{ namespace: 'shop', labels: { [APP]: 'web' } }]],
  ])('%j', (from, names, peers) => {
    const { flows, findings } = resolve(objects, { 'shop/cart:http': { from, reason: 'callers of every form' } })
    expect(findings).toEqual([])
    expect(flows[0]?.callers.map(({ name }) => name)).toEqual(names)
    expect(flows[0]?.peers).toEqual(peers)
  })

  test('any admits everyone, and the callers named next to it still get their egress', () => {
    const { flows } = resolve(objects, { 'shop/cart:http': { from: ['any', 'web'], reason: 'a public API' } })
    expect(flows[0]).toMatchObject({ peers: 'any', callers: [{ name: 'web' }] })
  })

  test('call what is outside the cluster', () => {
    expect(callerNames(objects, { 'external/a.example.com:443': { from: ['shop/web', 'stock/*'] } })).toEqual(['web'])
  })
})

test('a caller of a map may have a reason of its own, and each needs one', () => {
  const named = { 'orders/*': { reason: 'batch' }, any: { reason: 'public' } }
  expect(messages([namespace('shop')], { 'stock/stock:http': { from: named } })).toEqual([])
  const { findings } = resolve([namespace('shop')], { 'stock/stock:http': { from: { ...named, 'report/*': {} } } })
  expect(findings).toMatchObject([{ id: 'flows/namespace-without-reason' }])
})

test('a whole namespace as caller needs a reason, even where nothing of the flow is in the build', () => {
  const { findings } = resolve([namespace('shop')], { 'stock/stock:http': { from: ['orders/*'] } })
  expect(findings).toMatchObject([{ id: 'flows/namespace-without-reason', tags: { flow: 'stock/stock:http' } }])
})
