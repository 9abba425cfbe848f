import { type Flow, parseFlows } from '../../../functions/lib/flows/flow.ts'
import { APP, COMPONENT, spec } from './lib.ts'

describe('parsing', () => {
  const caller = (from: unknown): Flow['callers'][number] | undefined =>
    parseFlows(spec({ 'shop/cart:http': { from: [from] } }))[0]?.callers[0]

  test.each([
    ['web', { type: 'workload', name: 'web' }],
    ['self', { type: 'self' }],
    ['any', { type: 'any' }],
    ['stock/stock', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock' } }],
    ['stock/stock/api', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock', [COMPONENT]: 'api' } }],
    ['stock/stock/', { type: 'pods', namespace: 'stock', labels: { [APP]: 'stock', [COMPONENT]: '' } }],
    ['stock/*', { type: 'pods', namespace: 'stock', labels: undefined }],
    [
      { namespace: 'stock', labels: { tier: 'a' } },
      { type: 'pods', namespace: 'stock', labels: { tier: 'a' } },
    ],
  ])('caller %j', (from, expected) => expect(caller(from)).toEqual(expected))

  test.each([
    ['shop/cart:http', { type: 'workload', namespace: 'shop', name: 'cart' }, 'http'],
    ['shop/cart:8080', { type: 'workload', namespace: 'shop', name: 'cart' }, 8080],
    ['shop/*:http', { type: 'workload', namespace: 'shop', name: '*' }, 'http'],
    ['external/api.example.com:443', { type: 'external', host: 'api.example.com' }, 443],
    ['shop/*:*', { type: 'workload', namespace: 'shop', name: '*' }, '*'],
    ['external/*.example.com:443', { type: 'external', host: '*.example.com' }, 443],
    ['external/api.$(DOMAIN):443', { type: 'external', host: 'api.$(DOMAIN)' }, 443],
    ['external/[2001:db8::10]:443', { type: 'external', host: '2001:db8::10' }, 443],
    ['external/192.0.2.1:443', { type: 'external', host: '192.0.2.1' }, 443],
  ])('destination %s', (key, destination, port) => {
    expect(parseFlows(spec({ [key]: { from: ['a/b'] } }))[0]).toMatchObject({ key, destination, port })
  })

  test.each([
    ['dns/unbound:53/udp', { port: 53, protocol: 'UDP', endPort: undefined }],
    ['shop/cart:sip/sctp', { port: 'sip', protocol: 'SCTP', endPort: undefined }],
    ['external/turn.example.com:30000-30100/udp', { port: 30000, endPort: 30100, protocol: 'UDP' }],
    ['shop/cart:80', { port: 80, protocol: undefined, endPort: undefined }],
  ])('ports of %s', (key, expected) => {
    const [flow] = parseFlows(spec({ [key]: { from: ['a/b'] } }))
    expect({ port: flow?.port, protocol: flow?.protocol, endPort: flow?.endPort }).toEqual(expected)
  })

  test('flows come in the order of their keys, however policy was merged', () => {
    const flows = { 'shop/web:80': { from: ['a'] }, 'shop/cart:80': { from: ['a'] } }
    expect(parseFlows(spec(flows)).map(({ key }) => key)).toEqual(['shop/cart:80', 'shop/web:80'])
  })

  const callersOf = (flow: object) =>
    parseFlows(spec({ 'shop/cart:http': flow })).map(({ plain, callers }) => ({ plain, callers }))

  test('a map of callers is the list of its keys, without those that are null', () => {
    const map = {
      web: {},
      'stock/stock/api': {},
      gone: null,
      report: { namespace: 'batch', labels: { job: 'report' } },
    }
    const list = ['web', 'stock/stock/api', { namespace: 'batch', labels: { job: 'report' } }]
    expect(callersOf({ from: map })).toEqual(callersOf({ from: list }))
    expect(callersOf({ from: { web: {} }, plain: true })).toEqual(callersOf({ from: ['web'], plain: true }))
  })

  test('callers through the proxies and past them are two flows of one key', () => {
    const both = [
      { plain: false, callers: [{ type: 'workload', name: 'web' }] },
      { plain: true, callers: [{ type: 'workload', name: 'agent' }] },
    ]
    expect(callersOf({ from: { agent: { plain: true }, web: {} } })).toEqual(both)
    expect(callersOf({ from: { agent: {}, web: { plain: false } }, plain: true })).toEqual(both)
  })

  test.each([
    [
      { cart: { from: ['web'] } },
      'flows.cart: expected a destination namespace/workload:port or external/host:port, an IPv6 address in brackets, and UDP or SCTP as port/udp as key, found "cart"',
    ],
    [{ 'shop/cart': { from: ['web'] } }, 'flows["shop/cart"]: expected a destination'],
    [
      { 'external/API.example.com:443': { from: ['shop/web'] } },
      'flows["external/API.example.com:443"]: expected external/host:port, its host in lower case, and * for nothing but its first label as key',
    ],
    [{ 'external/*:443': { from: ['shop/web'] } }, 'flows["external/*:443"]: expected external/host:port'],
    [{ 'external/a.example.com:*': { from: ['a/b'] } }, 'expected a destination with a port from 1 to 65535 or *'],
    [{ '*/cart:80': { from: ['web'] } }, 'flows["*/cart:80"]: expected a destination namespace/workload:port'],
    [{ 'shop/cart:0': { from: ['web'] } }, 'flows["shop/cart:0"]: expected a destination with a port from 1 to 65535'],
    [{ 'shop/cart:65536': { from: ['web'] } }, 'expected a destination with a port from 1 to 65535'],
    [
      { 'shop/cart:80-90': { from: ['web'] } },
      'expected a destination with a port from 1 to 65535 or *, or external/host',
    ],
    [
      { 'external/a.example.com:90-80': { from: ['a/b'] } },
      'expected a destination with a port from 1 to 65535 or *, or',
    ],
    [{ 'shop/[::1]:80': { from: ['web'] } }, 'expected external/host:port'],
    [{ 'external/2001:db8::10:443': { from: ['a/b'] } }, 'an IPv6 address in brackets'],
    [{ 'shop/cart:80/icmp': { from: ['web'] } }, 'UDP or SCTP as port/udp'],
    [{ 'shop/kafka:80': { from: ['web'], selector: {} } }, '.selector: expected at least one label, found {}'],
    [{ 'shop/cart:80': {} }, 'flows["shop/cart:80"].from: expected callers, or expect: uncalled in place of them'],
    [{ 'shop/cart:80': { from: {} } }, 'from: expected at least one caller; null for the flow takes it away, found {}'],
    [{ 'shop/cart:80': { from: { web: null } } }, 'from: expected at least one caller'],
    [
      { 'shop/cart:80': { from: { 'a b': {} } } },
      'from: expected keys that are a caller such as workload, namespace/app',
    ],
    [{ 'shop/cart:80': { from: { a: { namespace: 'b' } } } }, 'from.a: expected namespace and labels together'],
    [{ 'shop/cart:80': { from: { a: { plian: true } } } }, 'from.a.plian: unknown key (did you mean plain?)'],
    [{ 'shop/cart:80': { from: [] } }, 'flows["shop/cart:80"].from: expected a length of at least 1'],
    [
      { 'shop/cart:80': { from: ['a b'] } },
      'flows["shop/cart:80"].from[0]: expected a caller such as workload, namespace/app',
    ],
    [
      { 'shop/cart:80': { from: ['web'], plian: true } },
      'flows["shop/cart:80"].plian: unknown key (did you mean plain?)',
    ],
    [
      { 'shop/cart:80': { from: ['any'], reason: '' } },
      'flows["shop/cart:80"].reason: expected a length of at least 1',
    ],
    ...['shop/', 'shop/*/api', '*/web', 'shop/we*', '*'].map((caller): [object, string] => [
      { 'shop/cart:80': { from: [caller] } },
      'flows["shop/cart:80"].from[0]: expected a caller such as workload, namespace/app',
    ]),
  ])('refuses %j', (flows, message) => expect(() => spec(flows as never)).toThrow(message))
})
