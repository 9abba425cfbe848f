import { type Port, tcp } from '../../lib/flows/port.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import {
  asksForEveryPort,
  SCRAPE_PORT,
  scrapePort,
  scrapePortAsWritten,
} from '../../lib/kubernetes/scrape-annotations.ts'
import { servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Subject } from '../subjects/subject.ts'

/**
 * The ports that a workload's annotations say are scraped: the one that they give, else every one that its containers declare.
 * Source: the job kubernetes-pods of https://github.com/prometheus/prometheus/blob/main/documentation/examples/prometheus-kubernetes.yml
 */
export function scrapePorts(workload: Workload): Port[] {
  const port = scrapePort(workload.template)
  if (port !== undefined) return [tcp(port)]
  return asksForEveryPort(workload.template) ? declaredPorts(workload).map(tcp) : []
}

const declaredPorts = (workload: Workload): number[] => [
  ...new Set(
    servingContainers(workload)
      .flatMap(({ ports }) => ports ?? [])
      .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
      .map(({ containerPort }) => containerPort),
  ),
]

/** A placeholder stays what it is; the policy then cannot know the port. */
export const scrapeFindings = (
  subjects: readonly Subject[],
  isScraperKnown: boolean,
  sources: ReadonlyMap<KubernetesObject, string>,
): Finding[] =>
  subjects.flatMap(({ workload, injected }) => {
    if (!workload) return []
    const written = scrapePortAsWritten(workload.template)
    const asks = written !== undefined || asksForEveryPort(workload.template)
    if (asks && !isScraperKnown)
      return [findings['scraper-unknown']({ object: workload.object }, askedBy(sources.get(workload.object)))]
    if (injected || !asks || scrapePorts(workload).length > 0) return []
    const path = formatPath([...workload.template.path, 'metadata', 'annotations', SCRAPE_PORT])
    return [
      findings['scrape-port-unknown'](
        { object: workload.object, field: { path } },
        written === undefined ? 'no port' : 'a text',
      ),
    ]
  })

const askedBy = (source: string | undefined): string =>
  source === undefined ? 'annotations that ask for a scrape' : `${source}, which asks for a scrape`
