import { CART, cart, flows, found, pod, RING, STORE, service, workload } from './lib.ts'

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

  test('name the account of pods that name it by the older field', async () => {
    const account = 'env: [{name: ACCOUNT, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}]'
    const calling = cart(`args: ["--url=http://$(ACCOUNT).shop.svc:7000"], ${account}`)
    expect(await flows(STORE + calling.replace('{containers', '{serviceAccount: store, containers'))).toEqual([
      'shop/store:tcp-store < cart',
    ])
  })

  test('are no call by themselves, and unknown for pods without a fixed name', async () => {
    expect(await flows(service('shop', '[{port: 80}]') + workload('shop', pod()) + cart(variables))).toEqual([])
    expect(await flows(STORE + cart(`args: ["--self=http://$(POD).store:7000"], ${variables}`))).toEqual([])
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
