import { CART, cart, flows, found, RING, STORE, service } from './lib.ts'

describe('NetworkPolicies', () => {
  const policy = (spec: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: by-hand, namespace: shop}
spec: {podSelector: {matchLabels: {app: store}}, ${spec}}
---`
  const ingress = (from: string, ports = '[{port: 7001}]'): string =>
    STORE + cart('args: []') + policy(`ingress: [{from: [${from}], ports: ${ports}}]`)
  const NAMED = 'namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}'

  test('admit pods by labels: certain, by the port of the Service; those of another build by the port on the pods', async () => {
    expect(await flows(ingress('{podSelector: {matchLabels: {app: cart}}}'))).toEqual(['shop/store:tcp-store < cart'])
    expect(await flows(ingress(`{${NAMED}, podSelector: {matchLabels: {app.kubernetes.io/name: agent}}}`))).toEqual([
      'shop/store:7001 < monitoring/agent',
    ])
  })

  test('admit a whole namespace or everyone: a guess, with the reason that such a flow needs', async () => {
    const { flows: read } = await found(ingress(`{${NAMED}}`))
    expect(read).toMatchObject([
      {
        key: 'shop/store:7001',
        reason: 'NetworkPolicy by-hand: spec.ingress[0] admits it',
        callers: [{ caller: 'monitoring/*', certain: false }],
      },
    ])
    expect(await flows(STORE + policy('ingress: [{ports: [{port: 7001}]}]'))).toEqual(['? shop/store:tcp-store < any'])
  })

  test('admit their whole namespace to a port: a guess', async () => {
    expect(await flows(ingress('{podSelector: {}}'))).toEqual(['? shop/store:tcp-store < shop/*'])
  })

  test('admit everyone to every pod: one broad guess', async () => {
    const every = policy('ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 7001}]}]').replace(
      'matchLabels: {app: store}',
      '',
    )
    expect(await flows(STORE + RING + every)).toEqual(['? shop/*:7001 < any'])
  })

  test('admit pods to every port: one broad guess, but the port if there is only one', async () => {
    const from = 'ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}]}]'
    expect(await flows(STORE + cart('args: []') + policy(from))).toEqual(['shop/store:tcp-store < cart'])
    const several = service('store-admin', '[{port: 7100}]').replace('app: store-admin', 'app: store')
    expect(await flows(STORE + several + cart('args: []') + policy(from))).toEqual(['? shop/store:* < cart'])
  })

  test('admit every namespace: a guess, asked about once', async () => {
    expect(await flows(ingress('{namespaceSelector: {}}'))).toEqual(['? shop/store:tcp-store < any'])
  })

  test('select no pod: named with the closest name, and a guess', async () => {
    const stray = policy(
      'ingress: [{from: [{podSelector: {matchLabels: {app: cart}}}], ports: [{port: 7001}]}]',
    ).replace('app: store', 'app: stores')
    expect(await found(STORE + cart('args: []') + stray)).toMatchObject({
      flows: [{ key: 'shop/store:tcp-store', callers: [{ caller: 'cart', certain: false }] }],
      notes: [expect.stringContaining('selects no pod of the build; did you mean store?')],
    })
  })

  test('admit a port that no Service carries: certain, plain', async () => {
    const { flows: read } = await found(ingress('{podSelector: {matchLabels: {app: cart}}}', '[{port: 9121}]'))
    expect(read).toMatchObject([{ key: 'shop/store:9121', plain: true, callers: [{ certain: true }] }])
  })

  test('admit UDP: the flow says so', async () => {
    const from = '{podSelector: {matchLabels: {app: cart}}}'
    expect(await flows(ingress(from, '[{port: 5514, protocol: UDP}, {port: 9121}]'))).toEqual([
      'shop/store:5514/udp < cart',
      'shop/store:9121 < cart',
    ])
  })

  test('admit destinations: the callers are the pods that they select', async () => {
    const egress = policy(
      'egress: [{to: [{podSelector: {matchLabels: {app: ring}}}], ports: [{port: 9095}]}, {ports: [{port: 53, protocol: UDP}]}]',
    )
    expect(await found(STORE + RING + egress)).toMatchObject({
      flows: [{ key: 'shop/ring:grpc', callers: [{ caller: 'store', certain: true }] }],
      notes: [],
    })
  })

  test.each([
    ['addresses', '{ipBlock: {cidr: 10.0.0.0/8}}', 'admits the addresses 10.0.0.0/8, which no flow says'],
    [
      'namespaces by another label',
      '{namespaceSelector: {matchLabels: {tier: web}}}',
      'admits namespaces by {"matchLabels":{"tier":"web"}}',
    ],
    [
      'expressions',
      `{${NAMED}, podSelector: {matchExpressions: [{key: a, operator: Exists}]}}`,
      'admits pods by expressions',
    ],
  ])('admit %s: said, and never a flow', async (_, from, message) => {
    const { flows: none, notes } = await found(ingress(from))
    expect({ none, notes }).toEqual({
      none: [],
      notes: [expect.stringContaining(`NetworkPolicy by-hand: spec.ingress[0]: ${message}`)],
    })
  })

  test('admit a range of ports: reported, and never a flow', async () => {
    const { flows: none, notes } = await found(
      ingress('{podSelector: {matchLabels: {app: cart}}}', '[{port: 7000, endPort: 7009}]'),
    )
    expect(none).toEqual([])
    expect(notes).toEqual([expect.stringContaining('admits a range of ports')])
  })
})

describe('Istio Sidecars', () => {
  const sidecar = (hosts: string, selector = 'workloadSelector: {labels: {app: cart}}, '): string => `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: by-hand, namespace: shop}
spec: {${selector}egress: [{hosts: [${hosts}]}]}
---`
  const CALLER = cart('args: []')

  test('list a host with one port: certain', async () => {
    expect(await flows(STORE + CALLER + sidecar('./store.shop.svc.cluster.local, istio-system/*'))).toEqual([
      'shop/store:tcp-store < cart',
    ])
  })

  test('list a host with several ports: a guess, asked about once', async () => {
    expect(await flows(RING + CALLER + sidecar('./ring.shop.svc.cluster.local'))).toEqual(['? shop/ring:80 < cart'])
  })

  test('list a host outside: certain with the ports of its ServiceEntry', async () => {
    const entry = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api, namespace: shop}
spec: {hosts: [api.example.com], ports: [{number: 8443, name: tls, protocol: TLS}]}
---`
    const listed = sidecar('./api.example.com')
    expect(await flows(CALLER + listed + entry)).toEqual([`external/api.example.com:8443 < ${CART}`])
    expect(await flows(CALLER + listed)).toEqual([`? external/api.example.com:443 < ${CART}`])
  })

  test('of a whole namespace are guesses for each of its other workloads', async () => {
    expect(await flows(STORE + CALLER + sidecar('./store.shop.svc.cluster.local', ''))).toEqual([
      '? shop/store:tcp-store < cart',
    ])
  })

  test('list a pattern: reported, and never a flow', async () => {
    expect(await found(STORE + CALLER + sidecar('./*'))).toMatchObject({
      flows: [],
      notes: [expect.stringContaining('./*: a pattern, which no flow is')],
    })
  })
})
