import type { Topology } from '../../lib/flows/topology.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isBatch, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { Member } from '../mesh/member.ts'
import type { RuntimePods } from '../runtime-pods.ts'
import { authorizationPolicies } from './authorization-policy.ts'
import { type Placement, place } from './one-per-workload.ts'
import { peerAuthentication, peerAuthenticationFor } from './peer-authentication.ts'
import { permissivePortsOf } from './permissive-ports.ts'
import { serviceEntries } from './service-entry.ts'
import { sharedPorts } from './service-entry-ports.ts'
import { sidecar, sidecarFor } from './sidecar.ts'
import { telemetry, telemetryFor } from './telemetry.ts'

/** A build and its members, for which objects are made. */
export interface Mesh {
  objects: readonly KubernetesObject[]
  topology: Topology
  members: readonly Member[]
  isMember: (workload: Workload) => boolean
  runtimePods: readonly RuntimePods[]
}

/**
 * The Istio objects of every member. What ends by itself is not called and not observed for long: Jobs and CronJobs get
 * a Sidecar and no other. In ambient mode only what a node's proxy reads is made.
 */
export function istioObjects(mesh: Mesh, spec: IstioHardeningSpec): Placement {
  const standing = mesh.members.filter(({ workload }) => !isBatch(workload))
  const parts = [
    callees(mesh, standing, spec),
    ...(spec.ambient
      ? []
      : [
          place(
            telemetry,
            standing.map((member) => telemetryFor(member, spec.telemetry)),
            mesh.objects,
          ),
          callers(mesh, spec),
        ]),
  ]
  return {
    generated: parts.flatMap(({ generated }) => generated),
    findings: parts.flatMap(({ findings }) => findings),
  }
}

/** What pods take: PeerAuthentication, and AuthorizationPolicy where policy asks for it. */
function callees(
  { objects, topology, isMember, runtimePods }: Mesh,
  members: readonly Member[],
  spec: IstioHardeningSpec,
): Placement {
  const called = members.map((member) => ({ member, permissive: permissivePortsOf(member, spec, isMember) }))
  const placed = place(
    peerAuthentication,
    called.map((one) => peerAuthenticationFor(one.member, one.permissive)),
    objects,
  )
  const policies = authorizationPolicies(called, runtimePods, spec, topology)
  return {
    generated: [...placed.generated, ...policies.generated],
    findings: [...called.flatMap(({ permissive }) => permissive.findings), ...placed.findings, ...policies.findings],
  }
}

/** Where a member's pods may go: Sidecar, and a ServiceEntry for what is outside the cluster. */
function callers({ objects, members }: Mesh, spec: IstioHardeningSpec): Placement {
  const entries = serviceEntries(members, objects)
  const sidecars = members.map((member) => sidecarFor(member, spec, entries.hostOf))
  const placed = place(
    sidecar,
    sidecars.map(({ wanted }) => wanted),
    objects,
  )
  return {
    generated: [...placed.generated, ...entries.generated],
    findings: [...members.flatMap(sharedPorts), ...sidecars.flatMap(({ findings }) => findings), ...placed.findings],
  }
}
