import { checkFlows, placeOf } from '../../../functions/lib/flows/check-environment.ts'
import { isUnchanged, readFacts } from '../../../functions/lib/flows/facts.ts'
import { trafficOf } from '../../../functions/lib/flows/traffic.ts'
import { Shared } from '../../../functions/lib/framework/shared.ts'
import { type KubernetesObject, setMeta, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { HTTP, namespace, service, spec, workload } from './lib.ts'

const reason = { reason: 'another team has it' }
const web = workload('web')
const cart = [workload('cart'), service('cart', [HTTP])]

/** `severity id` of what is found in an environment with web and cart in shop. */
const found = (
  flows: Record<string, object>,
  more: Partial<Parameters<typeof checkFlows>[1]> = {},
  objects: KubernetesObject[] = [web, ...cart, namespace('shop')],
): string[] => checkFlows(objects, { flows: spec(flows), ...more }).map(({ severity, id }) => `${severity} ${id}`)

describe('in a whole environment', () => {
  test.each<[string, Record<string, object>, string[]]>([
    ['a flow from a pod to a port of a Service is fine', { 'shop/cart:http': { from: ['shop/web'] } }, []],
    ['every caller must be there', { 'shop/cart:http': { from: ['shop/webb'] } }, ['error flows/no-such-caller']],
    [
      'every destination must be there',
      { 'shop/carts:http': { from: ['shop/web'] } },
      ['error flows/unknown-destination'],
    ],
    [
      'a caller in an unknown namespace cannot be checked',
      { 'shop/cart:http': { from: ['blog/web'] } },
      ['warning flows/not-checked'],
    ],
    [
      'a destination in an unknown namespace cannot be checked',
      { 'blog/cart:http': { from: ['shop/web'] } },
      ['warning flows/not-checked'],
    ],
    ['a host outside is not looked for', { 'external/a.example.com:443': { from: ['shop/web'] } }, []],
    [
      'pods that are made at run time are not looked for',
      { 'shop/job:8080': { from: ['shop/web'], selector: { job: 'a' } } },
      [],
    ],
    [
      'pods that a flow selects may be callers of another',
      {
        'shop/job:8080': { from: ['shop/web'], selector: { 'app.kubernetes.io/name': 'job' } },
        'shop/cart:http': { from: ['shop/job'] },
      },
      [],
    ],
    [
      'callers of every kind but pods are not looked for',
      { 'shop/cart:http': { from: { any: reason, self: {} } } },
      [],
    ],
  ])('%s', (_, flows, expected) => expect(found(flows)).toEqual(expected))

  test('that is complete, what cannot be checked is an error', () => {
    const flows = { 'shop/cart:http': { from: ['blog/web'] } }
    expect(found(flows, { complete: true })).toEqual(['error flows/not-checked'])
  })

  test('the caller that was probably meant is named', () => {
    const [finding] = checkFlows([web, ...cart], { flows: spec({ 'shop/cart:http': { from: ['shop/webs'] } }) })
    expect(finding?.message).toMatch(/did you mean shop\/web\?.*shop\/cart, shop\/web/)
    expect(finding?.tags).toEqual({ flow: 'shop/cart:http' })
    const [other] = checkFlows([web, ...cart], { flows: spec({ 'shop/carts:http': { from: ['shop/web'] } }) })
    expect(other?.message).toContain('did you mean cart?')
    const [place] = checkFlows([web, ...cart], { flows: spec({ 'shop/cart:http': { from: ['shopp/web'] } }) })
    expect(place?.message).toContain('did you mean shop?')
    const [empty] = checkFlows([namespace('blog')], { flows: spec({ 'blog/cart:80': { from: ['blog/web'] } }) }).slice(
      -1,
    )
    expect(empty?.message).toContain('a workload in namespace blog')
  })

  test.each<[string, object[], string[]]>([
    [
      'with all the labels of a caller',
      [{ namespace: 'shop', labels: { 'app.kubernetes.io/name': 'job', a: 'b' } }],
      [],
    ],
    ['with other labels', [{ namespace: 'shop', labels: { a: 'b' } }], ['error flows/no-such-caller']],
    [
      'of another namespace',
      [{ namespace: 'blog', labels: { 'app.kubernetes.io/name': 'job' } }],
      ['error flows/no-such-caller'],
    ],
  ])('run-time pods that are declared %s', (_, runtimePods, expected) => {
    expect(found({ 'shop/cart:http': { from: ['shop/job'] } }, { runtimePods: runtimePods as never })).toEqual(expected)
  })

  test('pods that an operator makes are callers', () => {
    const database = {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {},
    }
    const flows = { 'shop/cart:http': { from: [{ namespace: 'shop', labels: { 'cnpg.io/cluster': 'db' } }] } }
    expect(found(flows, {}, [...cart, database])).toEqual([])
    expect(found(flows, {}, cart)).toEqual(['error flows/no-such-caller'])
  })

  test.each<[string, Record<string, object>, object, string[]]>([
    ['a caller', { 'shop/cart:http': { from: ['blog/web'] } }, { 'blog/web': reason }, []],
    ['a destination', { 'blog/cart:80': { from: ['shop/web'] } }, { blog: reason }, []],
    [
      'a caller in a namespace of the environment',
      { 'shop/cart:http': { from: ['shop/job'] } },
      { 'shop/job': reason },
      [],
    ],
    [
      'a caller by its labels',
      { 'shop/cart:http': { from: [{ namespace: 'blog', labels: { a: 'b' } }] } },
      { blog: reason },
      [],
    ],
    [
      'nothing that a flow needs',
      { 'shop/cart:http': { from: ['shop/web'] } },
      { blog: reason },
      ['warning flows/unneeded-elsewhere'],
    ],
    [
      'something else',
      { 'shop/cart:http': { from: ['blog/web'] } },
      { 'blog/job': reason },
      ['warning flows/not-checked', 'warning flows/unneeded-elsewhere'],
    ],
  ])('another repository may have %s', (_, flows, elsewhere, expected) => {
    expect(found(flows, { elsewhere: elsewhere as never })).toEqual(expected)
  })

  test('a caller by its labels is a place in its namespace', () => {
    expect(placeOf('shop', 'shop/web')).toBe('shop/web')
    expect(placeOf('shop', '{"a":"b"}')).toBe('shop/{"a":"b"}')
  })
})

describe('what traffic depends on is read again', () => {
  const MESH = 'sidecar.istio.io/inject'
  const build = () => [workload('cart'), service('cart', [HTTP]), namespace('shop')]
  const isSameAfter = (edit: (objects: KubernetesObject[]) => unknown, flows?: ReturnType<typeof spec>): boolean => {
    const objects = build()
    const before = readFacts(objects, flows)
    edit(objects)
    return isUnchanged(before, readFacts(objects, flows))
  }
  interface Pods {
    metadata: { labels: Record<string, string> }
    spec: { containers: { ports?: unknown }[] }
  }
  const template = ([first]: KubernetesObject[]) => valueAt(first, ['spec', 'template']) as Pods

  test.each<[string, (objects: KubernetesObject[]) => unknown]>([
    ['an object is added', (objects) => objects.push(workload('other'))],
    ['an object goes', (objects) => objects.splice(1, 1)],
    ['a label of pods changes', (objects) => Object.assign(template(objects).metadata.labels, { a: 'b' })],
    [
      'a port of pods changes',
      (objects) => Object.assign(template(objects).spec.containers[0] as object, { ports: [] }),
    ],
    [
      'the template is another',
      (objects) => Object.assign(template(objects), { spec: structuredClone(template(objects).spec) }),
    ],
    ['the selector of a workload changes', ([first]) => Object.assign(first?.spec as object, { selector: {} })],
    ['a Service changes', (objects) => Object.assign(objects[1]?.spec as object, { ports: [] })],
    [
      'a Service is scraped on another port',
      (objects) => setMeta(objects[1] as KubernetesObject, 'annotations', 'prometheus.io/port', '1'),
    ],
    ['an object is renamed', ([first]) => Object.assign(first?.metadata as object, { name: 'new' })],
    [
      'an object gets an earlier name',
      (objects) =>
        setMeta(objects[0] as KubernetesObject, 'annotations', 'internal.config.kubernetes.io/previousNames', 'x'),
    ],
  ])('if %s', (_, edit) => expect(isSameAfter(edit)).toBe(false))

  test.each<[string, (objects: KubernetesObject[]) => unknown]>([
    ['nothing changes', () => undefined],
    ['an image changes', (objects) => Object.assign(template(objects).spec.containers[0] as object, { image: 'b' })],
    [
      'a label of the mesh is written',
      (objects) => Object.assign(template(objects).metadata.labels, { [MESH]: 'true' }),
    ],
    [
      'an object of no concern is added',
      (objects) => objects.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }),
    ],
    ['replicas change', ([first]) => Object.assign(first?.spec as object, { replicas: 2 })],
  ])('but not if %s', (_, edit) => expect(isSameAfter(edit)).toBe(true))

  test('a label of the mesh counts if something selects by it', () => {
    const write = (objects: KubernetesObject[]) => Object.assign(template(objects).metadata.labels, { [MESH]: 'true' })
    for (const flow of [
      { from: [{ namespace: 'shop', labels: { [MESH]: 'true' } }] },
      { from: ['shop/web'], selector: { [MESH]: 'true' } },
    ])
      expect(isSameAfter(write, spec({ 'shop/cart:http': flow }))).toBe(false)
  })

  test('in one run each finding is given once', () => {
    const shared = new Shared()
    const objects = [...build()]
    const declaration = { flows: spec({ 'shop/carts:http': { from: ['shop/cart'] } }) }
    const [first, second] = [1, 2].map(() => trafficOf(objects, declaration, shared))
    expect(first?.findings).toHaveLength(1)
    expect(second).toMatchObject({ findings: [], topology: expect.anything() })
    expect(second?.flows).toBe(first?.flows)
    objects.push(workload('carts2'))
    expect(trafficOf(objects, declaration, shared).findings).toEqual([])
    expect(trafficOf(objects, declaration, new Shared()).findings).toHaveLength(1)
  })

  test('a flow that expects nobody is told who calls after all', () => {
    const uncalled = { 'shop/cart:80': { expect: 'uncalled', reason: 'off' } }
    const route = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'edge', namespace: 'shop' },
      spec: { defaultBackend: { service: { name: 'cart', port: { number: 80 } } } },
    }
    const idsOf = (flows: Record<string, object>, ...more: KubernetesObject[]) =>
      trafficOf([...build(), ...more], { flows: spec(flows) }, new Shared()).findings.map(
        ({ id, message }) => `${id} ${message}`,
      )
    expect(idsOf(uncalled)).toEqual([])
    expect(idsOf(uncalled, route)).toEqual([expect.stringMatching(/^flows\/called-after-all .*Ingress shop\/edge/)])
    const called = { ...uncalled, 'shop/cart:http': { from: ['cart'] } }
    expect(idsOf(called)).toEqual([expect.stringMatching(/^flows\/called-after-all .*flow shop\/cart:http/)])
    const other = { ...uncalled, 'shop/cart:8081': { from: ['cart'] } }
    expect(idsOf(other).filter((line) => line.startsWith('flows/called-after-all'))).toEqual([])
  })

  test.each<[string, object, RegExp]>([
    ['without a selector', { ports: [{ port: 80 }] }, /no selector.*external\/ADDRESS:80/],
    ['that names a host', { type: 'ExternalName', externalName: 'db.example.com.' }, /external\/db\.example\.com:80/],
    ['that names a Service', { type: 'ExternalName', externalName: 'db.data.svc.cluster.local' }, /flow data\/db:80/],
  ])('a flow to a Service %s is told where it should go', (_, body, message) => {
    const alias = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'db', namespace: 'shop' }, spec: body }
    const flows = spec({ 'shop/db:80': { from: ['cart'] } })
    const [finding] = trafficOf([...build(), alias], { flows }, new Shared()).findings
    expect(finding).toMatchObject({
      id: 'flows/service-without-pods',
      object: alias,
      message: expect.stringMatching(message),
    })
  })
})
