import type { Callee } from '../../functions/lib/flows/callee.ts'
import { about, type Flow } from '../../functions/lib/flows/flow.ts'
import { isEveryPort, numberOf } from '../../functions/lib/flows/port.ts'
import type { ResolvedFlow } from '../../functions/lib/flows/resolve.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'
import { HBONE } from '../../functions/lib/kubernetes/istio.ts'
import { describe } from '../../functions/lib/kubernetes/objects.ts'
import { isHostNetwork } from '../../functions/lib/kubernetes/pod-traits.ts'
import { selects } from '../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'
import { environment as findings } from '../findings.ts'
import { admits } from './admits.ts'
import type { Direction, Restrictions } from './restrictions.ts'

/**
 * Flows that one of their ends does not admit. Each build writes its own end: one that lacks the callee takes the port as
 * the flow gives it, and policies see the port of the pods.
 */
export const blockedFlows = (flows: readonly ResolvedFlow[], restrictions: Restrictions): Finding[] =>
  flows.flatMap(({ flow, callees, callers }) =>
    callees
      .filter(({ port }) => !isEveryPort(port))
      .flatMap((callee) =>
        callers.flatMap((caller) => {
          const { workload } = callee
          if (!workload || workload === caller || isHostNetwork(workload) || isHostNetwork(caller)) return []
          if (!isAdmitted(caller, 'egress', workload, callee, restrictions))
            return [blocked(flow, caller, callee, 'egress')]
          if (!isAdmitted(workload, 'ingress', caller, callee, restrictions))
            return [blocked(flow, workload, callee, 'ingress')]
          return []
        }),
      ),
  )

function isAdmitted(
  own: Workload,
  direction: Direction,
  other: Workload,
  { workload, port }: Callee,
  restrictions: Restrictions,
): boolean {
  const rules = restrictions.rulesFor(own, direction)
  if (!rules || !workload) return true
  const target = { workload, port: numberOf(port), protocol: port.protocol }
  return rules.some(
    (rule) =>
      (admits(rule, target) || (rule.ports !== undefined && admits(rule, { ...target, port: HBONE }))) &&
      (rule.peers?.some(({ labels, cidr }) => cidr === undefined && selects(labels ?? {}, other.labels)) ?? true),
  )
}

function blocked(flow: Flow, own: Workload, { workload, port }: Callee, direction: Direction): Finding {
  const { destination } = flow
  const place = destination.type === 'workload' ? `${destination.namespace}/${destination.name}` : ''
  const key = `${place}:${port.port}`
  const callee = workload ? describe(workload.object) : place
  return findings['blocked-flow'](
    { ...about(flow), object: own.object },
    flow.key,
    direction,
    String(port.port),
    callee,
    key,
  )
}
