import { isDeepStrictEqual } from 'node:util'
import type { BackendCall } from '../../lib/flows/backends.ts'
import { APP, COMPONENT } from '../../lib/flows/flow.ts'
import type { Gateways } from '../../lib/flows/gateways.ts'
import { isEveryPort, numberOf } from '../../lib/flows/port.ts'
import type { CallingPods } from '../../lib/flows/resolve.ts'
import { EVERY_PORT } from '../../lib/flows/schema.ts'
import { isAllKnown, MANY } from '../../lib/flows/together.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { serviceAccountOf } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
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

/** How a proxy knows callers: by the identity that mutual TLS proves, or as plain text, which proves none. */
export type Source = { principal: string } | { namespace: string } | 'plainText'

/** Who may call a port of pods, or every port: anyone, or callers known by these sources. */
export interface Admission {
  port: number | typeof EVERY_PORT
  from: 'any' | readonly Source[]
}

/**
 * Who may call which port, by port. Callers in the build are known by their service account, others only by their
 * namespace. A port that takes plain text admits its declared callers, who may still use mutual TLS, and callers without an
 * identity, whom network policy restricts.
 */
export function admissionsOf(
  { inbound, backends, permissivePorts, scrapePort }: Arrivals,
  spec: IstioHardeningSpec,
  topology: Topology,
  gateways: Gateways,
): Admission[] {
  const admissions: Admission[] = [
    ...inbound.map(({ resolved: { peers }, callee }) => ({
      port: isEveryPort(callee.port) ? (EVERY_PORT as typeof EVERY_PORT) : numberOf(callee.port),
      from: peers === 'any' ? ('any' as const) : peers.flatMap((peer) => sourcesOf(peer, spec, topology)),
    })),
    ...backends
      .filter(({ route }) => route !== 'apiServer')
      .map((call) => ({ port: numberOf(call.port), from: inNamespaces(namespacesServing(call, gateways)) })),
    ...[...permissivePorts].map((port) => ({ port, from: ['plainText' as const] })),
    ...(scrapePort === undefined ? [] : [{ port: scrapePort, from: inNamespaces(switchedOn(spec.scraperNamespaces)) }]),
  ]
  return [...groupBy(admissions, ({ port }) => String(port)).values()]
    .map((those) => ({ port: those[0]?.port ?? 0, from: union(those.map(({ from }) => from)) }))
    .toSorted((a, b) => orderOf(a) - orderOf(b))
}

const orderOf = ({ port }: Admission): number => (port === EVERY_PORT ? 0 : port)

const inNamespaces = (namespaces: readonly string[]): Source[] => namespaces.map((namespace) => ({ namespace }))

/** "Pods of any namespace" are all pods that have an identity. Addresses have none. */
const namespacesServing = (call: BackendCall, gateways: Gateways): string[] =>
  gateways.serving(call).flatMap(({ cidr, namespace = '*' }) => (cidr === undefined ? [namespace] : []))

const union = (those: readonly Admission['from'][]): Admission['from'] =>
  those.includes('any') ? 'any' : those.flatMap((from) => (from === 'any' ? [] : from))

/** Many service accounts that are all of a namespace are the namespace. */
export function sourcesOf(peer: CallingPods, spec: IstioHardeningSpec, topology: Topology): Source[] {
  const { namespace } = peer
  const workloads = peer.labels ? topology.workloadsWith(namespace, peer.labels) : []
  const principals = workloads.length > 0 ? [...new Set(workloads.map(principalOf))] : declaredPrincipals(peer, spec)
  const isNamespace =
    principals.length >= MANY &&
    workloads.length === topology.workloadsIn(namespace).length &&
    isAllKnown(namespace, { topology, flows: spec.flows })
  if (isNamespace) return [{ namespace }]
  return principals.length > 0 ? principals.map((principal) => ({ principal })) : [{ namespace }]
}

/** The identities of pods that are not in the build, as far as the policy knows their service accounts. */
export function declaredPrincipals(
  { namespace, labels = {} }: CallingPods,
  { serviceAccounts, flows }: Accounts,
): string[] {
  const [app, component] = [labels[APP], labels[COMPONENT]]
  const names = [
    ...(component === undefined ? [] : [`${app}/${component}`]),
    ...(app === undefined ? [] : [app]),
    ...runtimeNames(namespace, labels, flows),
  ]
  const accounts = names.map((name) => serviceAccounts[`${namespace}/${name}`]).find((found) => found !== undefined)
  return switchedOn(accounts ?? {}).map((account) => principal(namespace, account))
}

type Accounts = Pick<IstioHardeningSpec, 'serviceAccounts' | 'flows'>

/** The names that flows give pods with these labels. */
const runtimeNames = (namespace: string, labels: Labels, flows: IstioHardeningSpec['flows']): string[] =>
  Object.entries(flows ?? {}).flatMap(([key, { selector }]) => {
    const name = /^([^/]+)\/([^:]+):/.exec(key)
    return selector && name?.[1] === namespace && isDeepStrictEqual(selector, labels) && name[2] ? [name[2]] : []
  })

/** `cluster.local` is the mesh's own trust domain. Source: https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/ */
const principal = (namespace: string, account: string): string => `cluster.local/ns/${namespace}/sa/${account}`

export const principalOf = (workload: Workload): string =>
  principal(workload.namespace, serviceAccountOf(workload) ?? 'default')
