import { findings as flowFindings } from '../../lib/flows/findings.ts'
import { about } from '../../lib/flows/flow.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { bySameCallers, MANY_PAIRS } from '../../lib/flows/together.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { Member } from '../mesh/member.ts'
import { sourcesOf } from './admissions.ts'
import { hostsTogether } from './sidecar-hosts.ts'

/** Flows for which each of many Sidecars lists each of many Services. */
export function manyHosts(members: readonly Member[], spec: IstioHardeningSpec, topology: Topology): Finding[] {
  const flows = unique(members.flatMap(({ traffic }) => traffic.outbound)).filter(({ flow }) => !flow.plain)
  return bySameCallers(flows).flatMap((those) => {
    const [callers, callees] = [those[0]?.callers.length ?? 0, those.flatMap((one) => one.callees).length]
    if (callers * callees <= MANY_PAIRS) return []
    const hosts = hostsTogether(those, spec, topology)
    return finding(those, callers, hosts.length, 'Services, which are not all of their namespace', HOSTS)
  })
}

const HOSTS = 'in the Sidecar of each caller'

/** Flows for which each of many AuthorizationPolicies lists each of many service accounts. */
export function manyPrincipals(members: readonly Member[], spec: IstioHardeningSpec, topology: Topology): Finding[] {
  if (spec.authorization !== 'flows') return []
  const flows = unique(members.flatMap(({ traffic }) => traffic.inbound.map(({ resolved }) => resolved)))
  return bySameCallers(flows).flatMap((those) => {
    const callees = new Set(those.flatMap((one) => one.callees).map(({ workload }) => workload)).size
    const peers = those[0]?.peers ?? []
    if (peers === 'any' || callees * (those[0]?.callers.length ?? 0) <= MANY_PAIRS) return []
    const sources = peers.flatMap((peer) => sourcesOf(peer, spec, topology))
    return finding(those, sources.length, callees, 'callees', PRINCIPALS)
  })
}

const PRINCIPALS =
  'in the AuthorizationPolicy of each callee, because the callers are not all workloads of their namespace'

const unique = (flows: readonly ResolvedFlow[]): ResolvedFlow[] => [...new Set(flows)]

const finding = (
  [first]: readonly ResolvedFlow[],
  callers: number,
  callees: number,
  what: string,
  where: string,
): Finding[] =>
  first && callers * callees > MANY_PAIRS
    ? [flowFindings['many-pairs'](about(first.flow), first.flow.key, callers, callees, what, where)]
    : []
