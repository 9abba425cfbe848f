import type { Topology } from '../lib/flows/topology.ts'
import { setExceptions } from '../lib/framework/exceptions.ts'
import { error, type Finding, warning } from '../lib/framework/finding.ts'
import type { Shared } from '../lib/framework/shared.ts'
import { unusedOverrides } from '../lib/framework/unknown-keys.ts'
import { isKind, type KubernetesObject } from '../lib/kubernetes/objects.ts'
import { runsPods, type Workload } from '../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from './config.ts'
import { labelNamespaces, withoutSidecar } from './mesh/ambient.ts'
import { otherRevisions, selectedOtherwise } from './mesh/conflicting-labels.ts'
import { type Member, membersOf, NAME } from './mesh/member.ts'
import { type Membership, membershipOf } from './mesh/membership.ts'
import { trafficByWorkload } from './mesh/traffic.ts'
import { istioObjects } from './objects/objects.ts'
import { addGenerated } from './objects/one-per-workload.ts'
import { allowAnyReasons } from './objects/sidecar.ts'
import { excludeOutboundPorts } from './pods/exclude-outbound-ports.ts'
import { injectSidecar, refuseMesh } from './pods/injection.ts'
import { setNdots } from './pods/ndots.ts'
import { pastTheProxy } from './pods/proxy-bypass.ts'
import { annotateScrape, unusedScrapeForAll } from './pods/scrape-annotations.ts'

/**
 * Every workload gets ndots and, where it tells a metrics port, the scrape annotations. Every workload of the mesh gets
 * its sidecar with resources, the ports that bypass it, and its own PeerAuthentication (STRICT), Telemetry and Sidecar
 * (REGISTRY_ONLY); Jobs and CronJobs the Sidecar alone. What these say of traffic follows from flows. Refused is what the
 * mesh would break: a flow that does not fit the build, plain text to a STRICT port, pods that no label tells apart.
 */
export function transform(
  objects: KubernetesObject[],
  spec: IstioHardeningSpec,
  _name: string,
  shared: Shared,
): Finding[] {
  const traffic = trafficByWorkload(objects, spec, shared)
  const { topology } = traffic
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
  const running = members.filter(({ workload }) => runsPods(workload))
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
