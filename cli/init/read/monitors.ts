import type { Topology } from '../../../functions/lib/flows/topology.ts'
import {
  describe,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { matchesSelector } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import type { Proposal, Read } from '../proposal.ts'
import { callerOf, type Destination, destinationOf } from './calls.ts'

const GROUP = 'monitoring.coreos.com'

/** What Prometheus scrapes by the monitors of a build, and the Prometheus that the build has. */
export interface Scraping extends Read {
  /** Monitors that no Prometheus of the build reads. The user is asked for their scraper. */
  unanswered: string[]
}

/**
 * Who scrapes whom, by ServiceMonitors and PodMonitors. The Prometheus of the build is the caller. Without one, nothing in
 * the build shows the caller.
 */
export function readMonitors(
  objects: readonly KubernetesObject[],
  made: readonly Workload[],
  topology: Topology,
): Scraping {
  const scrapers = [
    ...made.filter(({ object }) => isKind(object, GROUP, 'Prometheus') || isKind(object, GROUP, 'PrometheusAgent')),
    ...topology.workloads.filter(
      ({ labels }) => labels['app.kubernetes.io/name'] === 'prometheus' || labels.app === 'prometheus',
    ),
  ]
  const targets = objects.flatMap((object) => targetsOf(object, topology))
  const proposals = targets.flatMap(({ destination, namespace, source }) =>
    scrapers.map(
      (scraper): Proposal => ({
        ...destination,
        caller: callerOf(scraper, namespace, topology),
        source,
        certain: scrapers.length === 1,
      }),
    ),
  )
  return {
    proposals,
    notes: [],
    unanswered:
      scrapers.length > 0
        ? []
        : [
            ...new Set(
              targets.map(({ source, destination }) => `${source}, ${destination.destination}:${destination.port}`),
            ),
          ],
  }
}

interface ScrapeTarget {
  destination: Destination
  namespace: string
  source: string
}

function targetsOf(monitor: KubernetesObject, topology: Topology): ScrapeTarget[] {
  const isService = isKind(monitor, GROUP, 'ServiceMonitor')
  if (!isService && !isKind(monitor, GROUP, 'PodMonitor')) return []
  const selector = valueAt(monitor, ['spec', 'selector'])
  const endpoints = listAt(monitor, ['spec', isService ? 'endpoints' : 'podMetricsEndpoints'])
  const isSelected = (namespace: string): boolean => selectsNamespace(monitor, namespace)
  const source = describe(monitor)
  const ports = endpoints.flatMap(({ port, targetPort, portNumber }) => {
    const named = port ?? targetPort ?? portNumber
    return typeof named === 'string' || typeof named === 'number' ? [named] : []
  })
  if (!isService)
    return topology.workloads
      .filter(({ namespace, labels }) => isSelected(namespace) && matchesSelector(selector, labels))
      .flatMap((workload) =>
        ports.map((port) => ({ destination: byPod(workload, port, topology), namespace: workload.namespace, source })),
      )
  return topology.services
    .filter(({ namespace, object }) => isSelected(namespace) && matchesSelector(selector, object.metadata.labels ?? {}))
    .flatMap((service) =>
      topology.workloadsBehind(service).flatMap((workload) =>
        ports.flatMap((port) => {
          const destination = destinationOf(workload, service, { port }, topology)
          return destination ? [{ destination, namespace: workload.namespace, source }] : []
        }),
      ),
    )
}

function byPod(workload: Workload, port: string | number, topology: Topology): ScrapeTarget['destination'] {
  const [service] = topology
    .servicesFor(workload)
    .flatMap((one) => destinationOf(workload, one, { port }, topology) ?? [])
  return service ?? { destination: `${workload.namespace}/${workload.name}`, port }
}

function selectsNamespace(monitor: KubernetesObject, namespace: string): boolean {
  const selector = valueAt(monitor, ['spec', 'namespaceSelector'])
  if (!isFields(selector)) return monitor.metadata.namespace === namespace
  if (selector.any === true) return true
  const { matchNames } = selector
  return Array.isArray(matchNames) && matchNames.length > 0
    ? matchNames.includes(namespace)
    : monitor.metadata.namespace === namespace
}

const listAt = (root: unknown, path: string[]): Record<string, unknown>[] => {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value.filter(isFields) : []
}
