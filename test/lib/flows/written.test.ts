import { elsewhereEntry, elsewhereSchema } from '../../../functions/lib/flows/elsewhere.ts'
import { about, isWholeNamespace, parseFlows, reasonOf, writeCaller } from '../../../functions/lib/flows/flow.ts'
import { peerSchema } from '../../../functions/lib/flows/peer.ts'
import { everyPort, isEveryPort, isTcp, numberOf, tcp, udp } from '../../../functions/lib/flows/port.ts'
import { flowsSchema, partsOf } from '../../../functions/lib/flows/schema.ts'
import { parseConfig } from '../../../functions/lib/framework/config.ts'
import { InputError } from '../../../functions/lib/framework/input-error.ts'
import type { Schema } from '../../../functions/lib/framework/schema.ts'

const isRefused = (schema: unknown, value: unknown): boolean => {
  try {
    parseConfig(schema as Schema<unknown>, value, 'flows')
    return false
  } catch (cause) {
    if (cause instanceof InputError) return true
    throw cause
  }
}
const flow = { from: ['shop/web'] }
const parsed = (flows: unknown) => parseFlows(parseConfig(flowsSchema, flows, 'flows'))

describe('the key of a flow is its destination', () => {
  test.each<[string, Partial<ReturnType<typeof partsOf>>]>([
    ['shop/cart:8080', { namespace: 'shop', name: 'cart', port: '8080' }],
    ['shop/cart:http', { port: 'http' }],
    ['shop/cart:53/udp', { port: '53', protocol: 'udp' }],
    ['shop/cart:53/sctp', { protocol: 'sctp' }],
    ['shop/cart:53/tcp', { protocol: 'tcp' }],
    ['shop/*:8080', { name: '*' }],
    ['shop/*:*', { name: '*', port: '*' }],
    ['shop/cart:1', { port: '1' }],
    ['shop/cart:65535', { port: '65535' }],
    ['external/api.example.com:443', { namespace: 'external', name: 'api.example.com' }],
    ['external/*.example.com:443', { name: '*.example.com' }],
    ['external/192.0.2.1:443', { name: '192.0.2.1' }],
    ['external/[2001:db8::1]:443', { name: '2001:db8::1' }],
    ['external/turn.example.com:30000-30100/udp', { port: '30000', endPort: '30100', protocol: 'udp' }],
    ['external/${HOST}:443', { name: '${HOST}' }],
    ['external/a.$(HOST):443', { name: 'a.$(HOST)' }],
  ])('%s', (key, parts) => {
    expect(isRefused(flowsSchema, { [key]: flow })).toBe(false)
    expect(partsOf(key)).toMatchObject(parts)
  })

  test.each([
    'cart:8080',
    'shop/cart',
    'shop/cart:',
    'shop/cart:0',
    'shop/cart:65536',
    'shop/cart:HTTP',
    'shop/cart:53/icmp',
    'shop/cart:1-2',
    'shop/a/b:80',
    '*/cart:80',
    'shop /cart:80',
    'shop/[2001:db8::1]:80',
    'external/API.example.com:443',
    'external/a.*.example.com:443',
    'external/a_b:443',
    'external/api.example.com:*',
    'external/api.example.com:20-10',
    'external/api.example.com:20-20',
    'external/api.example.com:1-65536',
    'external/api.example.com:0-5',
    'x shop/cart:80',
    'shop/cart:80/udp x',
  ])('but not %j', (key) => expect(isRefused(flowsSchema, { [key]: flow })).toBe(true))
})

