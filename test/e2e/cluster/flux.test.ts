import { join } from 'node:path'
import { walkAll } from '../../../cli/flux/check.ts'
import { harden } from '../../../cli/runtime/functions.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { builderWith } from '../../support/builder.ts'
import { TIME_TO_BUILD } from '../../support/programs.ts'
import { fluxStacks, objectsOf, rendered, root } from '../../support/stacks.ts'
import { definitions } from '../flux-kinds/lib/definitions.ts'
import { type Cluster, startCluster } from './lib/cluster.ts'
import { publishedDefinitions } from './lib/definitions.ts'
import { builtPrograms } from './lib/programs.ts'

// What Flux would apply goes into a real Kubernetes with the definitions of Flux's kinds, field by field.
let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster(builtPrograms())
  await apply([...definitions(), ...publishedDefinitions(), namespace('flux-system')])
}, TIME_TO_BUILD)
afterAll(() => cluster?.stop())

const namespace = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** Applies objects, none of which may hold a field that the server does not know. Answers how many it took, and its warnings. */
async function apply(objects: readonly KubernetesObject[]): Promise<{ taken: number; warnings: string[] }> {
  const { stdout, stderr, exitCode } = await cluster.kubectl(
    ['apply', '--server-side', '--force-conflicts', '--validate=strict', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  )
  if (exitCode !== 0) throw new Error(stderr)
  return { taken: stdout.trim().split('\n').length, warnings: stderr.split('\n').filter((line) => line !== '') }
}

/** Definitions of kinds have no place between namespaces and what is in them. */
const namespacesFirst = (objects: readonly KubernetesObject[]): KubernetesObject[] => [
  ...objects.filter(({ kind }) => kind === 'Namespace'),
  ...objects.filter(({ kind }) => kind !== 'Namespace'),
]

const environments = ['staging', 'production'].map((environment) => ({
  environment,
  objects: () =>
    fluxStacks.filter((stack) => stack.startsWith(`${environment}/`)).flatMap((stack) => objectsOf(rendered(stack))),
}))
/** As Flux applies it, with its variables. */
const homelab = {
  environment: 'examples/homelab',
  objects: async () => {
    const builder = builderWith(harden, undefined, '--load-restrictor', 'LoadRestrictionsNone')
    const walks = await walkAll(join(root, 'examples/homelab'), builder)
    return walks.flatMap(({ tree }) => tree.entries.map(({ object }) => object))
  },
}

test.each([...environments, homelab])(
  '$environment is taken as it is',
  async ({ objects }) => {
    const all = namespacesFirst(await objects())
    expect(all.some(({ kind }) => kind === 'HelmRelease')).toBe(true)
    expect(await apply(all)).toEqual({ taken: all.length, warnings: [] })
    // Nothing of functions may reach a cluster.
    expect(all.filter(({ apiVersion }) => apiVersion.startsWith('krm-hardening.dev/'))).toEqual([])
  },
  180_000,
)

test('a field that the definitions of Flux do not know is refused', async () => {
  const release = environments[0]?.objects().find(({ kind }) => kind === 'HelmRelease')
  expect(release).toBeDefined()
  const wrong = { ...release, spec: { ...(release?.spec as object), retryInterval: '2m' } } as KubernetesObject
  await expect(apply([wrong])).rejects.toThrow(/unknown field "(?:spec\.)?retryInterval"/)
})
