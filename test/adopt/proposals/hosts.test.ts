import { CART, cart, env, flows, found, pod, RING, STORE, service, workload } from './lib.ts'

describe('hosts that pods are given', () => {
  test.each([
    ['a URL with its port', 'http://store:7000/v1'],
    ['host and port', 'store:7000'],
    ['the name with its namespace', 'tcp://store.shop:7000'],
    ['the cluster name', 'store.shop.svc:7000'],
    ['the whole cluster name', 'store.shop.svc.cluster.local:7000'],
    ['a flag', '--store=store:7000'],
    ['one of a list', 'other-1:7000,store:7000'],
    ['with user and password', 'redis://user:p@ss@store:7000/0'],
    ['in a command of a shell', 'until nc -z store 7000; do sleep 1; done'],
  ])('%s is certain', async (_, value) => {
    expect(await flows(STORE + env(value))).toEqual(['shop/store:tcp-store < cart'])
  })

  test('the port of a scheme counts', async () => {
    expect(await flows(RING + env('http://ring/path'))).toEqual(['shop/ring:80 < cart'])
  })

  test('a name without a port means the only port of its Service', async () => {
    expect(await flows(STORE + env('store'))).toEqual(['shop/store:tcp-store < cart'])
  })

  test('a name without a port, if the Service has several, is asked about once', async () => {
    const { flows: read } = await found(RING + env('ring'))
    expect(read).toMatchObject([
      {
        key: 'shop/ring:80',
        callers: [
          {
            certain: false,
            sources: ['Deployment cart: container main: env URL, which names no port: or is it grpc?'],
          },
        ],
      },
    ])
  })

  test('a name that only looks like a Service is no call', async () => {
    expect(await flows(STORE + cart('env: [{name: DB_NAME, value: store}]'))).toEqual([])
  })

  test.each([
    ['a variable in a variable', 'env: [{name: A, value: store}, {name: URL, value: "http://$(A):7000"}]'],
    ['a variable in an argument', 'env: [{name: A, value: store}], args: ["--url=http://$(A):7000"]'],
    ['a variable of the shell', 'env: [{name: A, value: "store"}], command: [sh, -c, "nc -z $A 7000"]'],
    ['a flag and its value', 'args: ["--store-host", store, "--store-port", "7000"]'],
    ['the dot at the end of a full name', 'args: ["store.shop.svc.cluster.local.:7000"]'],
    ['a lookup by DNS', 'args: ["--peers=dns+store.shop.svc:7000"]'],
    ['an SRV record', 'args: ["--peers=dnssrv+_tcp-store._tcp.store.shop.svc"]'],
    ['a connection string', 'env: [{name: DB, value: "Host=store;Port=7000;User=u"}]'],
    ['several hosts of one URL', 'args: ["mongodb://other.example.com:27017,store:7000/db"]'],
  ])('%s is read as what it means', async (_, given) => {
    expect(await flows(STORE + cart(given))).toContain('shop/store:tcp-store < cart')
  })

  test('every port next to a host is a call', async () => {
    const given =
      'env: [{name: RING_HOST, value: ring}, {name: RING_PORT, value: "80"}, {name: RING_GRPC_PORT, value: "9095"}]'
    expect(await flows(RING + cart(given))).toEqual(['shop/ring:80 < cart', 'shop/ring:grpc < cart'])
  })

  test('a Service that the build should have but does not is named', async () => {
    expect(await found(env('http://stroe:7000') + STORE)).toMatchObject({
      flows: [],
      notes: [
        expect.stringMatching(/names Service stroe, which namespace shop .* does not have; did you mean store\?/),
      ],
    })
  })

  test('a port in the variable next to it makes it certain', async () => {
    const variables = 'env: [{name: RING_HOST, value: ring}, {name: RING_PORT, value: "9095"}]'
    expect(await flows(RING + cart(variables))).toEqual(['shop/ring:grpc < cart'])
  })

  test('one in another namespace is as certain as one at home', async () => {
    expect(await flows(env('search.catalog.svc.cluster.local:9200'))).toEqual([`catalog/search:9200 < ${CART}`])
    expect(await flows(env('http://search.catalog:9200'))).toEqual([`catalog/search:9200 < ${CART}`])
  })

  test('a name of two parts is certain in a call, and a guess in between other words', async () => {
    const line = (text: string): string => cart(`command: [sh, -c, "${text}"]`)
    for (const call of [
      'psql -h warehouse.analytics -p 5432',
      'main --db=warehouse.analytics:5432',
      'nc -z warehouse.analytics 5432',
    ])
      expect(await flows(line(call))).toEqual([`analytics/warehouse:5432 < ${CART}`])
    expect(await flows(env('warehouse.analytics:5432'))).toEqual([`analytics/warehouse:5432 < ${CART}`])
    expect(await flows(line('main as warehouse.analytics:5432 does'))).toEqual([`? analytics/warehouse:5432 < ${CART}`])
  })

  test('flows to other builds are listed, because policies count the ports of pods', async () => {
    const { notes } = await found(env('warehouse.analytics:5432'))
    expect(notes).toEqual([expect.stringMatching(/^analytics\/warehouse:5432: another build .* podPort$/)])
  })

  test('one outside the cluster is a guess', async () => {
    expect(await flows(env('https://api.example.com/v1'))).toEqual([`? external/api.example.com:443 < ${CART}`])
    expect(await flows(env('10.1.2.3:5432'))).toEqual([`? external/10.1.2.3:5432 < ${CART}`])
  })

  test.each([
    ['itself', 'http://localhost:8080'],
    ['an address to listen on', '0.0.0.0:8080'],
    ['the API server', 'https://kubernetes.default.svc:443'],
    ['an image', 'example/store:7000'],
    ['a version', 'nginx:1.27'],
    ['a time', '12:30'],
    ['a domain alone', 'shop.example.com'],
    ['a bucket', 's3://backups'],
    ['its own name', 'cart'],
    ['a comment', '# http://store:7000'],
  ])('%s is no call', async (_, value) => {
    const { flows: none, notes } = await found(STORE + service('cart', '[{port: 80}]') + env(value))
    expect({ none, notes }).toEqual({ none: [], notes: [] })
  })

  test('a port that the Service does not carry is for a person to read', async () => {
    expect(await found(STORE + env('http://store:8080'))).toMatchObject({
      flows: [],
      notes: ['Deployment cart: container main: env URL: names port 8080 of Service store, which carries tcp-store'],
    })
  })

  test('members that dial each other by their headless Service are self', async () => {
    const ring =
      workload('ring', pod(', args: ["--join=ring-0.ring-pods:9095"]')) +
      service('ring', '[{name: grpc, port: 9095}]') +
      service('ring-pods', '[{name: grpc, port: 9095}]', ', clusterIP: None').replace('app: ring-pods', 'app: ring')
    const call = cart('args: ["--ring=ring:9095"]')
    expect(await flows(ring + call)).toEqual(['shop/ring:9095 by ring < cart', 'shop/ring:grpc by ring-pods < self'])
  })
})

