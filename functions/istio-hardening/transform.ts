// Every workload gets, where policy or the manifest says so:
//   pod template        dnsConfig option ndots; the four annotations prometheus.io/{scrape,port,path,scheme}
// Every workload of the mesh gets as well:
//   pod template        label sidecar.istio.io/inject "true", annotations sidecar.istio.io/proxy{CPU,Memory}[Limit];
//                       traffic.sidecar.istio.io/excludeOutboundPorts with the ports of its plain flows
//   PeerAuthentication  STRICT, PERMISSIVE on ports where plain text arrives by intent
//   Telemetry           traces, metrics, access log
//   Sidecar             REGISTRY_ONLY with the hosts of its flows; a ServiceEntry for every host outside the cluster
//   AuthorizationPolicy ALLOW for the callers of its flows, if authorization is flows
// Jobs and CronJobs get the Sidecar alone; an ambient mesh gets a label on the Namespace in place of what is on pods.
//
// Refused, because the mesh would break it: a flow that does not fit the build, plain text from a known caller to a STRICT
// port, pods that no label tells apart, and a hand-written object under the name of a generated one.
import { parseFlows } from '../lib/flows/flow.ts'
import type { Topology } from '../lib/flows/topology.ts'
import { setExceptions } from '../lib/framework/exceptions.ts'
import type { Finding } from '../lib/framework/finding.ts'
import type { Shared } from '../lib/framework/shared.ts'
import { unknownKeys, workloadNames } from '../lib/framework/unknown-keys.ts'
import { isKind, type KubernetesObject } from '../lib/kubernetes/objects.ts'
import { isBatch, runsPods, type Workload } from '../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from './config.ts'
import { findings } from './findings/index.ts'
import { labelNamespaces, withoutSidecar } from './mesh/ambient.ts'
import { otherRevisions, selectedOtherwise } from './mesh/conflicting-labels.ts'
import { type Member, membersOf } from './mesh/member.ts'
import { type Membership, membershipOf } from './mesh/membership.ts'
import { trafficByWorkload } from './mesh/traffic.ts'
import { addGenerated, istioObjects } from './objects/objects.ts'
import { allowAnyReasons } from './objects/sidecar.ts'
import { excludeOutboundPorts } from './pods/exclude-outbound-ports.ts'
import { injectSidecar, needsNativeSidecar, refuseMesh } from './pods/injection.ts'
import { setNdots } from './pods/ndots.ts'
import { pastTheProxy } from './pods/proxy-bypass.ts'
import { annotateScrape, unusedScrapeForAll } from './pods/scrape-annotations.ts'

export function transform(
  objects: KubernetesObject[],
  spec: IstioHardeningSpec,
  name: string,
  shared: Shared,
): Finding[] {
  const traffic = trafficByWorkload(objects, spec, shared)
  const { topology } = traffic
  const memberships = membershipsOf(objects, topology, spec)
  const isMember = ({ object }: Workload): boolean => memberships.get(object)?.isMember === true
  const members = membersOf(topology, isMember, traffic.of)
  const pods = [
    ...topology.workloads.flatMap((workload) => [
      ...setNdots(workload, spec),
      ...annotateScrape(workload, spec, topology, shared),
    ]),
    ...joinMesh(objects, topology, memberships, members, spec, name),
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
    ...running
      .filter((member) => !isSelectable(member))
      .map(({ workload: { object } }) => findings['no-pod-labels']({ object })),
    ...placed.findings,
    ...addGenerated(objects, placed.generated),
  ]
}

function membershipsOf(
  objects: readonly KubernetesObject[],
  { workloads }: Topology,
  spec: IstioHardeningSpec,
): ReadonlyMap<KubernetesObject, Membership> {
  const labelsOf = new Map(
    objects.filter((object) => isKind(object, '', 'Namespace')).map(({ metadata }) => [metadata.name, metadata.labels]),
  )
  return new Map(
    workloads.map((workload) => [
      workload.object,
      membershipOf(workload, labelsOf.get(workload.namespace) ?? {}, spec),
    ]),
  )
}

/** What is written on the workloads themselves, and on their namespaces in ambient mode. */
function joinMesh(
  objects: readonly KubernetesObject[],
  topology: Topology,
  memberships: ReadonlyMap<KubernetesObject, Membership>,
  members: readonly Member[],
  spec: IstioHardeningSpec,
  name: string,
): Finding[] {
  const found = topology.workloads.flatMap((workload) => {
    const membership = memberships.get(workload.object)
    if (membership?.reason !== undefined) refuseMesh(workload, spec)
    const outbound = membership?.isMember && !spec.ambient ? allowAnyReasons(workload, spec) : []
    setExceptions(workload.object, name, [...(membership?.reason ? [membership.reason] : []), ...outbound])
    return membership?.findings ?? []
  })
  if (spec.ambient) return [...found, ...labelNamespaces(objects, members), ...withoutSidecar(members, spec)]
  for (const { workload } of members) injectSidecar(workload, spec)
  return [
    ...found,
    ...otherRevisions(objects, members, spec),
    ...members.flatMap((member) => [...pastTheProxy(member.workload), ...excludeOutboundPorts(member)]),
    ...members
      .filter(({ workload }) => isBatch(workload) && needsNativeSidecar(workload))
      .map(({ workload: { object } }) => findings['native-sidecar']({ object })),
  ]
}

const BY_WORKLOAD = ['workloads', 'scrape', 'permissivePorts', 'outbound', 'hosts'] as const

function unusedPolicy(topology: Topology, spec: IstioHardeningSpec): Finding[] {
  const { workloads } = topology
  const names = [...workloadNames(workloads), '*']
  return [
    ...BY_WORKLOAD.flatMap((field) =>
      unknownKeys(findings['unknown-key'], field, spec[field], { what: 'workload', names }),
    ),
    ...unknownKeys(findings['unknown-key'], 'serviceEntries', spec.serviceEntries, {
      what: 'host of a flow',
      names: parseFlows(spec.flows).flatMap(({ destination }) =>
        destination.type === 'external' ? [destination.host] : [],
      ),
    }),
    ...unusedScrapeForAll(topology, spec),
    ...(spec.flows
      ? workloads.filter(({ namespace }) => namespace === '').map(({ object }) => findings['no-namespace']({ object }))
      : []),
  ]
}
