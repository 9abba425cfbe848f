import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import type { Fields, KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { type ReplicationFactorSpec, replicationFactorSchema } from '../../functions/replication-factor/config.ts'
import { transform } from '../../functions/replication-factor/transform.ts'

interface WorkloadOptions {
  replicas?: unknown
  labels?: Record<string, string>
  spec?: Fields
  pod?: Fields
  container?: Fields
}

/** A workload of namespace `shop` whose pods carry `app: <name>`. */
export function workload(kind: string, name: string, options: WorkloadOptions = {}): KubernetesObject {
  const labels = options.labels ?? { app: name }
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: {
      ...(options.replicas !== undefined && { replicas: options.replicas }),
      ...options.spec,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: { ...labels } },
        spec: { ...options.pod, containers: [{ name, image: `${name}:1`, ...options.container }] },
      },
    },
  }
}

export const autoscaler = (target: string, minReplicas?: unknown, kind = 'Deployment'): KubernetesObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: target, namespace: 'shop' },
  spec: { minReplicas, maxReplicas: 9, scaleTargetRef: { apiVersion: 'apps/v1', kind, name: target } },
})

export const configMap = (name: string, key: string, text: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data: { [key]: text },
})

/** Marks an object as renamed by a prefix that references to it do not have yet, as Kustomize does. */
export function renamed(object: KubernetesObject, prefix: string): KubernetesObject {
  const { name } = object.metadata
  const annotations = { 'internal.config.kubernetes.io/previousNames': name }
  return { ...object, metadata: { ...object.metadata, name: `${prefix}${name}`, annotations } }
}

const parse = (spec: unknown): ReplicationFactorSpec => parseConfig(replicationFactorSchema, spec, 'spec')

/** The id of a finding without the name of the function; where it has a field, followed by its path. */
export const idOf = ({ id, field }: Finding): string =>
  [id?.replace('replication-factor/', ''), field?.path].filter((part) => part !== undefined).join(' ')

/** Runs the function over a copy of the objects; `errors` are as `idOf` gives them. */
export async function run(
  objects: readonly KubernetesObject[],
  spec: Fields = {},
): Promise<{ objects: KubernetesObject[]; findings: Finding[]; errors: string[] }> {
  const copy = structuredClone(objects) as KubernetesObject[]
  const findings = await transform(copy, parse(spec), 'replication-factor')
  const errors = findings.filter(({ severity }) => severity === 'error').map(idOf)
  return { objects: copy, findings, errors }
}

/** Everything off but what a test is about. */
export const QUIET = { disruptionBudget: 'off', spread: 'off', trafficDistribution: 'off' }
