import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  groupOf,
  type KubernetesObject,
  describe as nameOf,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { podTemplateOf } from '../../../functions/lib/kubernetes/pod-template.ts'
import { eventually } from '../../support/eventually.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { argocdApplications, buildPlain, examples, objectsOf, root, stacks } from '../../support/stacks.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { publishedDefinitions, UNDEFINED_GROUPS } from './lib/definitions.ts'
import { builtPrograms, type Programs } from './lib/programs.ts'

// What is rendered goes into a real Kubernetes, whose admission is the judge of it: see
// https://kubernetes.io/docs/concepts/security/pod-security-admission/

const GOLDEN = join(root, 'test/golden')

let programs: Programs
beforeAll(() => {
  programs = builtPrograms()
}, TIME_TO_BUILD)

/** What an environment renders, what deploys it, and the examples: their goldens, which stacks.test.ts compares. */
const rendered = (environment: string): KubernetesObject[] =>
  [
    ...stacks.filter((stack) => stack.startsWith(`${environment}/`)),
    argocdApplications(environment),
    ...examples,
  ].flatMap((stack) => objectsOf(readFileSync(join(GOLDEN, `${stack}.yaml`), 'utf8')))

/** Namespaces that some stack is in and none brings. */
function namespacesOfOthers(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const own = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  return [...used]
    .filter((name) => !own.has(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
}

/** What newer servers would rather see, and older ones or Argo CD's own documentation do not know. */
const KNOWN_WARNINGS = [
  'Warning: spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  'Warning: metadata.finalizers: "resources-finalizer.argocd.argoproj.io": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
]
const APPLY = ['apply', '--server-side', '--validate=strict', '--filename=-']

/** Applies objects, none of which may hold a field that the server does not know. Throws where it refuses one. */
async function apply(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
): Promise<{ taken: number; warnings: string[] }> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  const { stdout, stderr, exitCode } = await cluster.kubectl(APPLY, list)
  if (exitCode !== 0) throw new Error(stderr)
  const warnings = stderr.split('\n').filter((line) => line !== '' && !KNOWN_WARNINGS.includes(line))
  return { taken: stdout.trim().split('\n').length, warnings }
}

describe.each(['dev', 'production'])('%s in a real Kubernetes', (environment) => {
  const objects = rendered(environment)
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(programs)
  }, 180_000)
  afterAll(() => cluster?.stop())

  test('takes every object as it is', async () => {
    const own = objects.filter(({ kind }) => kind === 'CustomResourceDefinition')
    await apply(cluster, [...publishedDefinitions(), ...own, ...namespacesOfOthers(objects)])
    const defined = objects.filter(({ apiVersion }) => !UNDEFINED_GROUPS.includes(groupOf(apiVersion)))
    expect(objects.length - defined.length).toBe(3)
    expect(await apply(cluster, defined)).toEqual({ taken: defined.length, warnings: [] })
  }, 180_000)

  const components = readdirSync(join(GOLDEN, 'components'))
  test.each(components)('takes what the component adds to it: %s', async (file) => {
    // Workloads are there already, and some of their fields are for ever.
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
