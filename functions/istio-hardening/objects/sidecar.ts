import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import type { PolicyKind } from './policy-kind.ts'
import { ALLOW_ANY, completeSidecar, REGISTRY_ONLY, type WantedSidecar } from './sidecar-existing.ts'
import { type ExternalHost, hostsOf } from './sidecar-hosts.ts'

/**
 * A workload calls nothing but the hosts of its Sidecar: `outboundTrafficPolicy` REGISTRY_ONLY, one egress block with
 * captureMode DEFAULT. `outbound` may say ALLOW_ANY, with a reason that goes on the Sidecar and on the workload.
 */
export function sidecarFor(
  member: Member,
  spec: IstioHardeningSpec,
  externalHost: ExternalHost,
  topology: Topology,
): { wanted: WantedSidecar; findings: Finding[] } {
  const { workload } = member
  const mode = overrideFor(spec.outbound, workload)?.mode
  const hosts = hostsOf(member, spec, externalHost, topology)
  const open = allowAnyReasons(workload, spec)
  const extra = Object.entries(overrideFor(spec.hosts, workload) ?? {})
  const { object } = workload
  return {
    wanted: {
      member,
      hosts,
      named: mode,
      spec: { outboundTrafficPolicy: { mode: mode ?? REGISTRY_ONLY }, egress: [{ captureMode: 'DEFAULT', hosts }] },
      // A workload that may call anything needs no exception for one more host.
      reasons: open.length > 0 ? open : extra.map(([host, { reason }]) => `host ${host}: ${reason}`),
    },
    findings: [
      ...open.map((reason) => findings['allow-any']({ object }, reason)),
      ...extra.map(([host, { reason }]) => findings['extra-host']({ object }, host, reason)),
    ],
  }
}

/** The reason for ALLOW_ANY, where policy gives one. */
export function allowAnyReasons(workload: Workload, spec: IstioHardeningSpec): string[] {
  const outbound = overrideFor(spec.outbound, workload)
  return outbound?.mode === ALLOW_ANY && outbound.reason !== undefined ? [outbound.reason] : []
}

export const sidecar: PolicyKind<WantedSidecar> = {
  group: 'networking.istio.io',
  kind: 'Sidecar',
  apiVersion: 'networking.istio.io/v1',
  selector: ['spec', 'workloadSelector', 'labels'],
  complete: completeSidecar,
}
