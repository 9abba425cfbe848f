import { isKind, type KubernetesObject, valueAt } from '../kubernetes/object.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { type Service, selectsWorkload, servicesOf } from '../kubernetes/service.ts'
import { type Workload, workloadsOf } from '../kubernetes/workload.ts'
import { APP, COMPONENT } from './flow.ts'

/** What of a build can call and be called. */
export interface Topology {
  workloads: readonly Workload[]
  services: readonly Service[]
  /** Namespaces whose Namespace object stands in the build: what is not in them here is nowhere. */
  ownNamespaces: ReadonlySet<string>
  workloadsIn(namespace: string): readonly Workload[]
  servicesFor(workload: Workload): readonly Service[]
}

export function topologyOf(objects: readonly KubernetesObject[]): Topology {
  const workloads = workloadsOf(objects)
  const services = servicesOf(objects)
  const byNamespace = groupBy(workloads, (workload) => workload.namespace)
  const servicesByNamespace = groupBy(services, (service) => service.namespace)
  return {
    workloads,
    services,
    ownNamespaces: new Set(
      objects.filter((object) => isKind(object, '', 'Namespace')).map((object) => object.metadata.name),
    ),
    workloadsIn: (namespace) => byNamespace.get(namespace) ?? [],
    servicesFor: (workload) =>
      (servicesByNamespace.get(workload.namespace) ?? []).filter((service) => selectsWorkload(service, workload)),
  }
}

/** Items by a key, in their order. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}

/**
 * The labels by which policies select a workload's pods: name and component as far as the pods carry them, or, where those
 * are missing or select another workload too, the workload's own selector; never a label that the pods lack.
 */
export function policySelector(workload: Workload, topology: Topology): Labels {
  const own = ownSelector(workload)
  const candidates = [pick(workload.labels, [APP, COMPONENT]), own, workload.labels]
  return candidates.find((labels) => Object.keys(labels).length > 0 && selectsOnly(labels, workload, topology)) ?? own
}

const pick = (labels: Labels, keys: readonly string[]): Labels =>
  Object.fromEntries(keys.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]])))

function ownSelector(workload: Workload): Labels {
  const matchLabels = valueAt(workload.object, ['spec', 'selector', 'matchLabels']) as Labels | undefined
  return matchLabels && selects(matchLabels, workload.labels) ? matchLabels : workload.labels
}

const selectsOnly = (labels: Labels, workload: Workload, topology: Topology): boolean =>
  topology
    .workloadsIn(workload.namespace)
    .every((other) => other.object === workload.object || !selects(labels, other.labels))
