import { findings as flowFindings } from '../../lib/flows/findings.ts'
import { about } from '../../lib/flows/flow.ts'
import { bySameCallers, MANY_PAIRS } from '../../lib/flows/together.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { Build } from '../subjects/build.ts'
import { destinationsOf } from '../traffic/egress.ts'

/** Flows for which the policy of each of many callers names each of many callees, because no labels select these together. */
export const manyPairs = (build: Build): Finding[] =>
  bySameCallers(build.flows).flatMap((flows) => {
    const [first] = flows
    const callers = first?.callers.length ?? 0
    if (!first || callers * flows.flatMap(({ callees }) => callees).length <= MANY_PAIRS) return []
    const callees = destinationsOf(flows, build).length
    if (callers * callees <= MANY_PAIRS) return []
    return [flowFindings['many-pairs'](about(first.flow), first.flow.key, callers, callees, WHAT, WHERE)]
  })

const WHAT = 'callees, which no labels select without other pods'
const WHERE = 'in the network policy of each caller'
