import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { groupOf, type KubernetesObject, describe as nameOf, valueAt } from '../../functions/lib/kubernetes/object.ts'
import { podTemplateOf } from '../../functions/lib/kubernetes/pod-template.ts'
import { buildPlain, objectsOf, root, stacks } from '../lib/stacks.ts'
import { type Cluster, eventually, startCluster } from './lib/cluster.ts'
import { builtPrograms, type Programs, TIME_TO_BUILD } from './lib/programs.ts'

// What is rendered goes into a real Kubernetes, whose admission is the judge of it: see
// https://kubernetes.io/docs/concepts/security/pod-security-admission/

let programs: Programs
beforeAll(() => {
  programs = builtPrograms()
}, TIME_TO_BUILD)

/** What an environment renders, which the tests of the stacks hold these files against. */
const rendered = (environment: string): KubernetesObject[] =>
  stacks
    .filter((stack) => stack.startsWith(`${environment}/`))
    .flatMap((stack) => objectsOf(readFileSync(join(root, 'test/golden', `${stack}.yaml`), 'utf8')))

/** Without the kinds of programs that the cluster does not run: nobody serves those here. */
async function served(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
  const { stdout } = await cluster.kubectl(['api-resources', '--no-headers'])
  const kinds = new Set(
    stdout
      .split('\n')
      .map((line) => line.split(/\s+/).slice(-3))
      .map(([version = '', , kind]) => `${groupOf(version)}/${kind}`),
  )
  return objects.filter(({ apiVersion, kind }) => kinds.has(`${groupOf(apiVersion)}/${kind}`))
}

const definitionsOf = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects.filter(({ kind }) => kind === 'CustomResourceDefinition')

/** Namespaces that some stack is in and none brings. */
function namespacesOfOthers(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const own = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  return [...used]
    .filter((name) => !own.has(name))
    .map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
}

const asList = (items: readonly KubernetesObject[]): string => JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
// The name that servers since 1.34 have for it, older ones refuse.
const OF_AN_OLD_NAME = 'Warning: spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"\n'
const APPLY = ['apply', '--server-side', '--validate=strict', '--filename=-']

describe.each(['dev', 'production'])('%s in a real Kubernetes', (environment) => {
  const objects = rendered(environment)
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(programs)
  }, 180_000)
  afterAll(() => cluster?.stop())

  test('takes every object of its own kinds as it is', async () => {
    await cluster.kubectl(APPLY, asList([...definitionsOf(objects), ...namespacesOfOthers(objects)]))
    const own = await served(cluster, objects)
    expect(own.length).toBeGreaterThan(100)
    const { stdout, stderr, exitCode } = await cluster.kubectl(APPLY, asList(own))
    expect({ warnings: stderr.replace(OF_AN_OLD_NAME, ''), exitCode }).toEqual({ warnings: '', exitCode: 0 })
    expect(stdout.trim().split('\n')).toHaveLength(own.length)
  }, 180_000)

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
