import type { KubernetesObject } from './objects.ts'
import { type Container, type PodTemplate, podTemplateOf, servingIn } from './pod-template.ts'
import { workloadKindOf } from './workload-kinds.ts'

/** An object that runs pods, with what other objects know it by. */
export interface Workload {
  object: KubernetesObject
  kind: string
  name: string
  /** '' where the object names none. */
  namespace: string
  template: PodTemplate
  /** The labels of its pods: what selectors select. */
  labels: Readonly<Record<string, string>>
}

export function workloadOf(object: KubernetesObject): Workload | undefined {
  const template = podTemplateOf(object)
  return (
    template && {
      object,
      kind: object.kind,
      name: object.metadata.name,
      namespace: object.metadata.namespace ?? '',
      template,
      labels: template.metadata?.labels ?? {},
    }
  )
}

export const workloadsOf = (objects: readonly KubernetesObject[]): Workload[] =>
  objects.flatMap((object) => workloadOf(object) ?? [])

/** Does a cluster run pods of it? A PodTemplate holds only a template, for others to use. */
export const runsPods = ({ object }: Workload): boolean => !workloadKindOf(object)?.templateOnly

/** Runs to completion: gets no budget, no spread, no standing policies. */
export const isBatch = ({ object }: Workload): boolean => workloadKindOf(object)?.batch === true

/** The containers that run while the pod serves: containers and native sidecars. */
export const servingContainers = ({ template }: Workload): Container[] => servingIn(template.spec)

/** The number of a container port, by name or number; undefined where no serving container declares it. */
export const containerPort = (workload: Workload, port: string | number): number | undefined =>
  servingContainers(workload)
    .flatMap((container) => container.ports ?? [])
    .find((candidate) => candidate.name === port || candidate.containerPort === port)?.containerPort

/** What Kustomize and the API server do not deduplicate: overrides keyed by workload name, or `Kind/name` where a name is shared. */
export const overrideFor = <T>(
  overrides: Readonly<Record<string, T>> | undefined,
  workload: { kind: string; name: string },
): T | undefined => {
  if (!overrides) return undefined
  const qualified = `${workload.kind}/${workload.name}`
  if (Object.hasOwn(overrides, qualified)) return overrides[qualified]
  return Object.hasOwn(overrides, workload.name) ? overrides[workload.name] : undefined
}
