import { registeredByTwoBuilds } from '../../cli/kustomize/already-registered.ts'
import { registeredTwice } from '../../cli/reachability/registered-twice.ts'
import { sharedPods } from '../../cli/reachability/shared-pods.ts'
import { plan } from '../../functions/hardening/plan.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { runSteps } from '../../functions/lib/runner/steps.ts'

// Two builds deploy to one namespace, and neither sees the other.

type Labels = Record<string, string>

const stateful = (name: string, selector: Labels, labels: Labels = selector): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, namespace: 'shop' },
  spec: {
    serviceName: name,
    replicas: 3,
    selector: { matchLabels: selector },
    template: {
      metadata: { labels },
      spec: { automountServiceAccountToken: false, containers: [{ name: 'app', image: 'example/cache:1' }] },
    },
  },
})

/** The objects of a build after every function that generates objects. */
async function build(objects: KubernetesObject[], flows: object = {}): Promise<KubernetesObject[]> {
  const spec = { flows, replication: {}, istio: {}, networkPolicy: { namespaces: { shop: {} } } }
  const steps = plan({ apiVersion: 'krm-hardening.dev/v1alpha1', kind: 'Hardening', spec })
  await runSteps(objects, steps)
  return objects
}

const APP = 'app.kubernetes.io/name'
const INSTANCE = 'app.kubernetes.io/instance'

describe('objects of two builds that select one pod', () => {
  test('are named by kind, with both workloads', async () => {
    const red = await build([stateful('red', { [APP]: 'cache' }, { [APP]: 'cache', color: 'red' })])
    const blue = await build([stateful('blue', { [APP]: 'cache' }, { [APP]: 'cache', color: 'blue' })])
    expect(sharedPods([...red, ...blue])).toMatchObject([
      {
        id: 'check/selected-twice',
        object: { metadata: { name: 'red' } },
        message: expect.stringMatching(
          /^its .*PeerAuthentication.* also select the pods of StatefulSet shop\/blue, which/,
        ),
      },
    ])
  })

  test.each([INSTANCE, 'shard'])('are not reported if the selectors of the workloads hold %s', async (label) => {
    const red = await build([stateful('red', { [APP]: 'cache', [label]: 'red' })])
    const blue = await build([stateful('blue', { [APP]: 'cache', [label]: 'blue' })])
    expect(sharedPods([...red, ...blue])).toEqual([])
  })
})

test('policies of one content that select one pod, as those of two hooks of a chart, are harmless', async () => {
  const both = await build(['create', 'patch'].map((name) => stateful(name, { [APP]: 'hook' })))
  const policies = both.filter(({ kind }) => kind === 'NetworkPolicy' || kind === 'StatefulSet')
  expect(policies).toHaveLength(5)
  expect(sharedPods(policies)).toEqual([])
  const mesh = both.filter(({ kind }) => kind === 'PeerAuthentication' || kind === 'StatefulSet')
  expect(sharedPods(mesh)).toMatchObject([{ id: 'check/selected-twice' }])
})

describe('a host that two builds register', () => {
  const calls = (name: string, port: number): Promise<KubernetesObject[]> =>
    build([stateful(name, { [APP]: name })], { [`external/api.example.com:${port}`]: { from: [`shop/${name}`] } })

  test('is named once, with all ports', async () => {
    const found = registeredTwice([...(await calls('red', 443)), ...(await calls('blue', 8443))])
    expect(found).toMatchObject([
      { id: 'check/registered-twice', message: expect.stringContaining('let the other have ports 443, 8443') },
    ])
    expect(registeredTwice(await calls('red', 443))).toEqual([])
  })

  test('is reported even if Kustomize refuses both builds together', () => {
    const refusal =
      "may not add resource with an already registered id: ServiceEntry.v1.networking.istio.io/api.example.com.shop'"
    expect(registeredByTwoBuilds(refusal)).toEqual([
      expect.stringContaining('two builds register api.example.com in namespace shop'),
    ])
    expect(registeredByTwoBuilds('already registered id: Service.v1.[noGrp]/web.shop')).toEqual([])
  })
})
