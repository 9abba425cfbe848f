import { isDeepStrictEqual } from 'node:util'
import { plan } from '../../functions/hardening/plan.ts'
import { checkFlows, PODS, type RuntimePods, UNCHECKED } from '../../functions/lib/flows/check-environment.ts'
import { type FlowsSpec, flowsSchema } from '../../functions/lib/flows/schema.ts'
import { parseConfig } from '../../functions/lib/framework/config.ts'
import { error, type Finding, warning } from '../../functions/lib/framework/finding.ts'
import type { Step } from '../../functions/lib/framework/function.ts'
import { isFields, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { NetworkPolicyDefaultDenySpec } from '../../functions/network-policy-default-deny/config.ts'
import type { HardenedStack } from './policies.ts'
import type { StackFinding } from './verify.ts'

/** The flows of all policies of an environment, and the run-time pods that they declare beside them. */
export interface Declared {
  flows: FlowsSpec
  runtimePods: RuntimePods[]
  findings: StackFinding[]
}

/** What all policies of an environment declare; a flow that two of them write differently is a finding. */
export function flowsOf(stacks: readonly HardenedStack[]): Declared {
  const flows: FlowsSpec = {}
  const runtimePods: RuntimePods[] = []
  const writtenBy = new Map<string, string>()
  const findings: StackFinding[] = []
  for (const { folder, policies } of stacks)
    for (const policy of policies) {
      // Refuses a policy that does not fit its schema, with the message that a build would give.
      runtimePods.push(...plan(policy).flatMap(runtimePodsOf))
      if (!isFields(policy.spec) || policy.spec.flows === undefined) continue
      const where = `${folder}: ${policy.kind}: spec.flows`
      for (const [key, flow] of Object.entries(parseConfig(flowsSchema, policy.spec.flows, where))) {
        const other = writtenBy.get(key)
        if (other !== undefined && !isDeepStrictEqual(flows[key], flow))
          findings.push({
            stack: folder,
            source: 'check',
            finding: error(
              `flow ${key} is written in two ways, here and for ${other}; expected it once, in the policy that all stacks share`,
              { object: policy },
            ),
          })
        flows[key] = flow
        writtenBy.set(key, other ?? folder)
      }
    }
  return { flows, runtimePods, findings }
}

function runtimePodsOf({ function: { kind }, spec }: Step): RuntimePods[] {
  if (kind !== 'NetworkPolicyDefaultDeny') return []
  return Object.entries((spec as NetworkPolicyDefaultDenySpec).runtimePods).flatMap(([place, { labels }]) =>
    labels ? [{ namespace: place.slice(0, place.indexOf('/')), labels }] : [],
  )
}

/** What is known of an environment that its stacks do not say. */
export interface Surroundings {
  /** There is nothing outside: what could not be checked is an error. */
  complete: boolean
  /** Pods outside, as `namespace`, `namespace/app` or `namespace/app/component`. */
  elsewhere: readonly string[]
}

/** Holds flows against an environment and what is known to be outside of it. */
export function checkEnvironment(
  objects: readonly KubernetesObject[],
  { flows, runtimePods }: Declared,
  { complete, elsewhere }: Surroundings,
): Finding[] {
  const met = new Set<string>()
  const isElsewhere = ({ tags }: Finding): boolean => {
    const pods = `${tags?.[PODS]}/`
    const entry = tags?.[PODS] === undefined ? undefined : elsewhere.find((outside) => pods.startsWith(`${outside}/`))
    if (entry !== undefined) met.add(entry)
    return entry !== undefined
  }
  const findings = checkFlows(objects, flows, runtimePods)
    .filter((finding) => !isElsewhere(finding))
    .map((finding): Finding => {
      const isMissing = complete && finding.tags?.[UNCHECKED] !== undefined
      return isMissing ? { ...finding, severity: 'error' } : finding
    })
  const unmet = elsewhere.filter((entry) => !met.has(entry))
  return [...findings, ...unmet.map((entry) => warning(`--elsewhere ${entry}: no flow needs it`))]
}
