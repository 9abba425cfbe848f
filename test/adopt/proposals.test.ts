import type { Found } from '../../cli/init/found.ts'
import { propose } from '../../cli/init/propose.ts'
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

describe('lines of scripts and files', () => {
  const script = (text: string, key = 'run.sh'): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: files, namespace: shop}
data: {${key}: ${JSON.stringify(text)}}
---${workload('cart', '{containers: [{name: main, image: a}], volumes: [{name: v, configMap: {name: files}}]}')}`

  test.each([
    ['a URL behind options', 'curl -fsS --retry 3 https://a.example.com/x > /dev/null'],
    ['a URL in the next line', 'wget -q \\\n  https://a.example.com/x'],
    ['a directive of a proxy', 'location /x { proxy_pass https://a.example.com; }'],
    ['a call of a program', 'r = requests.get("https://a.example.com/v1", timeout=3)'],
  ])('%s is a guess', async (_, text) => {
    expect(await flows(script(text))).toEqual([`? external/a.example.com:443 < ${CART}`])
  })

  test.each([
    ['what a command says', 'echo "see https://docs.example.com/help"'],
    ['prose', 'More of this is at https://docs.example.com/help, as always.'],
    ['what is sent', `curl -d '{"text": "see https://wiki.example.com"}' http://store:7000`],
  ])('%s is no call', async (_, text) => {
    expect((await flows(STORE + script(text))).filter((flow) => flow.includes('external'))).toEqual([])
  })

  test.each([
    ['options of a client', 'mysqldump -h store -P 7000 | gzip'],
    ['options in quotes', 'psql -h "store" -p "7000" -c "select 1"'],
    ['a flag', 'main --store-host=store --store-port=7000'],
    ['a device of the shell', 'until (echo > /dev/tcp/store/7000); do sleep 1; done'],
    ['a property of Java', 'java -Dstore.url=tcp://store:7000 -jar main.jar'],
    ['a setting of two words', 'Host  store\nPort  7000'],
    ['a line that goes on', 'main \\\n  --host store \\\n  --port 7000'],
    ['a SRV record in between', 'server-template s 3 _tcp-store._tcp.store.shop.svc.cluster.local check'],
  ])('%s is certain', async (_, text) => {
    expect(await flows(STORE + script(text, 'run.conf'))).toEqual(['shop/store:tcp-store < cart'])
  })

  test('a Service that a client is given and that does not exist is said', async () => {
    for (const line of ['psql -h stroe -p 7000', 'nc -z stroe 7000', 'Host stroe\nPort 7000'])
      expect((await found(STORE + script(line, 'run.conf'))).notes).toEqual([
        expect.stringContaining('names Service stroe'),
      ])
  })

  test('resolvers of the cluster are no call', async () => {
    const line = 'resolver kube-dns.kube-system.svc.cluster.local:53;'
    expect(await found(script(line, 'nginx.conf'))).toMatchObject({ flows: [], notes: [] })
  })
})

describe('fields of the pod', () => {
  const variables =
    'env: [{name: NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}, {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]'

  test('are part of hosts', async () => {
    expect(await flows(STORE + cart(`args: ["--url=http://store.$(NS).svc:7000"], ${variables}`))).toEqual([
      'shop/store:tcp-store < cart',
    ])
    const member = workload('ring', pod(`, args: ["--address=$(POD).ring.$(NS):9095"], ${variables}`)).replace(
      'Deployment',
      'StatefulSet',
    )
    expect(await flows(member + service('ring', '[{name: grpc, port: 9095}]', ', clusterIP: None'))).toEqual([
      'shop/ring:grpc < self',
    ])
  })

  test('are no call by themselves, and unknown for pods without a fixed name', async () => {
    expect(await flows(service('shop', '[{port: 80}]') + workload('shop', pod()) + cart(variables))).toEqual([])
    expect(await flows(STORE + cart(`args: ["--self=http://$(POD).store:7000"], ${variables}`))).toEqual([])
  })
})

describe('names without a port', () => {
  const SEVERAL = workload('several', pod())
  const ports = (text: string): string => SEVERAL + service('several', text)
  const host = (name = 'SEVERAL_HOST'): string => cart(`env: [{name: ${name}, value: several}]`)

  test('mean the one that is not for metrics or members', async () => {
    const build = ports('[{name: metrics, port: 9121}, {name: gossip, port: 7946}, {name: queue, port: 5672}]')
    expect(await flows(build + host())).toEqual(['shop/several:queue < cart'])
  })

  test('are asked for among others, the port of a known program first', async () => {
    expect(await flows(ports('[{name: a, port: 7001}, {name: b, port: 5672}]') + host())).toEqual([
      '? shop/several:b < cart',
    ])
  })

  test('mean the port of members where members find each other', async () => {
    const ring =
      workload('ring', pod(', env: [{name: RING_SEEDS, value: "ring-0.ring,ring-1.ring"}]')) +
      service('ring', '[{name: intra-node, port: 7000}, {name: sql, port: 9042}]', ', clusterIP: None')
    expect(await flows(ring)).toEqual(['shop/ring:intra-node < self'])
  })

  test('outside get the port of the program in the name of the setting, or are said', async () => {
    const outside = (name: string): string => cart(`env: [{name: ${name}, value: a.example.com}]`)
    expect(await flows(outside('POSTGRES_HOST'))).toEqual([`? external/a.example.com:5432 < ${CART}`])
    expect((await found(outside('SMTP_HOST'))).notes).toEqual([
      expect.stringContaining('names the host a.example.com outside the cluster, without a port'),
    ])
    expect(await found(outside('PUBLIC_HOST'))).toMatchObject({ flows: [], notes: [] })
  })

  test('of an ExternalName are said', async () => {
    const alias = `
apiVersion: v1
kind: Service
metadata: {name: legacy, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---`
    expect((await found(alias + env('legacy'))).notes).toEqual([
      expect.stringContaining(
        'names Service legacy, which is the host db.example.com outside the cluster, without a port',
      ),
    ])
  })
})

