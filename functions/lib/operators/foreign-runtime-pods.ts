import { type ForeignPods, foreignPodsIn, isForeignType } from '../kubernetes/foreign-pods.ts'
import { type KubernetesObject, type TypeMeta, valueAt } from '../kubernetes/objects.ts'
import { servingIn } from '../kubernetes/pod-template.ts'
import type { PodPort, RuntimePods } from './operator.ts'

/** May this item make pods although its kind is not known? */
export const mayMakePods = (item: TypeMeta & { text?: string }): boolean =>
  isForeignType(item) && item.text?.includes('containers') !== false

/** The pods of an object of a kind that is not known, by the templates in it. Labels tell them from others, so it needs some. */
export function foreignRuntimePods(object: KubernetesObject): RuntimePods[] {
  if (!isForeignType(object)) return []
  const templates = foreignPodsIn(object)
  return templates
    .filter(({ labels }) => Object.keys(labels).length > 0)
    .map((pods) => ({
      name: templates.length === 1 ? object.metadata.name : `${object.metadata.name}-${partOf(pods, object)}`,
      labels: { ...pods.labels },
      ports: portsOf(pods),
      ...(pods.spec.serviceAccountName && { serviceAccount: pods.spec.serviceAccountName }),
      needsApiServer: needsApiServer(pods),
    }))
}

/** What tells a template from the others of its object: the name of its entry in a list, or the nearest key that says something. */
function partOf({ path }: ForeignPods, object: KubernetesObject): string {
  const keys = path.map((key, index) =>
    typeof key === 'number' ? (valueAt(object, [...path.slice(0, index + 1), 'name']) ?? key) : key,
  )
  const telling = keys.map(String).filter((key) => !['spec', 'template'].includes(key))
  return (telling.at(-1) ?? '').replace(/Template$/, '').toLowerCase()
}

const portsOf = ({ spec }: ForeignPods): PodPort[] =>
  servingIn(spec)
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ name, containerPort, protocol = 'TCP' }) =>
      protocol === 'SCTP'
        ? []
        : [{ ...(name !== undefined && { name }), port: containerPort, ...(protocol === 'UDP' && { protocol }) }],
    )

const needsApiServer = ({ spec: { serviceAccountName, automountServiceAccountToken } }: ForeignPods): boolean =>
  automountServiceAccountToken ?? (serviceAccountName !== undefined && serviceAccountName !== 'default')
