import { scrapesOf } from '../../functions/lib/flows/scrapes.ts'
import type { Topology } from '../../functions/lib/flows/topology.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { describe, isKind, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import { SCRAPE } from '../../functions/lib/kubernetes/scrape-annotations.ts'
import { runsPods, type Workload } from '../../functions/lib/kubernetes/workload.ts'
import { hasSidecar } from '../../functions/network-policy-default-deny/subjects/sidecar.ts'
import { scrapePorts } from '../../functions/network-policy-default-deny/traffic/scrape.ts'
import { environment as findings } from '../findings.ts'
import type { Target } from './admits.ts'

/** A port that annotations or a monitor ask to scrape. */
interface Scraped extends Target {
  /** What asks for it. */
  source: KubernetesObject
}

interface Surroundings {
  isCalled: (target: Target) => boolean
  /** Ports on which sidecars give the metrics of their pods. */
  statsPorts: ReadonlySet<number>
  /** The keys of the ports that Services lead to. */
  ofServices: ReadonlySet<string>
  keyOf: (target: Target) => string
}

/**
 * Scrapes that no policy admits, of ports that no Service has: those of Services are named as ports that nobody may call. A
 * sidecar gives the metrics of its pod on a port of its own.
 */
export function uncalledScrapes(
  objects: readonly KubernetesObject[],
  topology: Topology,
  { isCalled, statsPorts, ofServices, keyOf }: Surroundings,
): Finding[] {
  const namespaces = new Map(
    objects.filter((object) => isKind(object, '', 'Namespace')).map((object) => [object.metadata.name, object]),
  )
  const isServed = (target: Scraped): boolean =>
    isCalled(target) ||
    (hasSidecar(target.workload, namespaces) && [...statsPorts].some((port) => isCalled({ ...target, port })))
  const scraped = [...annotated(topology), ...monitored(objects, topology)]
  const open = scraped.filter((target) => !ofServices.has(keyOf(target)) && !isServed(target))
  return [...new Map(open.map((target) => [keyOf(target), target])).values()].map(({ workload, source, port }) =>
    findings['uncalled-scrape']({ object: workload.object }, port, askedBy(source, workload)),
  )
}

const annotated = ({ workloads }: Topology): Scraped[] =>
  workloads.filter(runsPods).flatMap((workload) =>
    scrapePorts(workload).map(({ port, protocol }) => ({
      ...{ workload, port: Number(port), protocol, source: workload.object },
    })),
  )

const monitored = (objects: readonly KubernetesObject[], topology: Topology): Scraped[] =>
  scrapesOf(objects, topology).scrapes.flatMap(({ workload, monitor, port: { port, protocol } }) =>
    workload ? [{ workload, port: Number(port), protocol, source: monitor }] : [],
  )

const askedBy = (source: KubernetesObject, { object }: Workload): string =>
  source === object ? `the annotation ${SCRAPE}` : describe(source)
