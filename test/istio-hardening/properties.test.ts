import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import fc from '../support/fast-check.ts'
import { harden, service, workload, written } from './build.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const
const name = fc.constantFrom(...NAMES)

const anyWorkload = fc.record({
  name,
  kind: fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'Job'),
  port: fc.constantFrom<Record<string, number>>({}, { http: 8080 }, { metrics: 9090 }),
  pod: fc.constantFrom<object>(
    {},
    { hostNetwork: true },
    { serviceAccountName: 'own' },
    { dnsConfig: { options: [] } },
  ),
})
const anyWritten = fc.tuple(
  fc.constantFrom('PeerAuthentication', 'Telemetry', 'Sidecar'),
  name,
  fc.constantFrom<object>({}, { mtls: { mode: 'PERMISSIVE' } }, { egress: [{ hosts: ['./*'] }] }),
)
const anyFlows = fc.dictionary(
  fc.constantFrom('shop/a:80', 'shop/b:80', 'external/api.example.com:443', 'stock/s:5432'),
  fc.record({ from: fc.constantFrom(['shop/app-a'], ['shop/app-b', 'stock/s']), plain: fc.boolean() }),
)
const anyPolicy = fc.record(
  {
    ambient: fc.boolean(),
    authorization: fc.constantFrom('off', 'flows'),
    mtls: fc.constantFrom('strict', 'permissive'),
    ndots: fc.constantFrom('off', 1),
    flows: anyFlows,
    telemetry: fc.constantFrom<object>({}, { tracing: 'off' }, { accessLogging: 'off', metrics: 'off' }),
    scrape: fc.constantFrom<object>({}, { '*': { port: 'http' } }),
  },
  { requiredKeys: [] },
)

const build = fc
  .tuple(
    fc.uniqueArray(anyWorkload, { selector: (one) => one.name, maxLength: 4 }),
    fc.array(anyWritten, { maxLength: 3 }),
  )
  .map(([workloads, objects]): KubernetesObject[] => [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    ...workloads.flatMap(({ name, kind, port, pod }) => [
      workload(name, { kind, ports: port, pod, labels: { 'app.kubernetes.io/name': `app-${name}`, app: name } }),
      { ...service(name, 80), spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] } },
    ]),
    ...objects.map(([kind, target, spec], index) => written(kind, `own-${index}`, `app-${target}`, spec)),
  ])

const sorted = (objects: readonly KubernetesObject[]): string[] =>
  objects.map((object) => JSON.stringify(object)).sort()

test('a second run changes nothing, whatever the build and the policy', () =>
  fc.assert(
    fc.asyncProperty(build, anyPolicy, async (objects, policy) => {
      const { findings } = await harden(objects, policy)
      fc.pre(findings.every(({ severity }) => severity !== 'error'))
      const once = structuredClone(objects)
      await harden(objects, policy)
      expect(objects).toEqual(once)
    }),
  ))

test('the order of the objects does not change what is generated', () =>
  fc.assert(
    fc.asyncProperty(build, anyPolicy, async (objects, policy) => {
      const reversed = structuredClone(objects).reverse()
      const { findings } = await harden(objects, policy)
      fc.pre(findings.every(({ severity }) => severity !== 'error'))
      await harden(reversed, policy)
      const kinds = ({ metadata }: KubernetesObject): boolean => metadata.annotations !== undefined
      expect(sorted(reversed.filter(kinds))).toEqual(sorted(objects.filter(kinds)))
    }),
  ))
