import { MANY } from '../../functions/lib/flows/together.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { harden, hostsOf, NAME_LABEL, service, workload } from './build.ts'

// Many callers of many callees: a pattern or a namespace is written where it is exactly them, and a finding where it is not.

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
const ALL = './*.shop.svc.cluster.local'

const apps = (count: number): KubernetesObject[] =>
  Array.from({ length: count }, (_, index) => [
    workload(`a${index}`, {
      labels: { [NAME_LABEL]: `a${index}`, tier: 'app' },
      ports: { http: 8080 },
      pod: {
        serviceAccountName: `a${index}`,
        containers: [{ name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }] }],
      },
    }),
    {
      ...service(`a${index}`, 80),
      spec: { selector: { [NAME_LABEL]: `a${index}` }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
  ]).flat()

const fromApps = { from: [{ namespace: 'shop', labels: { tier: 'app' } }] }
const toEach = (count: number): Record<string, object> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`shop/a${index}:http`, fromApps]))
const spec = (flows: object) => ({ authorization: 'flows', flows })
const sources = ({ spec }: KubernetesObject): unknown =>
  (spec as { rules: { from: unknown }[] }).rules.map(({ from }) => from)

test.each([
  ['to all', { 'shop/*:http': fromApps }],
  ['to each', toEach(MANY)],
])(
  'a flow %s from all workloads of a namespace lists neither Services nor service accounts one by one',
  async (_, flows) => {
    const hardened = await harden([NAMESPACE, ...apps(MANY)], spec(flows))
    expect(hostsOf(hardened, 'a0').filter((host) => host.startsWith('./'))).toEqual([ALL])
    expect(sources(hardened.get('AuthorizationPolicy', 'a0'))).toEqual([[{ source: { namespaces: ['shop'] } }]])
    expect(hardened.ids).not.toContain('flows/many-pairs')
  },
)

test('a Service that no flow calls is not among the hosts of a pattern, so each is listed', async () => {
  const hardened = await harden([NAMESPACE, ...apps(MANY), service('queue', 9092)], spec(toEach(MANY)))
  expect(hostsOf(hardened, 'a0').filter((host) => host.startsWith('./'))).toHaveLength(MANY)
})

test('a workload that is no caller keeps its namespace from being admitted', async () => {
  const queue = workload('queue', { labels: { [NAME_LABEL]: 'queue' } })
  const hardened = await harden([NAMESPACE, ...apps(MANY), queue], spec(toEach(MANY)))
  const [from] = sources(hardened.get('AuthorizationPolicy', 'a0')) as [{ source: { principals: string[] } }[]]
  expect(from[0]?.source.principals).toHaveLength(MANY)
})

test('findings say where more than 10,000 pairs are listed', async () => {
  const queue = [workload('queue', { labels: { [NAME_LABEL]: 'queue' } }), service('queue', 9092)]
  const { findings } = await harden([NAMESPACE, ...apps(101), ...queue], spec(toEach(101)))
  expect(findings.filter(({ id }) => id === 'flows/many-pairs').map(({ message }) => message)).toEqual([
    expect.stringContaining('found 101 callers and 101 callees'),
    expect.stringContaining('found 101 callers and 101 Services'),
  ])
})
