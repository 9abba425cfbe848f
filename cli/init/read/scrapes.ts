import { type Called, type ProbeTarget, probeTargets, scrapesOf } from '../../../functions/lib/flows/scrapes.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { describe, isKind, type KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import { SCRAPE, SCRAPE_PORT } from '../../../functions/lib/kubernetes/scrape-annotations.ts'
import { servingContainers, type Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { callerOf, callsTo, type Destination, destinationOf } from './calls.ts'
import { resolveHost } from './resolve-host.ts'

/** What Prometheus scrapes, and the Prometheus that the build has. */
export interface Scraping extends Read {
  /** What no Prometheus of the build scrapes, with its ports. The user is asked once for the scraper of all. */
  unanswered: string[]
}

/** A port that something of the build says is scraped. */
interface Target {
  destination: Destination
  namespace: string
  source: string
  /** The Prometheus of the build that reads what says so. */
  scrapers: readonly Workload[]
}

/**
 * Who scrapes whom, by monitors and by annotations. The Prometheus of the build that reads them is the caller: for a monitor
 * the one that selects it, for annotations one whose configuration reads them. Without one, nothing in the build shows it.
 */
export function readScrapes(
  objects: readonly KubernetesObject[],
  made: readonly Workload[],
  values: readonly GivenValue[],
  topology: Topology,
): Scraping {
  const servers = topology.workloads.filter(isPrometheus)
  const readers = new Set(values.filter(({ text }) => ANNOTATION.test(text)).map(({ workload }) => workload))
  const annotationReaders = readers.size > 0 ? topology.workloads.filter((one) => readers.has(one)) : servers
  const targets = [
    ...monitored(objects, made, { servers, annotationReaders }, topology),
    ...annotated(topology).map((target) => ({ ...target, scrapers: annotationReaders })),
  ]
  const proposals = targets.flatMap(({ destination, namespace, source, scrapers }) =>
    scrapers.map(
      (scraper): Proposal => ({
        ...destination,
        caller: callerOf(scraper, namespace, topology),
        source,
        certain: scrapers.length === 1,
      }),
    ),
  )
  const unanswered = targets
    .filter(({ scrapers }) => scrapers.length === 0)
    .map(({ source, destination }) => `${source}, ${destination.destination}:${destination.port}`)
  return { ...join([{ proposals, notes: [] }, readProbes(objects, topology)]), unanswered: [...new Set(unanswered)] }
}

const IMAGE = /(?:^|\/)(?:prometheus|vmagent|grafana-agent|agent|alloy)(?:[:@]|$)/
const isPrometheus = ({ labels, template }: Workload): boolean =>
  labels['app.kubernetes.io/name'] === 'prometheus' ||
  labels.app === 'prometheus' ||
  template.spec.containers.some(({ image = '' }) => IMAGE.test(image))

/** How the configuration of a Prometheus names the annotations `prometheus.io/scrape`. */
const ANNOTATION = /_annotation_prometheus_io_/

/** The targets of ServiceMonitors, PodMonitors, Probes and of annotations of Services. */
function monitored(
  objects: readonly KubernetesObject[],
  made: readonly Workload[],
  { servers, annotationReaders }: { servers: readonly Workload[]; annotationReaders: readonly Workload[] },
  topology: Topology,
): Target[] {
  return scrapesOf(objects, topology).scrapes.map(({ monitor, scrapers, port, ...called }) => {
    const choosing = made.filter(({ object }) => scrapers.some((pods) => pods.object === object))
    const { namespace } = called.workload ?? called.pods
    const isAnnotated = isKind(monitor, '', 'Service')
    return {
      destination: scrapedAt(called, port.port, topology),
      namespace,
      source: isAnnotated ? `${describe(monitor)}: annotation ${SCRAPE}` : describe(monitor),
      scrapers: choosing.length > 0 ? choosing : isAnnotated ? annotationReaders : servers,
    }
  })
}

function scrapedAt(called: Called, port: string | number, topology: Topology): Destination {
  if (called.workload) return byPod(called.workload, port, topology)
  const { pods } = called
  const onPods = pods.ports.find((one) => one.port === port)
  return { destination: `${pods.namespace}/${pods.name}`, port: onPods?.name ?? port }
}

function byPod(workload: Workload, port: string | number, topology: Topology): Destination {
  const [service] = topology
    .servicesFor(workload)
    .flatMap((one) => destinationOf(workload, one, { port }, topology) ?? [])
  return service ?? { destination: `${workload.namespace}/${workload.name}`, port, plain: true }
}

/** Pods that ask to be scraped by their annotations. */
function annotated(topology: Topology): Omit<Target, 'scrapers'>[] {
  return topology.workloads.flatMap((workload) => {
    const { metadata } = workload.template
    if (metadata?.annotations?.[SCRAPE] !== 'true') return []
    const declared = servingContainers(workload).flatMap(({ ports }) => ports ?? [])
    return portsAsked(
      metadata.annotations[SCRAPE_PORT],
      declared.map((port) => port.containerPort),
    ).map((port) => ({
      destination: byPod(workload, port, topology),
      namespace: workload.namespace,
      source: `${describe(workload.object)}: annotation ${SCRAPE}`,
    }))
  })
}

/** The port that the annotation names, else every one that is declared. */
const portsAsked = (written: string | undefined, declared: readonly number[]): number[] =>
  written === undefined ? [...declared] : /^\d{1,5}$/.test(written) ? [Number(written)] : []

/** Whom the prober of the build calls for a Probe. */
const readProbes = (objects: readonly KubernetesObject[], topology: Topology): Read =>
  join(
    objects
      .filter((object) => isKind(object, 'monitoring.coreos.com', 'Probe'))
      .flatMap((probe) =>
        probeTargets(probe, topology).map((target) => ({
          proposals: probed(target, topology).map((call) => ({ ...call, source: describe(probe) })),
          notes: [],
        })),
      ),
  )

const probed = ({ host, port, probers }: ProbeTarget, topology: Topology): Omit<Proposal, 'source'>[] =>
  probers
    .flatMap(({ workload }) => workload ?? [])
    .flatMap((prober) => {
      const target = resolveHost(host.toLowerCase(), prober.namespace, topology)
      if (target?.type === 'service')
        return callsTo(target.service, [port], prober, topology).proposals.map(({ question: _, ...call }) => call)
      if (target?.type === 'elsewhere')
        return [
          {
            ...{ destination: `${target.namespace}/${target.name}`, port, certain: true },
            caller: callerOf(prober, target.namespace, topology),
          },
        ]
      return target?.type === 'external'
        ? [
            {
              destination: `external/${target.host}`,
              port,
              caller: callerOf(prober, undefined, topology),
              certain: false,
            },
          ]
        : []
    })
