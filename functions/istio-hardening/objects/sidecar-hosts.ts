import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { isAllKnown, isToEvery, MANY } from '../../lib/flows/together.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { usesApiServer } from '../../lib/kubernetes/pod-traits.ts'
import { serviceHost } from '../../lib/kubernetes/service.ts'
import { overrideFor, type Workload } from '../../lib/kubernetes/workload.ts'
import { type IstioHardeningSpec, switchedOn } from '../config.ts'
import type { Member } from '../mesh/member.ts'

const API_SERVER = 'default/kubernetes.default.svc.cluster.local'

/** How a Sidecar in a namespace calls the host of an external destination. */
export type ExternalHost = (namespace: string, host: string) => string

/**
 * The hosts of a member's Sidecar, in order: those of its flows (own namespace, other namespaces, outside the cluster),
 * those that `hosts` adds, those of every Sidecar, and the API server's exactly when a token is mounted.
 */
export function hostsOf(
  { workload, traffic }: Member,
  spec: IstioHardeningSpec,
  externalHost: ExternalHost,
  topology: Topology,
): string[] {
  const proxied = traffic.outbound.filter(({ flow }) => !flow.plain)
  const internal = hostsTogether(proxied, spec, topology).map((called) => hostIn(workload, called))
  const external = proxied.flatMap(({ flow: { destination } }) =>
    destination.type === 'external' ? [externalHost(workload.namespace, destination.host)] : [],
  )
  return [
    ...new Set([
      ...internal.filter((host) => host.startsWith('./')).sort(),
      ...internal.filter((host) => !host.startsWith('./')).sort(),
      ...external.sort(),
      ...extraHosts(workload, spec),
      ...switchedOn(spec.baseHosts),
      ...(usesApiServer(workload) ? [API_SERVER] : []),
    ]),
  ]
}

interface HostCalled {
  host: string
  namespace: string
  /** Does a pattern mean the Services alone, and not the ServiceEntries of the namespace? */
  isOfServices?: boolean
}

/** A flow may go from a thousand callers to a thousand callees, which may be one host. */
const called = new WeakMap<ResolvedFlow, HostCalled[]>()

/** The hosts by which a flow is called, each once. */
function hostsCalled(resolved: ResolvedFlow): HostCalled[] {
  const known = called.get(resolved)
  if (known) return known
  const hosts = new Map<string, HostCalled>()
  for (const { host, namespace } of resolved.callees)
    if (host !== undefined) hosts.set(`${namespace}/${host}`, { host, namespace })
  called.set(resolved, [...hosts.values()])
  return [...hosts.values()]
}

/**
 * The hosts that flows call. Where these are every Service of a namespace, and many, one pattern is the same hosts, and
 * not those of the ServiceEntries in the namespace.
 */
export function hostsTogether(
  flows: readonly ResolvedFlow[],
  { flows: declared }: IstioHardeningSpec,
  topology: Topology,
): HostCalled[] {
  const hosts = flows.flatMap(hostsCalled)
  if (hosts.length < MANY) return hosts
  return [...groupBy(hosts, ({ namespace }) => namespace)].flatMap(([namespace, those]) => {
    const called = new Set(those.map(({ host }) => host))
    const services = topology.services.filter((service) => service.namespace === namespace)
    const isAll = called.size >= MANY && services.every(({ name }) => called.has(serviceHost(name, namespace)))
    const isEvery = isToEvery(flows.filter(({ callees }) => callees.some((callee) => callee.namespace === namespace)))
    return isAll && isAllKnown(namespace, { topology, flows: declared, isEvery })
      ? [{ host: serviceHost('*', namespace), namespace, isOfServices: true }]
      : those
  })
}

export const extraHosts = (workload: Workload, spec: IstioHardeningSpec): string[] =>
  Object.keys(overrideFor(spec.hosts, workload) ?? {}).sort()

/** `./service.namespace.svc.cluster.local`, with the namespace where it is another, or `namespace/*` for all of its Services. */
function hostIn(workload: Workload, { host, namespace, isOfServices = false }: HostCalled): string {
  const from = namespace === workload.namespace ? '.' : namespace
  return `${from}/${host.startsWith('*.') && !isOfServices ? '*' : host}`
}

/**
 * Does a host of a Sidecar cover another? `*` is any namespace or any name, and `*.suffix` any name below the suffix.
 * Source: https://istio.io/latest/docs/reference/config/networking/sidecar/#IstioEgressListener
 */
export function covers(host: string, other: string, namespace: string): boolean {
  const [own, name] = parts(host, namespace)
  const [otherNamespace, otherName] = parts(other, namespace)
  return (own === '*' || own === otherNamespace) && (name === '*' || name === otherName || isBelow(otherName, name))
}

const isBelow = (name: string, pattern: string): boolean => pattern.startsWith('*.') && name.endsWith(pattern.slice(1))

function parts(host: string, namespace: string): [namespace: string, name: string] {
  const slash = host.indexOf('/')
  const written = host.slice(0, slash)
  return [written === '.' ? namespace : written, host.slice(slash + 1)]
}
