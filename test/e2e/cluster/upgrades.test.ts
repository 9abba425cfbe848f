import { groupBy } from '../../../functions/lib/framework/group-by.ts'
import { type KubernetesObject, describe as nameOf, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { immutableFields } from '../../support/immutable-fields.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { buildPlain, isHardened, objectsOf } from '../../support/stacks.ts'
import { apply, refusalOf, rendered, stacksOf, whatComesBefore } from './lib/apply.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { builtPrograms, type Programs } from './lib/programs.ts'

// The upgrade that every adopter makes once: a cluster that runs the plain stacks gets their hardened rendering.
// There is no upgrade from an earlier release to try: none has been made, and no tag of the repository names one.

let programs: Programs
beforeAll(() => {
  programs = builtPrograms()
}, TIME_TO_BUILD)

/** What Argo CD deletes and creates again, because most fields of a Job are immutable. */
const isReplaced = ({ metadata }: KubernetesObject): boolean =>
  metadata.annotations?.['argocd.argoproj.io/sync-options'] === 'Force=true,Replace=true'

describe.each(['dev', 'production'])('%s, which ran without the functions', (environment) => {
  const plain = stacksOf(environment)
    .filter(isHardened)
    .flatMap((stack) => objectsOf(buildPlain(stack).plain))
  const hardened = rendered(environment)
  let cluster: Cluster
  let before: Map<string, string>
  const identities = async (): Promise<Map<string, string>> => {
    const list = await cluster.list('deployments', 'statefulsets', 'services', 'persistentvolumeclaims')
    return new Map(list.map((object) => [nameOf(object), String(valueAt(object.metadata, ['uid']))]))
  }
  beforeAll(async () => {
    cluster = await startCluster(programs)
    await apply(cluster, whatComesBefore([...plain, ...hardened]))
    await apply(cluster, plain)
    before = await identities()
  }, 180_000)
  afterAll(() => cluster?.stop())

  test('accepts the hardened objects over its own without a conflict, and recreates nothing', async () => {
    expect(before.size).toBeGreaterThan(15)
    const updated = hardened.filter((object) => !isReplaced(object))
    expect(await apply(cluster, updated)).toMatchObject({ taken: updated.length })
    const after = await identities()
    expect([...before].filter(([name, uid]) => after.get(name) !== uid)).toEqual([])
  }, 180_000)

  test('replaces each Job, whose pod template is immutable', async () => {
    const jobs = hardened.filter(({ kind }) => kind === 'Job')
    expect(jobs.filter((job) => !isReplaced(job)).map(nameOf)).toEqual([])
    for (const job of jobs) expect(await refusalOf(cluster, [job])).toContain('field is immutable')
  })

  test('refuses a change of each immutable field', async () => {
    const fields = immutableFields(hardened)
    const kinds = groupBy(fields, ({ object, path }) => `${object.kind} ${path.join('.')}`)
    expect(kinds.size).toBeGreaterThan(6)
    for (const [kind, [field]] of kinds) {
      if (!field) throw new Error(`${kind}: expected a field`)
      expect([kind, await refusalOf(cluster, [changed(field)])]).toEqual([
        kind,
        expect.stringMatching(/immutable|forbidden|may not change|cannot change|unable to change/i),
      ])
    }
  }, 180_000)
})

/** The object with another value in a field, of the same type. */
function changed({ object, path, value }: ReturnType<typeof immutableFields>[number]): KubernetesObject {
  const copy = structuredClone(object)
  const holder = valueAt(copy, path.slice(0, -1)) as Record<string, unknown>
  const other = OTHER[path.join('.')]
  if (!other) throw new Error(`${path.join('.')}: expected another value for it here`)
  holder[path.at(-1) as string] = other(value as never)
  return copy
}

const OTHER: Readonly<Record<string, (value: never) => unknown>> = {
  'spec.selector': () => ({ matchLabels: { other: 'label' } }),
  'spec.serviceName': () => 'other',
  'spec.podManagementPolicy': (value: string) => (value === 'Parallel' ? 'OrderedReady' : 'Parallel'),
  'spec.volumeClaimTemplates': () => [],
  'spec.clusterIP': (value: string) => (value === 'None' ? '127.20.0.250' : 'None'),
  type: () => 'example.com/other',
  roleRef: (value: object) => ({ ...value, name: 'other' }),
  'spec.scope': (value: string) => (value === 'Cluster' ? 'Namespaced' : 'Cluster'),
  'spec.accessModes': () => ['ReadWriteMany'],
  'spec.storageClassName': () => 'other',
  provisioner: () => 'example.com/other',
  parameters: () => ({ other: 'value' }),
  reclaimPolicy: (value: string) => (value === 'Retain' ? 'Delete' : 'Retain'),
  volumeBindingMode: (value: string) => (value === 'Immediate' ? 'WaitForFirstConsumer' : 'Immediate'),
}
