import { setExceptions } from '../lib/exception.ts'
import { error, type Finding, warning } from '../lib/finding.ts'
import { type Topology, topologyOf } from '../lib/flows/topology.ts'
import { isKind, type KubernetesObject } from '../lib/kubernetes/object.ts'
import type { Workload } from '../lib/kubernetes/workload.ts'
import { unusedOverrides } from '../lib/unused-overrides.ts'
import { labelNamespaces, withoutSidecar } from './ambient.ts'
import type { IstioHardeningSpec } from './config.ts'
import { setNdots } from './dns.ts'
import { excludeOutboundPorts } from './exclude-ports.ts'
import { injectSidecar, refuseMesh } from './injection.ts'
import { otherRevisions, selectedOtherwise } from './labels-in-the-way.ts'
import { type Member, membersOf, NAME } from './member.ts'
import { type Membership, membershipOf } from './membership.ts'
import { istioObjects } from './objects.ts'
import { pastTheProxy } from './past-the-proxy.ts'
import { addGenerated } from './place.ts'
import { annotateScrape, unusedScrapeForAll } from './scrape.ts'
import { allowAnyReasons } from './sidecar.ts'
import { trafficOf } from './traffic.ts'

/**
 * Every workload gets ndots and, where it tells a metrics port, the scrape annotations. Every workload of the mesh gets
 * its sidecar with resources, the ports that bypass it, and its own PeerAuthentication (STRICT), Telemetry and Sidecar
 * (REGISTRY_ONLY); Jobs and CronJobs the Sidecar alone. What these say of traffic follows from flows. Refused is what the
 * mesh would break: a flow that does not fit the build, plain text to a STRICT port, pods that no label tells apart.
 */
export function transform(objects: KubernetesObject[], spec: IstioHardeningSpec): Finding[] {
  const topology = topologyOf(objects)
  const traffic = trafficOf(objects, topology, spec.flows)
  const namespaces = new Map(
    objects.filter((object) => isKind(object, '', 'Namespace')).map(({ metadata }) => [metadata.name, metadata.labels]),
  )
  const memberships = new Map(
    topology.workloads.map((workload) => [
      workload.object,
      membershipOf(workload, namespaces.get(workload.namespace) ?? {}, spec),
    ]),
  )
  const isMember = ({ object }: Workload): boolean => memberships.get(object)?.isMember === true
  const members = membersOf(topology, isMember, traffic.of)
  const pods = [
    ...topology.workloads.flatMap((workload) => [...setNdots(workload, spec), ...annotateScrape(workload, spec)]),
    ...joinMesh(objects, topology, memberships, members, spec),
    ...topology.workloads.flatMap(selectedOtherwise),
  ]
  const running = members.filter(({ workload }) => !isKind(workload.object, '', 'PodTemplate'))
  const isSelectable = ({ selector }: Member): boolean => Object.keys(selector).length > 0
  const { runtimePods } = traffic
  const placed = istioObjects({ objects, topology, members: running.filter(isSelectable), isMember, runtimePods }, spec)
  return [
    ...unusedPolicy(topology, spec),
    ...traffic.findings,
    ...pods,
    ...running.filter((member) => !isSelectable(member)).map(unselectable),
    ...placed.findings,
    ...addGenerated(objects, placed.generated),
  ]
}

/** What is written on the workloads themselves, and on their namespaces in ambient mode. */
function joinMesh(
  objects: readonly KubernetesObject[],
  topology: Topology,
  memberships: ReadonlyMap<KubernetesObject, Membership>,
  members: readonly Member[],
  spec: IstioHardeningSpec,
): Finding[] {
  const findings = topology.workloads.flatMap((workload) => {
    const membership = memberships.get(workload.object)
    if (membership?.reason !== undefined) refuseMesh(workload, spec)
    const outbound = membership?.isMember && !spec.ambient ? allowAnyReasons(workload, spec) : []
    setExceptions(workload.object, NAME, [...(membership?.reason ? [membership.reason] : []), ...outbound])
    return membership?.findings ?? []
  })
  if (spec.ambient) return [...findings, ...labelNamespaces(objects, members), ...withoutSidecar(members, spec)]
  for (const { workload } of members) injectSidecar(workload, spec)
  return [
    ...findings,
    ...otherRevisions(objects, members, spec),
    ...members.flatMap((member) => [...pastTheProxy(member.workload), ...excludeOutboundPorts(member)]),
  ]
}

const unusedPolicy = ({ workloads }: Topology, spec: IstioHardeningSpec): Finding[] => [
  ...(['workloads', 'scrape', 'permissivePorts', 'outbound', 'hosts'] as const).flatMap((field) =>
    unusedOverrides(field, spec[field], workloads),
  ),
  ...unusedScrapeForAll(workloads, spec),
  ...(spec.flows ? workloads.filter(({ namespace }) => namespace === '').map(unnameable) : []),
]

/** The namespace is a part of every name in a flow. */
const unnameable = ({ object }: Workload): Finding =>
  warning('found no namespace, so that no flow can name it as caller or destination; expected metadata.namespace', {
    object,
  })

/** A policy that selects no label holds for the whole namespace. */
const unselectable = ({ workload }: Member): Finding =>
  error('found no label on its pods, expected one at least, since Istio objects select pods by labels', {
    object: workload.object,
  })
