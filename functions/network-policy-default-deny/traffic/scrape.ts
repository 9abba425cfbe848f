import type { Port } from '../../lib/flows/port.ts'
import { type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { Subject } from '../subjects/subject.ts'

const SCRAPE = 'prometheus.io/scrape'
const PORT = 'prometheus.io/port'

const written = (workload: Workload): string | undefined => {
  const annotations = workload.template.metadata?.annotations ?? {}
  return annotations[SCRAPE] === 'true' ? annotations[PORT] : undefined
}

/** The port that a workload's annotations say is scraped. */
export function scrapePorts(workload: Workload): Port[] {
  const port = Number(written(workload))
  return Number.isInteger(port) && port > 0 && port <= 65535 ? [{ protocol: 'TCP', port }] : []
}

/** A placeholder stays what it is; the policy then cannot know the port. */
export const scrapeFindings = (subjects: readonly Subject[]): Finding[] =>
  subjects.flatMap(({ workload, injected }) => {
    const port = workload && !injected ? written(workload) : undefined
    if (!workload || port === undefined || scrapePorts(workload).length > 0) return []
    const path = formatPath([...workload.template.path, 'metadata', 'annotations', PORT])
    return [
      warning(`found ${JSON.stringify(port)}, expected a port number; the scraper is not admitted to it`, {
        object: workload.object,
        field: { path, currentValue: port },
      }),
    ]
  })
