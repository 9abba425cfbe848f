import type { IContainer } from 'kubernetes-models/v1/Container'
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec'

import { isFields, type KubernetesObject, type ObjectMeta, type TypeMeta, valueAt } from './objects.ts'
import { workloadKindOf } from './workload-kinds.ts'

export type Container = IContainer
export type PodSpec = IPodSpec
export type ContainerList = 'initContainers' | 'containers' | 'ephemeralContainers'
export const CONTAINER_LISTS: readonly ContainerList[] = ['initContainers', 'containers', 'ephemeralContainers']

/** A pod, or the template from which a workload makes pods. `owner` is the object it is in, `path` where. */
export interface PodTemplate {
  owner: KubernetesObject
  path: readonly string[]
  metadata?: Partial<ObjectMeta>
  spec: PodSpec
}

/** A container and its path from the root of the owner. */
export interface ContainerAt {
  container: Container
  list: ContainerList
  path: readonly (string | number)[]
}

/** Path of the pod template of an object of this type; undefined where it has none. */
export const templatePath = (type: TypeMeta): readonly string[] | undefined => workloadKindOf(type)?.template

/** Does this type hold a pod template? */
export const isPodOwner = (type: TypeMeta): boolean => workloadKindOf(type) !== undefined

/**
 * The pod template of an object, or undefined where it has none: another kind, or a partial object such as a
 * strategic-merge patch, whose template names no container with an image.
 */
export function podTemplateOf(owner: KubernetesObject): PodTemplate | undefined {
  const path = templatePath(owner)
  const template = path && valueAt(owner, path)
  if (!path || !isFields(template) || !isFields(template.spec)) return undefined
  const { containers } = template.spec
  if (
    !Array.isArray(containers) ||
    !containers.some((container) => isFields(container) && container.image !== undefined)
  )
    return undefined
  const spec = template.spec as unknown as PodSpec
  // The template itself, not a copy: what is set on it is set on the owner.
  return {
    owner,
    path,
    spec,
    get metadata() {
      return template.metadata as Partial<ObjectMeta> | undefined
    },
    set metadata(value) {
      template.metadata = value
    },
  }
}

/** Every container of a pod: init containers (sidecars are among them), containers, ephemeral containers. */
export const containersOf = (template: PodTemplate): ContainerAt[] =>
  CONTAINER_LISTS.flatMap((list) =>
    ((template.spec[list] ?? []) as Container[]).map((container, index) => ({
      container,
      list,
      path: [...template.path, 'spec', list, index],
    })),
  )

/** The containers of a pod that run while it serves: containers and native sidecars. */
export const servingIn = ({ initContainers, containers }: PodSpec): Container[] => [
  ...((initContainers ?? []) as Container[]).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ...(containers as Container[]),
]
