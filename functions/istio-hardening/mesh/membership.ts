import type { Finding } from '../../lib/framework/finding.ts'
import { asksForSidecar, DATAPLANE_MODE, INJECT, INJECTION } from '../../lib/kubernetes/istio.ts'
import { isHostNetwork, isWindows } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { type IstioHardeningSpec, isOn } from '../config.ts'
import { findings } from '../findings/index.ts'

/** Does the workload belong to the mesh? If not, a finding says why. */
export interface Membership {
  isMember: boolean
  /** The reason of an exception that policy makes for it. */
  reason?: string
  findings: Finding[]
}

/**
 * The object, its namespace and the policy decide. The answer is the same for the output of an earlier run.
 * `namespaceLabels` are the labels of the Namespace, and empty if it is not in the build.
 */
export function membershipOf(workload: Workload, namespaceLabels: Labels, spec: IstioHardeningSpec): Membership {
  const { object, namespace } = workload
  const outside = (why: Finding, reason?: string): Membership => ({
    isMember: false,
    ...(reason !== undefined && { reason }),
    findings: [why, ...ineffective(workload, spec)],
  })
  if (isHostNetwork(workload)) return outside(findings['host-network']({ object }))
  if (isWindows(workload)) return outside(findings.windows({ object }))
  if (isOn(spec.notInjected, namespace)) return outside(notInjected(workload))
  const policy = overrideFor(spec.workloads, workload)
  if (policy?.inject === false) {
    const reason = policy.reason ?? ''
    return outside(findings['kept-out']({ object }, reason), reason)
  }
  const refusal = namespaceRefusal(workload, namespaceLabels, spec) ?? ownRefusal(workload, spec)
  return refusal ? outside(refusal) : { isMember: true, findings: [] }
}

const notInjected = (workload: Workload): Finding => {
  const { object, namespace } = workload
  return asksForSidecar(workload)
    ? findings['injected-outside']({ object }, namespace)
    : findings['namespace-not-injected']({ object }, namespace)
}

/** Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy */
function namespaceRefusal(workload: Workload, labels: Labels, spec: IstioHardeningSpec): Finding | undefined {
  const [key, refusal] = spec.ambient ? [DATAPLANE_MODE, 'none'] : [INJECTION, 'disabled']
  if (labels[key] !== refusal) return undefined
  const { object, namespace } = workload
  return findings['namespace-refuses-mesh']({ object }, `${key}: ${refusal}`, namespace)
}

/** A pod may refuse its sidecar by label, or by the annotation that Istio read before the label existed. */
function ownRefusal(workload: Workload, spec: IstioHardeningSpec): Finding | undefined {
  const { object, name, labels, template } = workload
  const [key, refusal] = spec.ambient ? [DATAPLANE_MODE, 'none'] : [INJECT, 'false']
  const found = labels[key] ?? template.metadata?.annotations?.[key]
  return found === refusal ? findings['pods-refuse-mesh']({ object }, `${key}: "${refusal}"`, name) : undefined
}

/** A mesh setting for a workload outside the mesh is a mistake. */
const ineffective = (workload: Workload, spec: IstioHardeningSpec): Finding[] =>
  (['permissivePorts', 'outbound', 'hosts'] as const)
    .filter((field) => overrideFor<unknown>(spec[field], workload) !== undefined)
    .map((field) => findings['ineffective-outside-mesh']({ object: workload.object }, `${field}.${workload.name}`))