describe('settings of the own address', () => {
  test.each([
    'PUBLIC_URL',
    'EXT_ENDPOINT',
    'CHAT_SITE_URL',
    'WEBHOOK_URL',
    'KAFKA_ADVERTISED_LISTENERS',
    'CORS_ORIGINS',
    'APP_URL',
  ])('%s is no call', async (name) => {
    const { flows: none, notes } = await found(cart(`env: [{name: ${name}, value: "https://cart.example.com:8443"}]`))
    expect({ none, notes }).toEqual({ none: [], notes: [] })
  })

  test.each(['CHAT_WEBHOOK_URL', 'RATES_BASE_URL', 'IDENTITY_URL'])('%s is a call', async (name) => {
    expect(await flows(cart(`env: [{name: ${name}, value: "https://api.example.com"}]`))).toEqual([
      `? external/api.example.com:443 < ${CART}`,
    ])
  })
})

describe('pods that no label tells from others', () => {
  const job = workload('job', pod(', args: ["https://files.example.com"]'), 'team: a')
  const other = workload('web', pod(), 'app: web, team: a')

  test('appear in no proposed flow, which would name all of them', async () => {
    const { flows: none, notes } = await found(job + other)
    expect(none).toEqual([])
    expect(notes).toEqual([
      expect.stringMatching(
        /^Deployment job: container main: args\[0\]: names external\/files.example.com:443, and no label/,
      ),
    ])
  })
})
