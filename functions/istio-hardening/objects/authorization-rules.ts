import type { BackendCall } from '../../lib/flows/backends.ts'
import { parentGateways } from '../../lib/flows/backends.ts'
import type { Peer } from '../../lib/flows/resolve.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import type { Fields } from '../../lib/kubernetes/objects.ts'
import { serviceAccountOf } from '../../lib/kubernetes/pod-traits.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { type IstioHardeningSpec, switchedOn } from '../config.ts'
import type { WorkloadTraffic } from '../mesh/traffic.ts'

/** What arrives at pods. */
export interface Arrivals {
  inbound: WorkloadTraffic['inbound']
  backends: readonly BackendCall[]
  /** Ports that take plain text. */
  permissivePorts: ReadonlySet<number>
  /** The port that the scraper dials; undefined where it dials none, or a sidecar that answers for the pod. */
  scrapePort: number | undefined
}

/** Who may call a port: anyone, or those of these identities. */
interface Admission {
  port: number
  from: 'any' | { principals: string[]; namespaces: string[] }
}

/**
 * The rules that admit what arrives, one for each set of callers: those of the build by their service account, others by
 * their namespace, which is all that is known of them here. Plain text and the API server bring no identity, so their
 * ports admit anyone; network policy holds them. undefined where nothing arrives.
 */
export function allowRules(arrivals: Arrivals, spec: IstioHardeningSpec, topology: Topology): Fields[] | undefined {
  const admissions = admissionsOf(arrivals, spec, topology)
  if (admissions.length === 0) return undefined
  return [...groupBy(admissions.filter(isSomeone), ({ from }) => JSON.stringify(from)).values()].map(ruleOf)
}

/** A rule without sources would admit everyone, where policy switches off the only ones there are. */
const isSomeone = ({ from }: Admission): boolean =>
  from === 'any' || from.principals.length + from.namespaces.length > 0

function admissionsOf(
  { inbound, backends, permissivePorts, scrapePort }: Arrivals,
  spec: IstioHardeningSpec,
  topology: Topology,
): Admission[] {
  const identities = [
    ...inbound.map(({ resolved: { peers }, callee }) => ({
      port: Number(callee.port),
      from: peers === 'any' ? ('any' as const) : peers.flatMap((peer) => identitiesOf(peer, topology)),
    })),
    ...backends.map((call) => ({ port: call.port, from: inNamespaces(gatewaysOf(call, spec)) })),
    ...[...permissivePorts].map((port) => ({ port, from: 'any' as const })),
    ...(scrapePort === undefined ? [] : [{ port: scrapePort, from: inNamespaces(switchedOn(spec.scraperNamespaces)) }]),
  ]
  return [...groupBy(identities, ({ port }) => String(port))]
    .map(([port, those]) => ({ port: Number(port), from: union(those.map(({ from }) => from)) }))
    .toSorted((a, b) => a.port - b.port)
}

type Identity = { principal: string } | { namespace: string }

const inNamespaces = (namespaces: readonly string[]): Identity[] => namespaces.map((namespace) => ({ namespace }))

/** The pods of a Gateway run in its namespace; those of VirtualServices and Ingresses where policy says. */
const gatewaysOf = ({ route, source }: BackendCall, { gatewayNamespaces }: IstioHardeningSpec): string[] => [
  ...switchedOn(gatewayNamespaces),
  ...(route === 'gatewayApi' ? parentGateways(source).map(({ namespace }) => namespace) : []),
]

function union(sources: readonly ('any' | readonly Identity[])[]): Admission['from'] {
  const identities = sources.flatMap((source) => (source === 'any' ? [] : source))
  if (sources.includes('any')) return 'any'
  const namespaces = [...new Set(identities.flatMap((one) => ('namespace' in one ? one.namespace : [])))].sort()
  return {
    principals: [...new Set(identities.flatMap((one) => ('principal' in one ? one.principal : [])))].sort(),
    namespaces,
  }
}

function identitiesOf({ namespace, labels }: Peer, topology: Topology): Identity[] {
  const workloads = labels ? topology.workloadsWith(namespace, labels) : []
  return workloads.length > 0 ? workloads.map((workload) => ({ principal: principalOf(workload) })) : [{ namespace }]
}

/** `cluster.local` stands for the mesh's own trust domain. Source: https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/ */
const principalOf = (workload: Workload): string =>
  `cluster.local/ns/${workload.namespace}/sa/${serviceAccountOf(workload) ?? 'default'}`

function ruleOf(admissions: readonly Admission[]): Fields {
  const from = admissions[0]?.from
  const to = [{ operation: { ports: admissions.map(({ port }) => String(port)) } }]
  if (from === undefined || from === 'any') return { to }
  const { principals, namespaces } = from
  return {
    from: [
      ...(principals.length > 0 ? [{ source: { principals } }] : []),
      ...(namespaces.length > 0 ? [{ source: { namespaces } }] : []),
    ],
    to,
  }
}
