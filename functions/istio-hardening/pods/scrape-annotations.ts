import { scrapeSources } from '../../lib/flows/scrape-sources.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { isOff } from '../../lib/framework/config.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { Shared } from '../../lib/framework/shared.ts'
import { SCRAPE, SCRAPE_PATH, SCRAPE_PORT, SCRAPE_SCHEME } from '../../lib/kubernetes/scrape-annotations.ts'
import { containerPort, isBatch, overrideFor, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { ScrapeTarget } from '../config-workload.ts'
import { findings } from '../findings/index.ts'
import { podPorts } from '../mesh/pod-ports.ts'
import { settle } from './precedence.ts'

/** The name by which a port announces metrics. */
const METRICS_PORT = 'metrics'

/**
 * The annotations by which Prometheus finds a workload, all four or none: as `scrape` says for the workload, else for its
 * port called `metrics`, else as `scrape['*']` says for the stack, if the workload has that port.
 */
export function annotateScrape(
  workload: Workload,
  spec: IstioHardeningSpec,
  topology: Topology,
  shared: Shared,
): Finding[] {
  const named = overrideFor(spec.scrape, workload)
  if (isOff(named)) return []
  if (named) {
    const [port] = podPorts(workload, named.port, topology)
    if (port === undefined) return [unknownPort(workload, named)]
    remember(workload, `scrape.${workload.name} of istio-hardening`, shared)
    write(workload, { ...named, port }, true)
    return []
  }
  const annotations = workload.template.metadata?.annotations ?? {}
  const written = annotations[SCRAPE_PORT]
  if (annotations[SCRAPE] === 'false') return []
  const target = targetByConvention(workload, spec, topology) ?? (written ? byDefault(written) : undefined)
  if (!target) return []
  const isByName = containerPort(workload, METRICS_PORT) !== undefined
  remember(workload, isByName ? `a port called ${METRICS_PORT}` : "scrape['*'] of istio-hardening", shared)
  write(workload, target, false)
  return []
}

interface WrittenTarget extends Omit<ScrapeTarget, 'port'> {
  /** A number, or as the manifest writes it. */
  port: number | string
}

/** What asked for the scrape, where the manifest had no annotations of its own. */
function remember({ object, template }: Workload, source: string, shared: Shared): void {
  if (template.metadata?.annotations?.[SCRAPE_PORT] === undefined) scrapeSources(shared).set(object, source)
}

const byDefault = (port: number | string): WrittenTarget => ({ port, path: '/metrics', scheme: 'http' })

function targetByConvention(
  workload: Workload,
  spec: IstioHardeningSpec,
  topology: Topology,
): WrittenTarget | undefined {
  const forAll = spec.scrape?.['*']
  if (isOff(forAll)) return undefined
  const metrics = containerPort(workload, METRICS_PORT)
  if (metrics !== undefined) return byDefault(metrics)
  if (!forAll || isBatch(workload)) return undefined
  const [port] = podPorts(workload, forAll.port, topology)
  return port === undefined ? undefined : { ...forAll, port }
}

function write(workload: Workload, { port, path, scheme }: WrittenTarget, isNamed: boolean): void {
  const values = { [SCRAPE]: 'true', [SCRAPE_PORT]: String(port), [SCRAPE_PATH]: path, [SCRAPE_SCHEME]: scheme }
  for (const [key, value] of Object.entries(values))
    settle(workload.template, 'annotations', key, { named: isNamed ? value : undefined, fallback: value })
}

const portNames = (workload: Workload): string[] =>
  servingContainers(workload).flatMap((container) => (container.ports ?? []).flatMap(({ name }) => name ?? []))

function unknownPort(workload: Workload, { port }: ScrapeTarget): Finding {
  const { object, name } = workload
  const names = portNames(workload)
  const expected = names.length > 0 ? `one of ${names.join(', ')}, or ` : ''
  return findings['unknown-scrape-port']({ object }, name, port, didYouMean(String(port), names), expected)
}

/** A port name for all workloads that none of them has is a mistake. */
export function unusedScrapeForAll(topology: Topology, spec: IstioHardeningSpec): Finding[] {
  const { workloads } = topology
  const forAll = spec.scrape?.['*']
  if (!forAll || isOff(forAll) || workloads.length === 0) return []
  const { port } = forAll
  if (workloads.some((workload) => podPorts(workload, port, topology).length > 0)) return []
  const names = [...new Set(workloads.flatMap(portNames))]
  return [findings['unused-scrape-port']({}, port, didYouMean(String(port), names))]
}
