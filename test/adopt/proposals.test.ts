import { type Found, propose } from '../../cli/init/propose.ts'
import { objectsOf } from '../support/stacks.ts'

// A cart and its store. Each test adds the manifest that says that one calls the other.
const workload = (name: string, pod: string, labels = `app: ${name}`): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {${labels}}}
  template:
    metadata: {labels: {${labels}}}
    spec: ${pod}
---`
const service = (name: string, ports: string, more = ''): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: ${ports}${more}}
---`
const pod = (more = ''): string => `{containers: [{name: main, image: example/main:1.0${more}}]}`
const STORE = workload('store', pod()) + service('store', '[{name: tcp-store, port: 7000, targetPort: 7001}]')
const RING = workload('ring', pod()) + service('ring', '[{port: 80}, {name: grpc, port: 9095}]')

const found = (yaml: string): Promise<Found> => propose(objectsOf(yaml))
/** `key < caller`, with `?` before a guess. */
const flows = async (yaml: string): Promise<string[]> =>
  (await found(yaml)).flows.flatMap(({ key, service: by, callers }) =>
    callers.map(
      ({ caller, certain }) =>
        `${certain ? '' : '? '}${key}${by ? ` by ${by}` : ''} < ${typeof caller === 'string' ? caller : JSON.stringify(caller)}`,
    ),
  )
const cart = (more: string): string => workload('cart', pod(`, ${more}`))
const env = (value: string): string => cart(`env: [{name: URL, value: "${value}"}]`)
const CART = '{"namespace":"shop","labels":{"app":"cart"}}'

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
    expect(await flows(env('http://search.catalog:9200'))).toEqual([`? catalog/search:9200 < ${CART}`])
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

describe('ConfigMaps and Secrets', () => {
  const config = `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings-2f9d6hk4tb, namespace: shop}
data: {STORE: "store:7000", RING: "ring:9095"}
---`
  const secret = (value: string): string => `
apiVersion: v1
kind: Secret
metadata: {name: settings, namespace: shop}
data: {URL: ${Buffer.from(value).toString('base64')}}
---`
  const fromSecret = cart('envFrom: [{secretRef: {name: settings}}]')

  test('count for the pods that use them', async () => {
    const envFrom = cart('envFrom: [{configMapRef: {name: settings-2f9d6hk4tb}}]')
    expect(await flows(STORE + RING + config + envFrom)).toEqual([
      'shop/ring:grpc < cart',
      'shop/store:tcp-store < cart',
    ])
    const { flows: read } = await found(STORE + config + envFrom)
    expect(read[0]?.callers[0]?.sources).toEqual(['ConfigMap settings: STORE'])
  })

  test('count by the keys that are used', async () => {
    const one = cart('env: [{name: A, valueFrom: {configMapKeyRef: {name: settings-2f9d6hk4tb, key: STORE}}}]')
    expect(await flows(STORE + RING + config + one)).toEqual(['shop/store:tcp-store < cart'])
    const items = '{name: settings-2f9d6hk4tb, items: [{key: RING, path: ring}]}'
    const volume = workload('cart', `{containers: [{name: a, image: a}], volumes: [{name: v, configMap: ${items}}]}`)
    expect(await flows(STORE + RING + config + volume)).toEqual(['shop/ring:grpc < cart'])
  })

  test('count for nobody if nobody uses them', async () => {
    expect(await flows(STORE + config + cart('args: []'))).toEqual([])
  })

  test('give nothing but hosts, if they are Secrets', async () => {
    expect(await flows(STORE + secret('tcp://u:p@store:7000') + fromSecret)).toEqual(['shop/store:tcp-store < cart'])
    expect(await flows(secret('pass.word:1234') + fromSecret)).toEqual([])
    expect(await flows(secret('https://u:p@ss.word:99@api.example.com') + fromSecret)).toEqual([
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

  test('admit pods by labels: certain, by the port of the Service', async () => {
    expect(await flows(ingress('{podSelector: {matchLabels: {app: cart}}}'))).toEqual(['shop/store:tcp-store < cart'])
    expect(await flows(ingress(`{${NAMED}, podSelector: {matchLabels: {app.kubernetes.io/name: agent}}}`))).toEqual([
      'shop/store:tcp-store < monitoring/agent',
    ])
  })

  test('admit a whole namespace or everyone: a guess, with the reason that such a flow needs', async () => {
    const { flows: read } = await found(ingress(`{${NAMED}}`))
    expect(read).toMatchObject([
      {
        key: 'shop/store:tcp-store',
        reason: 'NetworkPolicy by-hand: spec.ingress[0] admits it',
        callers: [{ caller: 'monitoring/*', certain: false }],
      },
    ])
    expect(await flows(STORE + policy('ingress: [{ports: [{port: 7001}]}]'))).toEqual(['? shop/store:tcp-store < any'])
  })

  test('admit their whole namespace to a port: a guess', async () => {
    expect(await flows(ingress('{podSelector: {}}'))).toEqual(['? shop/store:tcp-store < shop/*'])
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

test('images with a digest, and strings that are no image, need no entry in images.yaml', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const images = ['nginx', `redis@${digest}`, 'example/app:$(TAG)', 'docker.io/library/nginx:1.27', 'Not An Image']
  const containers = images.map((image, index) => `{name: c${index}, image: "${image}"}`).join(', ')
  const { images: unpinned } = await found(workload('web', `{containers: [${containers}]}`))
  expect(unpinned).toEqual(['docker.io/library/nginx:1.27', 'example/app:$(TAG)', 'nginx'])
})
