import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../functions/lib/kubernetes/objects.ts'
import { argocdApplications, examples, objectsOf, root, stacks } from '../../../support/stacks.ts'
import type { Cluster } from './cluster.ts'
import { publishedDefinitions } from './definitions.ts'

export const stacksOf = (environment: string): string[] => [
  ...stacks.filter((stack) => stack.startsWith(`${environment}/`)),
  ...examples,
]

/** What an environment renders, what deploys it, and the examples: their goldens, which stacks.test.ts compares. */
export const rendered = (environment: string): KubernetesObject[] =>
  [...stacksOf(environment), argocdApplications(environment)].flatMap((stack) =>
    objectsOf(readFileSync(join(root, 'test/golden', `${stack}.yaml`), 'utf8')),
  )

/** What a cluster has before these objects: the definitions of their kinds, and the namespaces that none of them brings. */
export function whatComesBefore(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const own = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name))
  const used = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  const others = [...used].filter((name) => !own.has(name))
  return [
    ...publishedDefinitions(),
    ...objects.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    ...others.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  ]
}

/** What newer servers would rather see, and older ones or Argo CD's own documentation do not know. */
const KNOWN_WARNINGS = [
  'Warning: spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  'Warning: metadata.finalizers: "resources-finalizer.argocd.argoproj.io": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
]
const APPLY = ['apply', '--server-side', '--validate=strict', '--filename=-']

export const listOf = (items: readonly KubernetesObject[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items })

/** Applies objects, none of which may hold a field that the server does not know. Throws where it refuses one. */
export async function apply(
  cluster: Cluster,
  objects: readonly KubernetesObject[],
): Promise<{ taken: number; warnings: string[] }> {
  const { stdout, stderr, exitCode } = await cluster.kubectl(APPLY, listOf(objects))
  if (exitCode !== 0) throw new Error(stderr)
  const warnings = stderr.split('\n').filter((line) => line !== '' && !KNOWN_WARNINGS.includes(line))
  return { taken: stdout.trim().split('\n').length, warnings }
}

/** What the server says to objects that it does not take, empty where it takes them; nothing is changed. */
export async function refusalOf(cluster: Cluster, objects: readonly KubernetesObject[]): Promise<string> {
  const { stderr, exitCode } = await cluster.kubectl(
    [...APPLY, '--dry-run=server', '--force-conflicts'],
    listOf(objects),
  )
  return exitCode === 0 ? '' : stderr
}
