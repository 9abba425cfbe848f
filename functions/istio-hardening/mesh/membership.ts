import { type Finding, info, warning } from '../../lib/framework/finding.ts'
import { DATAPLANE_MODE, INJECT, INJECTION, isInjected } from '../../lib/kubernetes/istio-labels.ts'
import { isHostNetwork, isWindows } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { type IstioHardeningSpec, isOn } from '../config.ts'

/** Does the workload belong to the mesh? Where not, the finding that says why. */
export interface Membership {
  isMember: boolean
  /** The reason of an exception that policy makes for it. */
  reason?: string
  findings: Finding[]
}

/**
 * Decides from what the object, its namespace and policy say; the same on what an earlier run has hardened. The labels are
 * those of the Namespace, as far as it stands in the build.
 */
export function membershipOf(workload: Workload, namespaceLabels: Labels, spec: IstioHardeningSpec): Membership {
  const { object, namespace } = workload
  if (isHostNetwork(workload))
    return outside(
      info(
        'its pods share the network of the node (hostNetwork), where no proxy can stand between: no sidecar and no Istio object for it',
        { object },
      ),
      ineffective(workload, spec),
    )
  if (isWindows(workload))
    return outside(
      info('its pods run on Windows, for which Istio has no proxy: no sidecar and no Istio object for it', { object }),
      ineffective(workload, spec),
    )
  if (isOn(spec.notInjected, namespace)) return outside(notInjected(workload), ineffective(workload, spec))
  const policy = overrideFor(spec.workloads, workload)
  if (policy?.inject === false)
    return {
      isMember: false,
      reason: policy.reason,
      findings: [info(`stays out of the mesh: ${policy.reason}`, { object }), ...ineffective(workload, spec)],
    }
  const refusal = namespaceRefusal(workload, namespaceLabels, spec) ?? ownRefusal(workload, spec)
  return refusal ? outside(refusal, ineffective(workload, spec)) : { isMember: true, findings: [] }
}

const outside = (why: Finding, others: Finding[]): Membership => ({ isMember: false, findings: [why, ...others] })

const notInjected = (workload: Workload): Finding => {
  const { object, namespace } = workload
  const stays = `namespace ${namespace} stays out of the mesh (notInjected)`
  return isInjected(workload)
    ? warning(
        `${stays}, but found ${INJECT}: "true" on its pods, which get a sidecar by it, and no Istio object; remove it`,
        { object },
      )
    : info(`${stays}: no sidecar and no Istio object for it`, { object })
}

/** Source: https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#controlling-the-injection-policy */
function namespaceRefusal(workload: Workload, labels: Labels, spec: IstioHardeningSpec): Finding | undefined {
  const [key, refusal] = spec.ambient ? [DATAPLANE_MODE, 'none'] : [INJECTION, 'disabled']
  if (labels[key] !== refusal) return undefined
  const { object, namespace } = workload
  return warning(
    `found ${key}: ${refusal} on its Namespace, which keeps its pods out of the mesh; expected none, or notInjected.${namespace}: true`,
    { object },
  )
}

/** A pod may refuse its sidecar by label, or by the annotation that Istio read before there was the label. */
function ownRefusal(workload: Workload, spec: IstioHardeningSpec): Finding | undefined {
  const [key, refusal] = spec.ambient ? [DATAPLANE_MODE, 'none'] : [INJECT, 'false']
  const found = workload.labels[key] ?? workload.template.metadata?.annotations?.[key]
  if (found !== refusal) return undefined
  return warning(
    `found ${key}: "${refusal}" on its pods, which keeps them out of the mesh; expected none, or workloads.${workload.name}.inject: false with a reason`,
    { object: workload.object },
  )
}

/** Policy for the mesh that names a workload outside of it hides a mistake. */
const ineffective = (workload: Workload, spec: IstioHardeningSpec): Finding[] =>
  (['permissivePorts', 'outbound', 'hosts'] as const)
    .filter((field) => overrideFor<unknown>(spec[field], workload) !== undefined)
    .map((field) =>
      warning(`found ${field}.${workload.name}, which has no effect on a workload outside the mesh; remove it`, {
        object: workload.object,
      }),
    )
