import type { Caller } from '../../lib/flows/flow.ts'
import type { Port } from '../../lib/flows/port.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { identity } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'
import { scrapersOf } from '../traffic/derived.ts'

/** Monitors of the build that no known Prometheus reads, where no flow from another build may be the scrape. */
export function monitorsWithoutScraper(build: Build): Finding[] {
  if (!build.spec.directions.includes('Ingress')) return []
  const served = new Set(
    build.flows
      .filter(({ flow }) => flow.callers.some((caller) => isElsewhere(caller, build)))
      .flatMap(({ callees }) => callees.map((callee) => placeOf(callee.namespace, callee.name, callee.port))),
  )
  const open = build.scrapes.filter((scrape) => {
    const { namespace, name } = scrape.workload ?? scrape.pods
    const subject = scrape.workload ? build.subjectOf(scrape.workload) : build.madeSubject(scrape.pods)
    return subject && scrapersOf(scrape, build).length === 0 && !served.has(placeOf(namespace, name, scrape.port))
  })
  return [...groupBy(open, ({ monitor }) => identity(monitor)).values()].flatMap((those) => {
    const targets = those.map(({ workload, pods, port }) => {
      const { namespace, name } = workload ?? pods
      return `${namespace}/${name}:${port.port}`
    })
    const [first] = those
    return first ? [findings['monitor-without-scraper']({ object: first.monitor }, [...new Set(targets)])] : []
  })
}

const placeOf = (namespace: string, name: string, { port }: Port): string => `${namespace}/${name}:${port}`

const isElsewhere = (caller: Caller, { topology }: Build): boolean =>
  caller.type === 'any' ||
  (caller.type === 'pods' && topology.workloadsWith(caller.namespace, caller.labels ?? {}).length === 0)
