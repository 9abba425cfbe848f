import { isOff } from '../../lib/framework/config.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { containerPort, isBatch, overrideFor, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { ScrapeTarget } from '../config-workload.ts'
import { settle } from './precedence.ts'

const SCRAPE = 'prometheus.io/scrape'
const PORT = 'prometheus.io/port'
const PATH = 'prometheus.io/path'
const SCHEME = 'prometheus.io/scheme'

/** The port that says of itself that it serves metrics. */
const METRICS_PORT = 'metrics'

/**
 * The annotations by which Prometheus finds a workload, all four or none: what `scrape` says of the workload, else of its
 * port called `metrics`, else what `scrape['*']` says of the stack, where the workload has that port.
 */
export function annotateScrape(workload: Workload, spec: IstioHardeningSpec): Finding[] {
  const named = overrideFor(spec.scrape, workload)
  if (isOff(named)) return []
  if (named) {
    const port = portNumber(workload, named.port)
    if (port === undefined) return [unknownPort(workload, named)]
    write(workload, { ...named, port }, true)
    return []
  }
  const annotations = workload.template.metadata?.annotations ?? {}
  if (annotations[SCRAPE] === 'false') return []
  const target = targetByConvention(workload, spec) ?? (annotations[PORT] ? byDefault(annotations[PORT]) : undefined)
  if (target) write(workload, target, false)
  return []
}

/** The port that the annotations name; undefined where they do not ask for a scrape, or a placeholder stands there. */
export function scrapePort({ template }: Workload): number | undefined {
  const annotations = template.metadata?.annotations ?? {}
  const port = Number(annotations[PORT])
  return annotations[SCRAPE] === 'true' && Number.isInteger(port) && port > 0 ? port : undefined
}

interface Target extends Omit<ScrapeTarget, 'port'> {
  /** A number, or as the manifest writes it. */
  port: number | string
}

const byDefault = (port: number | string): Target => ({ port, path: '/metrics', scheme: 'http' })

function targetByConvention(workload: Workload, spec: IstioHardeningSpec): Target | undefined {
  const forAll = spec.scrape?.['*']
  if (isOff(forAll)) return undefined
  const metrics = containerPort(workload, METRICS_PORT)
  if (metrics !== undefined) return byDefault(metrics)
  if (!forAll || isBatch(workload)) return undefined
  const port = portNumber(workload, forAll.port)
  return port === undefined ? undefined : { ...forAll, port }
}

/** Programs serve on ports that no container declares: a number is taken as it is. */
const portNumber = (workload: Workload, port: number | string): number | undefined =>
  typeof port === 'number' ? port : containerPort(workload, port)

function write(workload: Workload, { port, path, scheme }: Target, isNamed: boolean): void {
  const values = { [SCRAPE]: 'true', [PORT]: String(port), [PATH]: path, [SCHEME]: scheme }
  for (const [key, value] of Object.entries(values))
    settle(workload.template, 'annotations', key, { named: isNamed ? value : undefined, fallback: value })
}

const portNames = (workload: Workload): string[] =>
  servingContainers(workload).flatMap((container) => (container.ports ?? []).flatMap(({ name }) => name ?? []))

function unknownPort(workload: Workload, { port }: ScrapeTarget): Finding {
  const names = portNames(workload)
  return error(
    `scrape.${workload.name}.port: found ${port}, which no container declares${didYouMean(String(port), names)}; expected ${names.length > 0 ? `one of ${names.join(', ')}, or ` : ''}a number`,
    { object: workload.object },
  )
}

/** A port name for the whole stack that nothing in it declares is a mistake. */
export function unusedScrapeForAll(workloads: readonly Workload[], spec: IstioHardeningSpec): Finding[] {
  const forAll = spec.scrape?.['*']
  if (!forAll || isOff(forAll) || workloads.length === 0) return []
  if (workloads.some((workload) => portNumber(workload, forAll.port) !== undefined)) return []
  const names = [...new Set(workloads.flatMap(portNames))]
  return [
    warning(
      `scrape["*"].port: found ${forAll.port}, which no container of the build declares${didYouMean(String(forAll.port), names)}; expected the name of a port, or a number`,
    ),
  ]
}
