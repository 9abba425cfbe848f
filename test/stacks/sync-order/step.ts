import { type KubernetesObject, describe as nameOf } from '../../../functions/lib/kubernetes/objects.ts'

/**
 * The order in which Argo CD applies the kinds of one wave; kinds that are not listed, custom resources among them, come
 * last. Source: kindOrder of gitops-engine v0.7.3, pkg/sync/sync_tasks.go.
 */
const KINDS = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
]

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave'

/** The wave of an object; 0 if it names none. Throws for a value that Argo CD would silently take for 0. */
export function waveOf(object: KubernetesObject): number {
  const written: unknown = object.metadata.annotations?.[SYNC_WAVE] ?? '0'
  if (typeof written !== 'string' || !/^-?\d+$/.test(written))
    throw new Error(
      `${nameOf(object)}: ${SYNC_WAVE}: expected an integer as a string, found ${JSON.stringify(written)}`,
    )
  return Number(written)
}

/** How far the first must be ahead of the second. */
export type Distance =
  /** Healthy before the second is applied: Argo CD waits for health between waves only. */
  | 'earlier wave'
  /** Applied before the second: in an earlier wave, or in the same one as a kind that comes before. */
  | 'earlier'
  /** Applied in the same round at the latest. */
  | 'same wave'

export function isAhead(first: KubernetesObject, second: KubernetesObject, distance: Distance): boolean {
  const waves = waveOf(second) - waveOf(first)
  if (waves !== 0) return waves > 0
  return distance === 'same wave' || (distance === 'earlier' && rank(first) < rank(second))
}

const rank = ({ kind }: KubernetesObject): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length)
