import { isEveryPort, numberOf } from '../../lib/flows/port.ts'
import type { CallingPods } from '../../lib/flows/resolve.ts'
import { EVERY_PORT } from '../../lib/flows/schema.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe } from '../../lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../lib/kubernetes/selector.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { type Admission, type Arrivals, declaredPrincipals, principalOf } from './admissions.ts'

/** A caller as network policy knows it: pods by namespace and labels. */
interface KnownCaller {
  name: string
  namespace: string
  labels: Labels
  /** None where only its namespace is known. */
  principals: readonly string[]
}

/**
 * In an ambient mesh network policy admits a caller to the tunnel of a callee, whatever port it calls there, so the
 * identity alone restricts ports. Answers `caller: ports` for the callers that may therefore call ports that no flow
 * declares for them, because another caller with the same service account, or of the same namespace, may call them.
 */
export function openedPairs(
  { inbound }: Pick<Arrivals, 'inbound'>,
  admissions: readonly Admission[],
  spec: IstioHardeningSpec,
  topology: Topology,
): string[] {
  const declared = inbound.flatMap(({ resolved: { peers }, callee }) =>
    peers === 'any'
      ? []
      : peers.map((peer) => ({ peer, port: isEveryPort(callee.port) ? EVERY_PORT : String(numberOf(callee.port)) })),
  )
  const peersOf = groupBy(declared, ({ port }) => port)
  const callers = new Map(declared.flatMap(({ peer }) => callersOf(peer, spec, topology)).map((one) => [one.name, one]))
  return [...callers.values()]
    .map((caller) => ({
      caller,
      ports: admissions
        .filter((admission) => isAdmitted(caller, admission))
        .map(({ port }) => port)
        .filter(
          (port) =>
            ![String(port), EVERY_PORT].some((one) => (peersOf.get(one) ?? []).some(({ peer }) => isOf(peer, caller))),
        ),
    }))
    .filter(({ ports }) => ports.length > 0)
    .map(({ caller, ports }) => `${caller.name}: ${ports.join(', ')}`)
    .sort()
}

function callersOf(peer: CallingPods, spec: IstioHardeningSpec, topology: Topology): KnownCaller[] {
  const { namespace, labels = {} } = peer
  const workloads = peer.labels ? topology.workloadsWith(namespace, labels) : []
  if (workloads.length === 0) {
    const name = `${namespace}/${Object.values(labels).join('/') || '*'}`
    return [{ name, namespace, labels, principals: declaredPrincipals(peer, spec) }]
  }
  return workloads.map((workload) => ({
    name: describe(workload.object),
    namespace,
    labels: workload.labels,
    principals: [principalOf(workload)],
  }))
}

/** Where flows admit anyone, a shared identity opens nothing more. */
const isAdmitted = ({ namespace, principals }: KnownCaller, { from }: Admission): boolean =>
  from !== 'any' &&
  from.some(
    (source) =>
      source !== 'plainText' &&
      ('namespace' in source ? source.namespace === namespace : principals.includes(source.principal)),
  )

const isOf = (peer: CallingPods, caller: KnownCaller): boolean =>
  peer.namespace === caller.namespace && selects(peer.labels ?? {}, caller.labels)
