import { isDeepStrictEqual } from 'node:util'
import { plan } from '../../functions/hardening/plan.ts'
import { declaredBy } from '../../functions/hardening/shared-fields.ts'
import type { LabelledPods } from '../../functions/lib/flows/check-environment.ts'
import { type ElsewhereSpec, elsewhereSchema } from '../../functions/lib/flows/elsewhere.ts'
import { type FlowsSpec, flowsSchema } from '../../functions/lib/flows/schema.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import type { Step } from '../../functions/lib/framework/function.ts'
import type { NetworkPolicyDefaultDenySpec } from '../../functions/network-policy-default-deny/config.ts'
import { environment } from '../findings.ts'
import type { HardenedStack } from './policies.ts'
import type { StackFinding } from './verify.ts'

/** What all policies of an environment declare about traffic. */
export interface Declared {
  flows: FlowsSpec
  runtimePods: LabelledPods[]
  elsewhere: ElsewhereSpec
  findings: StackFinding[]
}

/** What all policies of an environment declare; a flow that two of them write differently is a finding. */
export function flowsOf(stacks: readonly HardenedStack[]): Declared {
  const flows: FlowsSpec = {}
  const runtimePods: LabelledPods[] = []
  const elsewhere: ElsewhereSpec = {}
  const writtenBy = new Map<string, string>()
  const findings: StackFinding[] = []
  for (const { folder, policies } of stacks)
    for (const policy of policies) {
      // Refuses a policy that does not fit its schema, with the message that a build would give.
      runtimePods.push(...plan(policy).flatMap(runtimePodsOf))
      const declared = declaredBy(policy)
      const where = `${folder}: ${policy.kind}: spec`
      Object.assign(elsewhere, parseConfig(elsewhereSchema, declared.elsewhere ?? {}, `${where}.elsewhere`))
      for (const [key, flow] of Object.entries(parseConfig(flowsSchema, declared.flows ?? {}, `${where}.flows`))) {
        const other = writtenBy.get(key)
        if (other !== undefined && !isDeepStrictEqual(flows[key], flow))
          findings.push({
            stack: folder,
            source: 'check',
            finding: environment['flow-written-twice']({ object: policy }, key, other),
          })
        flows[key] = flow
        writtenBy.set(key, other ?? folder)
      }
    }
  return { flows, runtimePods, elsewhere, findings }
}

function runtimePodsOf({ function: { kind }, spec }: Step): LabelledPods[] {
  if (kind !== 'NetworkPolicyDefaultDeny') return []
  return Object.entries((spec as NetworkPolicyDefaultDenySpec).runtimePods).flatMap(([place, { labels }]) =>
    labels ? [{ namespace: place.slice(0, place.indexOf('/')), labels }] : [],
  )
}
