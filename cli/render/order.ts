import { groupOf } from '../../functions/lib/kubernetes/objects.ts'
import type { KindOrder } from '../tree/stacks.ts'
import type { BuiltObject } from './documents.ts'

/** Source: the default of Kustomize's `sortOptions.order: legacy`, the order of every build that asks for no other. */
const DEFAULT: KindOrder = {
  first: [
    'Namespace',
    'ResourceQuota',
    'StorageClass',
    'CustomResourceDefinition',
    'ServiceAccount',
    'PodSecurityPolicy',
    'Role',
    'ClusterRole',
    'RoleBinding',
    'ClusterRoleBinding',
    'ConfigMap',
    'Secret',
    'Endpoints',
    'Service',
    'LimitRange',
    'PriorityClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Deployment',
    'StatefulSet',
    'CronJob',
    'PodDisruptionBudget',
  ],
  last: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
}

/** Objects in the order of one Kustomize build: by kind, then group and version, then namespace and name. */
export function inBuildOrder(objects: readonly BuiltObject[], order: KindOrder = DEFAULT): BuiltObject[] {
  const ranks = new Map([
    ...order.first.map((kind, index) => [kind, index - order.first.length] as const),
    ...order.last.map((kind, index) => [kind, index + 1] as const),
  ])
  const rank = ({ kind }: BuiltObject): number => ranks.get(kind) ?? 0
  return objects
    .map((object) => ({ object, rank: rank(object), type: typeKey(object), name: nameKey(object) }))
    .sort((a, b) => a.rank - b.rank || compare(a.type, b.type) || compare(a.name, b.name))
    .map(({ object }) => object)
}

function typeKey({ apiVersion, kind }: BuiltObject): string {
  const group = groupOf(apiVersion)
  const version = group === '' ? apiVersion : apiVersion.slice(group.length + 1)
  return `${group || '~G'}_${version || '~V'}_${kind}`
}

const nameKey = ({ namespace, name }: BuiltObject): string => `${namespace || '~X'}|${name || '~N'}`

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
