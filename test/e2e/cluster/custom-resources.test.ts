import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { catalog } from '../../../functions/catalog.ts'
import { groupOf, type KubernetesObject, typeOf } from '../../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { examplesOf } from '../../support/examples.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { objectsOf } from '../../support/stacks.ts'
import { apply, whatComesBefore } from './lib/apply.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { builtPrograms } from './lib/programs.ts'

// What the functions write into the custom resources of Gateway API and Strimzi, and generate for them, is what the published
// definitions allow.

const GROUPS = ['gateway.networking.k8s.io', 'kafka.strimzi.io']

const examples = catalog
  .flatMap(({ name }) => examplesOf(name))
  .flatMap(({ name, folder }) => {
    if (/^(refuses|validates)-/.test(name)) return []
    const objects = objectsOf(readFileSync(join(folder, 'expected.yaml'), 'utf8'))
    return objects.some(({ apiVersion }) => GROUPS.includes(groupOf(apiVersion))) ? [{ name, objects }] : []
  })

/** Kinds of these examples whose definitions are not here: one of Strimzi, and those of two other operators. */
const UNDEFINED = ['kafka.strimzi.io/KafkaConnect', 'postgresql.cnpg.io/Cluster', 'minio.min.io/Tenant']

/** Workloads are left out: two examples use the same name, and some of the fields are immutable. */
const isApplied = (object: KubernetesObject): boolean =>
  podTemplateOf(object) === undefined && object.kind !== 'Namespace' && !UNDEFINED.includes(typeOf(object))

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster(builtPrograms())
  await apply(cluster, whatComesBefore(examples.flatMap(({ objects }) => objects.filter(isApplied))))
}, TIME_TO_BUILD)
afterAll(() => cluster?.stop())

test('there are examples with custom resources of both operators', () => {
  const groups = examples.flatMap(({ objects }) => objects.map(({ apiVersion }) => groupOf(apiVersion)))
  for (const group of GROUPS) expect(groups).toContain(group)
  expect(examples.length).toBeGreaterThan(8)
})

test.each(examples)('the server accepts what the example $name renders', async ({ objects }) => {
  const applied = objects.filter(isApplied)
  expect(await apply(cluster, applied)).toEqual({ taken: applied.length, warnings: [] })
})