describe('the callers of a flow', () => {
  test.each<[string, unknown]>([
    ['workload', { type: 'workload', name: 'workload' }],
    ['shop/web', { type: 'pods', namespace: 'shop', labels: { 'app.kubernetes.io/name': 'web' } }],
    [
      'shop/web/api',
      {
        type: 'pods',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/component': 'api' },
      },
    ],
    [
      'shop/web/',
      {
        type: 'pods',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/component': '' },
      },
    ],
    ['shop/*', { type: 'pods', namespace: 'shop', labels: undefined }],
    ['self', { type: 'self' }],
    ['any', { type: 'any' }],
  ])('may be %s', (caller, expected) => {
    expect(parsed({ 'shop/cart:80': { from: [caller] } })).toMatchObject([{ callers: [expected] }])
    expect(parsed({ 'shop/cart:80': { from: { [caller]: {} } } })).toMatchObject([{ callers: [expected] }])
  })

  test('may be labels of a namespace', () => {
    const pods = { namespace: 'shop', labels: { team: 'a' } }
    expect(parsed({ 'shop/cart:80': { from: [pods] } })).toMatchObject([{ callers: [{ type: 'pods', ...pods }] }])
    expect(parsed({ 'shop/cart:80': { from: { 'team a': pods } } })).toMatchObject([
      { callers: [{ type: 'pods', ...pods }] },
    ])
  })

  test.each<[string, unknown]>([
    ['nobody', []],
    ['a map of nobody', {}],
    ['a map of callers that were taken away', { 'shop/web': null }],
    ['a namespace without labels', { web: { namespace: 'shop' } }],
    ['labels without a namespace', { web: { labels: { a: 'b' } } }],
    ['more than namespace, app and component', ['a/b/c/d']],
    ['a part of a name', ['shop/we*']],
    ['every namespace', ['*/web']],
    ['a space', ['shop/w b']],
    ['a name of ones own without labels', { 'team a': {} }],
    ['an empty reason', { 'shop/web': { reason: '' } }],
  ])('may not be %s', (_, from) => expect(isRefused(flowsSchema, { 'shop/cart:80': { from } })).toBe(true))

  test('that a layer took away are none', () => {
    expect(parsed({ 'shop/cart:80': { from: { 'shop/web': {}, 'shop/old': null, 'team a': null } } })).toMatchObject([
      { callers: [{ type: 'pods', namespace: 'shop' }] },
    ])
  })

  test('of whom some call past the proxies are two flows of one key', () => {
    const from = { 'shop/web': {}, 'shop/job': { plain: true, reason: 'no sidecar' } }
    expect(parsed({ 'shop/cart:80': { from } })).toMatchObject([
      { plain: false, callers: [{ labels: { 'app.kubernetes.io/name': 'web' } }] },
      { plain: true, callers: [{ labels: { 'app.kubernetes.io/name': 'job' }, reason: 'no sidecar' }] },
    ])
    expect(parsed({ 'shop/cart:80': { from: { 'shop/web': { plain: false } }, plain: true } })).toMatchObject([
      { plain: false },
    ])
    expect(parsed({ 'shop/cart:80': { ...flow, plain: true } })).toMatchObject([{ plain: true }])
  })

  test('are written back as flows write them', () => {
    const app = { 'app.kubernetes.io/name': 'web' }
    expect(writeCaller('shop', {})).toBe('shop/*')
    expect(writeCaller('shop', app)).toBe('shop/web')
    expect(writeCaller('shop', { ...app, 'app.kubernetes.io/component': 'api' })).toBe('shop/web/api')
    expect(writeCaller('shop', { ...app, team: 'a' })).toBe(
      JSON.stringify({ namespace: 'shop', labels: { ...app, team: 'a' } }),
    )
    expect(writeCaller('shop', { 'app.kubernetes.io/component': 'api' })).toBe(
      '{"namespace":"shop","labels":{"app.kubernetes.io/component":"api"}}',
    )
  })
})

describe('a flow', () => {
  test('has all that its entry says, in the order of the keys', () => {
    const flows = parsed({
      'shop/cart:http': { ...flow, service: 'cart', podPort: 8080, selector: { a: 'b' }, reason: 'why' },
      'external/[2001:0db8::1]:30000-30100/udp': flow,
    })
    expect(flows).toMatchObject([
      {
        key: 'external/[2001:0db8::1]:30000-30100/udp',
        destination: { type: 'external', host: '2001:db8::1' },
        port: 30000,
        endPort: 30100,
        protocol: 'UDP',
        plain: false,
        expect: undefined,
      },
      {
        destination: { type: 'workload', namespace: 'shop', name: 'cart' },
        port: 'http',
        protocol: undefined,
        service: 'cart',
        podPort: 8080,
        selector: { a: 'b' },
        reason: 'why',
      },
    ])
    expect(parseFlows(undefined)).toEqual([])
  })

  test('that expects nobody has no callers, and a reason', () => {
    expect(parsed({ 'shop/cart:80': { expect: 'uncalled', reason: 'off' } })).toMatchObject([
      { expect: 'uncalled', callers: [], plain: false },
    ])
    expect(isRefused(flowsSchema, { 'shop/cart:80': { expect: 'uncalled' } })).toBe(true)
    expect(isRefused(flowsSchema, { 'shop/cart:80': { expect: 'uncalled', reason: 'off', ...flow } })).toBe(true)
    expect(isRefused(flowsSchema, { 'shop/cart:80': { reason: 'off' } })).toBe(true)
  })

  test.each<[string, string, object]>([
    ['a port of pods outside the cluster', 'external/a.example.com:443', { podPort: 80 }],
    ['a port of pods for every port', 'shop/*:*', { podPort: 80 }],
    ['a port of pods that is none', 'shop/cart:80', { podPort: 0 }],
    ['a port of pods beyond the last', 'shop/cart:80', { podPort: 65536 }],
    ['a selector of all pods', 'shop/cart:80', { selector: {} }],
    ['an unknown key', 'shop/cart:80', { to: 'x' }],
  ])('may not have %s', (_, key, more) => expect(isRefused(flowsSchema, { [key]: { ...flow, ...more } })).toBe(true))

  test('has the reason of its own, or those of its callers', () => {
    const reasonsOf = (entry: object) => parsed({ 'shop/cart:80': entry }).map(reasonOf)
    expect(reasonsOf({ from: { any: { reason: 'a' }, self: { reason: 'b' } } })).toEqual(['a; b'])
    expect(reasonsOf({ from: { any: { reason: 'a' } }, reason: 'c' })).toEqual(['c'])
    expect(reasonsOf(flow)).toEqual([undefined])
  })

  test('goes to a whole namespace if it goes to every port of every workload', () => {
    const keys = ['shop/*:*', 'shop/*:80', 'shop/cart:*', 'external/*.example.com:443']
    expect(keys.map((key) => parsed({ [key]: flow }).some(isWholeNamespace))).toEqual([true, false, false, false])
    expect(parsed({ 'shop/*:*': { ...flow, selector: { a: 'b' } } }).some(isWholeNamespace)).toBe(false)
  })

  test('is named by findings about it', () => {
    const [one] = parsed({ 'shop/cart:80': flow })
    expect(one && about(one)).toEqual({ tags: { flow: 'shop/cart:80' } })
    const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }
    expect(one && about(one, { object } as never)).toEqual({ object, tags: { flow: 'shop/cart:80' } })
  })
})