describe('scrapes', () => {
  const annotated = `${workload('web', pod(', ports: [{name: http, containerPort: 8080}]'))}`.replace(
    'metadata: {labels: {app: web}}',
    'metadata: {labels: {app: web}, annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9102"}}',
  )
  const monitor = (kind: string, spec: string): string => `
apiVersion: monitoring.coreos.com/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec: ${spec}
---`
  const prometheus = (more: string): string => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: {name: main, namespace: shop}
spec: {podMetadata: {labels: {app: metrics}}${more}}
---`
  const MONITOR = monitor('PodMonitor', '{selector: {matchLabels: {app: web}}, podMetricsEndpoints: [{port: http}]}')

  test('by annotations that no Prometheus of the build reads are one question', async () => {
    expect((await found(annotated)).scraped).toEqual([
      'Deployment shop/web: annotation prometheus.io/scrape, shop/web:9102',
    ])
  })

  test('by annotations are those of the Prometheus whose configuration reads them', async () => {
    const config = `
apiVersion: v1
kind: ConfigMap
metadata: {name: files, namespace: shop}
data: {prometheus.yml: "a: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]"}
---${workload('reader', '{containers: [{name: main, image: a}], volumes: [{name: v, configMap: {name: files}}]}')}`
    expect(await flows(annotated + config)).toEqual(['shop/web:9102 < reader'])
  })

  test('by annotations of a Service go to its ports', async () => {
    const store = STORE.replace(
      'metadata: {name: store, namespace: shop}\nspec: {selector',
      'metadata: {name: store, namespace: shop, annotations: {prometheus.io/scrape: "true"}}\nspec: {selector',
    )
    expect((await found(store)).scraped).toEqual([
      'Service shop/store: annotation prometheus.io/scrape, shop/store:tcp-store',
    ])
  })

  test('by a monitor are those of the Prometheus that selects it, else a question', async () => {
    expect(await flows(annotated + MONITOR + prometheus(', podMonitorSelector: {}'))).toEqual([
      'shop/web:8080 < {"namespace":"shop","labels":{"app.kubernetes.io/name":"prometheus","app.kubernetes.io/instance":"main","app":"metrics"}}',
    ])
    const { flows: none, scraped } = await found(
      MONITOR + annotated + prometheus(', podMonitorSelector: {matchLabels: {a: b}}'),
    )
    expect(none).toEqual([])
    expect(scraped).toContain('PodMonitor shop/web, shop/web:8080')
  })

  test('by a Probe go to the prober, and from there to the targets', async () => {
    const prober = workload('prober', pod()) + service('prober', '[{name: http, port: 9115}]')
    const probe = monitor(
      'Probe',
      '{prober: {url: "prober:9115"}, targets: {staticConfig: {static: ["http://store:7000", "https://a.example.com"]}}}',
    )
    const build = STORE + prober + probe
    expect((await found(build)).scraped).toEqual(['Probe shop/web, shop/prober:http'])
    expect(await flows(build)).toEqual([
      '? external/a.example.com:443 < {"namespace":"shop","labels":{"app":"prober"}}',
      'shop/store:tcp-store < prober',
    ])
  })
})

describe('routes', () => {
  const route = (apiVersion: string, kind: string, spec: string): string => `
apiVersion: ${apiVersion}
kind: ${kind}
metadata: {name: by-hand, namespace: shop}
spec: ${spec}
---`
  test.each([
    ['Ingress', 'networking.k8s.io/v1', '{defaultBackend: {service: {name: stroe, port: {number: 80}}}}'],
    [
      'HTTPRoute',
      'gateway.networking.k8s.io/v1',
      '{parentRefs: [{name: gw}], rules: [{backendRefs: [{name: stroe, port: 80}]}]}',
    ],
    ['VirtualService', 'networking.istio.io/v1', '{hosts: [store], http: [{route: [{destination: {host: stroe}}]}]}'],
    ['IngressRoute', 'traefik.io/v1alpha1', '{routes: [{services: [{name: stroe, port: 80}]}]}'],
  ])('%s to a Service that does not exist is said', async (kind, apiVersion, spec) => {
    expect((await found(STORE + route(apiVersion, kind, spec))).notes).toEqual([
      `${kind} by-hand: names Service stroe, which namespace shop of this build does not have; did you mean store?; if another build has it, add the flow shop/stroe`,
    ])
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

test('images with a digest, and strings that are no image, need no entry in images.yaml', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const images = ['nginx', `redis@${digest}`, 'example/app:$(TAG)', 'docker.io/library/nginx:1.27', 'Not An Image']
  const containers = images.map((image, index) => `{name: c${index}, image: "${image}"}`).join(', ')
  const { images: unpinned } = await found(workload('web', `{containers: [${containers}]}`))
  expect(unpinned).toEqual(['docker.io/library/nginx:1.27', 'example/app:$(TAG)', 'nginx'])
})
