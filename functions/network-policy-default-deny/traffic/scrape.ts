import type { Port } from '../../lib/flows/port.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { SCRAPE_PORT, scrapePort, scrapePortAsWritten } from '../../lib/kubernetes/scrape-annotations.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Subject } from '../subjects/subject.ts'

/** The port that a workload's annotations say is scraped. */
export function scrapePorts({ template }: Workload): Port[] {
  const port = scrapePort(template)
  return port === undefined ? [] : [{ protocol: 'TCP', port }]
}

/** A placeholder stays what it is; the policy then cannot know the port. */
export const scrapeFindings = (
  subjects: readonly Subject[],
  isScraperKnown: boolean,
  sources: ReadonlyMap<KubernetesObject, string>,
): Finding[] =>
  subjects.flatMap(({ workload, injected }) => {
    const asks = workload !== undefined && scrapePortAsWritten(workload.template) !== undefined
    if (asks && !isScraperKnown)
      return [findings['scraper-unknown']({ object: workload.object }, askedBy(sources.get(workload.object)))]
    const written = workload && !injected ? scrapePortAsWritten(workload.template) : undefined
    if (!workload || written === undefined || scrapePort(workload.template) !== undefined) return []
    const path = formatPath([...workload.template.path, 'metadata', 'annotations', SCRAPE_PORT])
    return [findings['scrape-port-unknown']({ object: workload.object, field: { path } }, 'a text')]
  })

const askedBy = (source: string | undefined): string =>
  source === undefined ? 'annotations that ask for a scrape' : `${source}, which asks for a scrape`
