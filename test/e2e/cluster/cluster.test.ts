import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe as nameOf, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { eventually } from '../../support/eventually.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { buildPlain, objectsOf, root } from '../../support/stacks.ts'
import { apply, rendered, whatComesBefore } from './lib/apply.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { builtPrograms, type Programs } from './lib/programs.ts'

// What is rendered goes into a real Kubernetes, whose admission is the judge of it: see
// https://kubernetes.io/docs/concepts/security/pod-security-admission/

const GOLDEN = join(root, 'test/golden')

let programs: Programs
beforeAll(() => {
  programs = builtPrograms()
}, TIME_TO_BUILD)

describe.each(['dev', 'production'])('%s in a real Kubernetes', (environment) => {
  const objects = rendered(environment)
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(programs)
  }, 180_000)
  afterAll(() => cluster?.stop())

  test('accepts every object as it is', async () => {
    await apply(cluster, whatComesBefore(objects))
    expect(await apply(cluster, objects)).toEqual({ taken: objects.length, warnings: [] })
  }, 180_000)

  const components = readdirSync(join(GOLDEN, 'components'))
  test.each(components)('accepts what the component adds: %s', async (file) => {
    // Workloads are there already, and some of their fields are immutable.
    const added = objectsOf(readFileSync(join(GOLDEN, 'components', file), 'utf8')).filter(
      (object) => podTemplateOf(object) === undefined,
    )
    expect(await apply(cluster, added)).toEqual({ taken: added.length, warnings: [] })
  })

  test('admits the pods of every workload under the level that their namespace enforces', async () => {
    const workloads = objects.filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
    const without = async (): Promise<string[]> => {
      const started = (await cluster.list('deployments', 'statefulsets', 'jobs')).filter(
        ({ status }) => (valueAt(status, ['replicas']) ?? valueAt(status, ['active']) ?? 0) !== 0,
      )
      const names = new Set(started.map(nameOf))
      return workloads.map(nameOf).filter((name) => !names.has(name))
    }
    expect(await eventually(without, (names) => names.length === 0)).toEqual([])
    const refusals = (await cluster.list('events')).filter(({ reason }) => reason === 'FailedCreate')
    expect(refusals.map(({ message }) => message)).toEqual([])
    const enforced = (await cluster.list('namespaces')).map(({ metadata }) => [
      metadata.name,
      metadata.labels?.['pod-security.kubernetes.io/enforce'],
    ])
    expect(Object.fromEntries(enforced)).toMatchObject({ mimir: 'baseline', 'tidb-operator': 'restricted' })
  }, 180_000)

  test('would have refused them without the functions', async () => {
    const deployment = objectsOf(buildPlain(`${environment}/tidb-operator`).plain).find(
      ({ kind }) => kind === 'Deployment',
    )
    const template = deployment && podTemplateOf(deployment)
    expect(template).toBeDefined()
    const metadata = { ...template?.metadata, name: 'as-it-was', namespace: 'tidb-operator' }
    const pod = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: template?.spec })
    const { stderr, exitCode } = await cluster.kubectl(['create', '--filename=-'], pod)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('"as-it-was" is forbidden: violates PodSecurity "restricted:latest"')
  })
})