test('ports', () => {
  expect([tcp(80), udp(53)]).toEqual([
    { protocol: 'TCP', port: 80 },
    { protocol: 'UDP', port: 53 },
  ])
  expect([everyPort('UDP'), tcp(1), { port: 1, endPort: 2 }, { port: 2, endPort: 65535 }].map(isEveryPort)).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect([tcp(80), udp(53), { port: 80 }].map(isTcp)).toEqual([true, false, true])
  expect([numberOf(tcp(80)), numberOf({ port: '80' }), numberOf({ port: 'http' })]).toEqual([80, 80, Number.NaN])
})

describe('what other repositories deploy', () => {
  const reason = { reason: 'another team' }
  test.each(['shop', 'shop/cart', 'shop/cart/api', 'shop/cart/'])('may be %s', (key) =>
    expect(isRefused(elsewhereSchema, { [key]: reason })).toBe(false),
  )
  test.each(['', '*', 'shop/*', 'a/b/c/d', 'a b', '/a', 'shop/'])('may not be %j', (key) =>
    expect(isRefused(elsewhereSchema, { [key]: reason })).toBe(true),
  )
  test('needs a reason', () => expect(isRefused(elsewhereSchema, { shop: {} })).toBe(true))

  test.each<[string, string | undefined]>([
    ['shop/cart', 'shop/cart'],
    ['shop/cart/api', 'shop/cart'],
    ['shop/carts', undefined],
    ['blog/cart', 'blog'],
    ['blog', 'blog'],
    ['blogs', undefined],
    ['shop', undefined],
  ])('covers %s by %s', (pods, entry) => {
    expect(elsewhereEntry({ 'shop/cart': reason, blog: reason }, pods)).toBe(entry)
    expect(elsewhereEntry(undefined, pods)).toBeUndefined()
  })
})

describe('pods or addresses', () => {
  test.each<[string, object, boolean]>([
    ['pods by their labels', { namespace: 'a', labels: { b: 'c' } }, true],
    ['labels in any namespace', { labels: { b: 'c' } }, true],
    ['a namespace with a reason', { namespace: 'a', reason: 'why' }, true],
    ['a namespace without one', { namespace: 'a' }, false],
    ['no labels', { namespace: 'a', labels: {} }, false],
    ['addresses with a reason', { cidr: '10.0.0.0/8', reason: 'why' }, true],
    ['addresses without one', { cidr: '10.0.0.0/8' }, false],
    ['no addresses', { cidr: '10.0.0.0', reason: 'why' }, false],
    ['addresses and a namespace', { cidr: '10.0.0.0/8', namespace: 'a', reason: 'why' }, false],
    ['addresses and labels', { cidr: '10.0.0.0/8', labels: { b: 'c' }, reason: 'why' }, false],
    ['nothing', {}, false],
  ])('%s: %j is one of the two: %s', (_, peer, expected) => expect(isRefused(peerSchema, peer)).toBe(!expected))
})
