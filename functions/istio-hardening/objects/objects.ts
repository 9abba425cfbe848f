import { readGateways } from '../../lib/flows/gateways.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { replaceGenerated } from '../../lib/framework/generated-objects.ts'
import type { KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isBatch, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import { mtlsOf, telemetryOf } from '../mesh/settings.ts'
import type { CalledRuntimePods } from '../mesh/traffic.ts'
import { NAME } from '../name.ts'
import { authorizationPolicies } from './authorization-policy.ts'
import { gatewaysOutside } from './callers-from-outside.ts'
import { manyHosts, manyPrincipals } from './many-pairs.ts'
import { adoptOrGenerate } from './one-per-workload.ts'
import { peerAuthentication, peerAuthenticationFor } from './peer-authentication.ts'
import { permissivePortsOf } from './permissive-ports.ts'
import { joined, type Placement } from './policy-kind.ts'
import { selectingNothing } from './selects-nothing.ts'
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
  runtimePods: readonly CalledRuntimePods[]
}

/**
 * The Istio objects of a build, one row for each part: which members it is made for, and in which data plane. Jobs and
 * CronJobs run to completion, are called by nobody and get a Sidecar alone. In ambient mode only what the proxy of a node
 * reads is made.
 */
const PARTS: readonly { of: 'serving' | 'all'; ambient: boolean; place: Part }[] = [
  { of: 'serving', ambient: true, place: inbound },
  { of: 'serving', ambient: false, place: observed },
  { of: 'all', ambient: false, place: outbound },
]
type Part = (mesh: Mesh, spec: IstioHardeningSpec) => Placement

/** The kinds that they make, by group: existing ones are read, and those of an earlier run are replaced. */
export const GENERATED_KINDS = [
  ['security.istio.io', 'PeerAuthentication'],
  ['security.istio.io', 'AuthorizationPolicy'],
  ['telemetry.istio.io', 'Telemetry'],
  ['networking.istio.io', 'Sidecar'],
  ['networking.istio.io', 'ServiceEntry'],
] as const

export function istioObjects(mesh: Mesh, spec: IstioHardeningSpec): Placement {
  const serving = { ...mesh, members: mesh.members.filter(({ workload }) => !isBatch(workload)) }
  return joined([
    ...PARTS.filter(({ ambient }) => ambient || !spec.ambient).map((part) =>
      part.place(part.of === 'all' ? mesh : serving, spec),
    ),
    { generated: [], findings: selectingNothing(mesh.objects, mesh.topology, mesh.runtimePods) },
  ])
}

/**
 * Adds the generated objects to the build. A hand-written object of the same name is an error, and is never overwritten.
 */
export function addGenerated(objects: KubernetesObject[], generated: readonly KubernetesObject[]): Finding[] {
  const types = GENERATED_KINDS.map(([group, kind]) => `${group}/${kind}`)
  return replaceGenerated(objects, { name: NAME, types }, generated, (object) => [findings['name-taken']({ object })])
}

/** What pods accept: PeerAuthentication, and AuthorizationPolicy where the policy asks for it. */
function inbound({ objects, topology, members, isMember, runtimePods }: Mesh, spec: IstioHardeningSpec): Placement {
  const gateways = readGateways(objects, topology, spec.gateways)
  const isOutside = gatewaysOutside(objects, gateways)
  const called = members.map((member) => ({
    member,
    permissive: permissivePortsOf(member, spec, topology, { isMember, isOutside }),
  }))
  const authentications = called.map(({ member, permissive }) =>
    peerAuthenticationFor(member, permissive, mtlsOf(member.workload, spec)),
  )
  return joined([
    {
      generated: [],
      findings: [
        ...called.flatMap(({ permissive }) => permissive.findings),
        ...manyPrincipals(members, spec, topology),
      ],
    },
    adoptOrGenerate(peerAuthentication, authentications, objects),
    authorizationPolicies(called, runtimePods, spec, topology, gateways),
  ])
}

/** What is observed of pods: Telemetry. */
function observed({ objects, members }: Mesh, spec: IstioHardeningSpec): Placement {
  const wanted = members.map((member) => telemetryFor(member, telemetryOf(member.workload, spec)))
  return adoptOrGenerate(telemetry, wanted, objects)
}

/** Where pods may go: Sidecar, and a ServiceEntry for every host outside the cluster. */
function outbound({ objects, topology, members }: Mesh, spec: IstioHardeningSpec): Placement {
  const entries = serviceEntries(members, objects, spec.serviceEntries)
  const sidecars = members.map((member) => sidecarFor(member, spec, entries.hostOf, topology))
  const placed = adoptOrGenerate(
    sidecar,
    sidecars.map(({ wanted }) => wanted),
    objects,
  )
  return {
    generated: [...placed.generated, ...entries.generated],
    findings: [
      ...members.flatMap(sharedPorts),
      ...manyHosts(members, spec, topology),
      ...sidecars.flatMap(({ findings }) => findings),
      ...placed.findings,
    ],
  }
}
