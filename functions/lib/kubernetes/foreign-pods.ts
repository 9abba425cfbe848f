import { groupOf, isFields, type KubernetesObject, type TypeMeta, valueAt } from './objects.ts'
import type { PodSpec } from './pod-template.ts'
import type { Labels } from './selector.ts'
import { workloadKindOf } from './workload-kinds.ts'

/** A pod template in an object of a kind that no table knows. */
export interface ForeignPods {
  /** From the root of the object to the template, the map that has `spec`. */
  path: readonly (string | number)[]
  /** The labels of the template, as far as it has some. */
  labels: Labels
  spec: PodSpec
}

/** Groups whose objects hold manifests to compare with or to change, of which no pods are made. */
const RULES =
  /(?:^|\.)(?:kyverno\.io|gatekeeper\.sh|toolkit\.fluxcd\.io|fluxcd\.controlplane\.io|kustomize\.config\.k8s\.io)$/
/** Groups of Kubernetes itself: whatever makes pods there is in the table of workload kinds. */
const OF_KUBERNETES = /(?:^|\.)k8s\.io$/

/** May an object of this type be one of a foreign kind that makes pods, such as a CloneSet? */
export function isForeignType(type: TypeMeta): boolean {
  const group = groupOf(type.apiVersion)
  return group.includes('.') && !OF_KUBERNETES.test(group) && !RULES.test(group) && workloadKindOf(type) === undefined
}

/** The pod templates in an object of such a type, whatever its schema: every map whose spec has containers with images. */
export function foreignPodsIn(object: KubernetesObject): ForeignPods[] {
  const found: ForeignPods[] = []
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index])
    else if (isFields(value) && hasContainers(value))
      found.push({ path, labels: labelsOf(value), spec: value.spec as unknown as PodSpec })
    else if (isFields(value) && !isManifest(value)) for (const key in value) visit(value[key], [...path, key])
  }
  visit(object.spec, ['spec'])
  return found
}

const hasContainers = (value: unknown): boolean => {
  const containers = valueAt(value, ['spec', 'containers'])
  return (
    Array.isArray(containers) &&
    containers.some((one) => isFields(one) && typeof one.name === 'string' && typeof one.image === 'string')
  )
}

/** A whole object inside another, which something applies elsewhere. */
const isManifest = (value: unknown): boolean =>
  typeof valueAt(value, ['apiVersion']) === 'string' && typeof valueAt(value, ['kind']) === 'string'

function labelsOf(template: unknown): Labels {
  const labels = valueAt(template, ['metadata', 'labels'])
  return isFields(labels) ? (labels as Record<string, string>) : {}
}
