import type { Peer } from '../lib/flows/resolve.ts'
import { groupBy, type Topology } from '../lib/flows/topology.ts'
import type { Fields, KubernetesObject } from '../lib/kubernetes/object.ts'
import type { Workload } from '../lib/kubernetes/workload.ts'
import { type IstioHardeningSpec, switchedOn } from './config.ts'
import { type Member, objectFor } from './member.ts'

/** Who may call a port: anyone, or those of these identities. */
interface Admission {
  port: number
  from: 'any' | { principals: string[]; namespaces: string[] }
}

/**
 * With `authorization: flows`, a workload that is called gets an AuthorizationPolicy, ALLOW, with one rule per set of
 * ports: callers of the build by their service account, others by their namespace, which is all that is known of them
 * here. Plain text and the API server bring no identity, so their ports admit anyone; network policy holds them.
 */
export function authorizationPolicyFor(
  member: Member,
  spec: IstioHardeningSpec,
  permissivePorts: ReadonlySet<number>,
  topology: Topology,
): KubernetesObject[] {
  const admissions = admissionsOf(member, spec, permissivePorts, topology)
  if (admissions.length === 0) return []
  const rules = [...groupBy(admissions, ({ from }) => JSON.stringify(from)).values()].map(ruleOf)
  return [
    objectFor(member, 'security.istio.io/v1', 'AuthorizationPolicy', {
      selector: { matchLabels: { ...member.selector } },
      action: 'ALLOW',
      rules,
    }),
  ]
}

function admissionsOf(
  { traffic }: Member,
  spec: IstioHardeningSpec,
  permissivePorts: ReadonlySet<number>,
  topology: Topology,
): Admission[] {
  const gateways = switchedOn(spec.gatewayNamespaces)
  const identities = [
    ...traffic.inbound.map(({ resolved: { peers }, callee }) => ({
      port: Number(callee.port),
      from: peers === 'any' ? ('any' as const) : peers.flatMap((peer) => identitiesOf(peer, topology)),
    })),
    ...traffic.backends.map(({ port }) => ({ port, from: gateways.map((namespace) => ({ namespace })) })),
    ...[...permissivePorts].map((port) => ({ port, from: 'any' as const })),
  ]
  return [...groupBy(identities, ({ port }) => String(port))]
    .map(([port, those]) => ({ port: Number(port), from: union(those.map(({ from }) => from)) }))
    .toSorted((a, b) => a.port - b.port)
}

type Identity = { principal: string } | { namespace: string }

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
const principalOf = ({ namespace, template }: Workload): string =>
  `cluster.local/ns/${namespace}/sa/${template.spec.serviceAccountName ?? 'default'}`

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
