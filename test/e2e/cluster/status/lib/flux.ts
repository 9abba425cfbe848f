import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubernetesObject } from '../../../../../functions/lib/kubernetes/objects.ts'
import { objectsOf } from '../../../../support/stacks.ts'
import type { Cluster } from '../../lib/cluster.ts'
import { downloaded } from '../../lib/definitions.ts'

const CONTROLLERS = [
  'github.com/fluxcd/source-controller@v1.9.6',
  'github.com/fluxcd/kustomize-controller@v1.9.6',
  'github.com/fluxcd/helm-controller@v1.6.0',
]

/** The definitions of kinds that Flux's controllers publish. Throws with what Go says where one cannot be had. */
export const fluxDefinitions = (): KubernetesObject[] =>
  CONTROLLERS.flatMap((module) => {
    const folder = join(downloaded(module), 'config/crd/bases')
    return readdirSync(folder).flatMap((file) => objectsOf(readFileSync(join(folder, file), 'utf8')))
  })

async function expectDone(cluster: Cluster, args: readonly string[], stdin?: string): Promise<void> {
  const { stderr, exitCode } = await cluster.kubectl(args, stdin)
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
}

export const apply = (cluster: Cluster, ...items: readonly KubernetesObject[]): Promise<void> =>
  expectDone(
    cluster,
    ['apply', '--server-side', '--force-conflicts', '--filename=-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  )

/** Says of an object what its controller would say: here no controller of Flux and no kubelet runs. */
export const setStatus = (cluster: Cluster, path: string, status: object, namespace = 'media'): Promise<void> =>
  expectDone(cluster, [
    'patch',
    path,
    `--namespace=${namespace}`,
    '--subresource=status',
    '--type=merge',
    `--patch=${JSON.stringify({ status })}`,
  ])

/** The conditions of an object that is ready, or is not. */
export const readiness = (status: 'True' | 'False' | 'Unknown', reason: string, message = ''): object => ({
  observedGeneration: 1,
  conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
})

const GROUPS: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
}

export const flux = (
  kind: string,
  name: string,
  spec: object,
  labels: Record<string, string> = {},
): KubernetesObject => ({
  apiVersion: GROUPS[kind] ?? '',
  kind,
  metadata: { name, namespace: 'media', labels },
  spec: { interval: '1h', ...spec },
})

export const kustomization = (name: string, spec: object = {}, labels: Record<string, string> = {}): KubernetesObject =>
  flux(
    'Kustomization',
    name,
    { prune: true, path: './apps', sourceRef: { kind: 'GitRepository', name: 'lab' }, ...spec },
    labels,
  )
