import { CART, cart, env, flows, found, pod, STORE, service, workload } from './lib.ts'

describe('protocols', () => {
  test.each([
    ['StatsD', 'statsd.tools.svc:8125', 'tools/statsd:8125/udp'],
    ['StatsD on another port, by its scheme', 'statsd://statsd.tools.svc:9125', 'tools/statsd:9125/udp'],
    ['syslog', 'logs.tools.svc:514', 'tools/logs:514/udp'],
    ['syslog by its scheme', 'syslog://logs.tools.svc', 'tools/logs:514/udp'],
    ['syslog over TCP', 'tcp://logs.tools.svc:514', 'tools/logs:514'],
    ['the agent of Jaeger', 'agent.tools.svc:6831', 'tools/agent:6831/udp'],
    ['GELF', 'gelf.tools.svc:12201', 'tools/gelf:12201/udp'],
    ['GELF over TCP', 'gelf+tcp://gelf.tools.svc:12201', 'tools/gelf:12201'],
    ['CoAP', 'coap://gateway.tools.svc', 'tools/gateway:5683/udp'],
    ['UDP by its scheme', 'udp://any.tools.svc:4000', 'tools/any:4000/udp'],
    ['HTTP on such a port', 'http://web.tools.svc:8125', 'tools/web:8125'],
  ])('%s', async (_, value, key) => {
    expect(await flows(env(value))).toEqual([`${key} < ${CART}`])
  })

  test('of hosts outside', async () => {
    expect(await flows(env('ntp://time.example.com'))).toEqual([`? external/time.example.com:123/udp < ${CART}`])
    expect(await flows(env('10.0.0.2:53'))).toEqual([`? external/10.0.0.2:53/udp < ${CART}`])
  })

  test('of a Service are those that it declares', async () => {
    const dns =
      workload('dns', pod()) + service('dns', '[{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53}]')
    const syslog = workload('log', pod()) + service('log', '[{name: tcp, port: 514}]')
    expect(await flows(dns + env('dns:53'))).toEqual(['shop/dns:53 < cart'])
    expect(await flows(syslog + env('log:514'))).toEqual(['shop/log:tcp < cart'])
  })
})

describe('several Services for one port', () => {
  const more = (name: string): string =>
    service(name, '[{name: tcp-store, port: 7000, targetPort: 7001}]').replace(`app: ${name}`, 'app: store')
  const calls = (...names: string[]): string => cart(`args: [${names.map((name) => `"${name}:7000"`).join(', ')}]`)

  test('are a flow each, under another name of the port', async () => {
    const build = STORE + more('store-read') + more('store-all') + calls('store', 'store-read', 'store-all')
    expect(await flows(build)).toEqual([
      'shop/store:7000 by store-read < cart',
      'shop/store:7001 by store-all < cart',
      'shop/store:tcp-store by store < cart',
    ])
  })

  test('more than names of the port are said where they call', async () => {
    const names = ['b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `store-${letter}`)
    const { flows: read } = await found(STORE + names.map(more).join('') + calls('store', ...names))
    expect(read).toHaveLength(6)
    expect(read.flatMap(({ callers }) => callers.flatMap(({ sources }) => sources))).toContain(
      'Deployment cart: container main: args[6], by Service store-g',
    )
  })
})
