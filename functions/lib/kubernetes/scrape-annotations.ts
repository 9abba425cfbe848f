import type { PodTemplate } from './pod-template.ts'

/** The annotations by which Prometheus finds a pod, by convention: all four, or none. */
export const SCRAPE = 'prometheus.io/scrape'
export const SCRAPE_PORT = 'prometheus.io/port'
export const SCRAPE_PATH = 'prometheus.io/path'
export const SCRAPE_SCHEME = 'prometheus.io/scheme'

type Annotated = Pick<PodTemplate, 'metadata'>

/** The port annotation as it is written; undefined where the pod does not ask for a scrape. */
export function scrapePortAsWritten({ metadata }: Annotated): string | undefined {
  const annotations = metadata?.annotations ?? {}
  return annotations[SCRAPE] === 'true' ? annotations[SCRAPE_PORT] : undefined
}

/** The port that is scraped, 1 to 65535; undefined where none is asked for, or a placeholder is in its place. */
export function scrapePort(template: Annotated): number | undefined {
  const port = Number(scrapePortAsWritten(template))
  return Number.isInteger(port) && port > 0 && port <= 65535 ? port : undefined
}

/** Does the pod ask for a scrape and name no port? By convention every port that it declares is scraped then. */
export const asksForEveryPort = ({ metadata }: Annotated): boolean =>
  metadata?.annotations?.[SCRAPE] === 'true' && metadata.annotations[SCRAPE_PORT] === undefined
