import { APP, COMPONENT } from '../../../functions/lib/flows/flow.ts'
import type { WrittenPort } from '../../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../../functions/lib/flows/schema.ts'
import { policySelector, type Topology } from '../../../functions/lib/flows/topology.ts'
import type { Labels } from '../../../functions/lib/kubernetes/selector.ts'
import {
  type Service,
  type ServicePort,
  servicePortFor,
  targetPortNumber,
} from '../../../functions/lib/kubernetes/service.ts'
import { servingContainers, type Workload } from '../../../functions/lib/kubernetes/workload.ts'
import type { Proposal } from '../proposal.ts'
import { isWellKnown } from '../texts/well-known-ports.ts'

/** A workload, or pods that an operator makes for an object, as a flow to that namespace names its caller. Undefined: outside the cluster. */
export function callerOf(
  workload: Workload,
  namespace: string | undefined,
  topology: Topology,
): CallerSpec | undefined {
  if (!topology.workloads.includes(workload)) return podsOf(workload.namespace, workload.labels)
  if (workload.namespace === namespace) return workload.name
  const labels = policySelector(workload, topology)
  const isShared = topology.workloadsWith(workload.namespace, labels).length > 1
  return isShared ? undefined : podsOf(workload.namespace, labels)
}

/** Pods of a namespace by labels, in the short form if the labels have one. */
export function podsOf(namespace: string, labels: Labels): CallerSpec {
  const { [APP]: app, [COMPONENT]: component, ...others } = labels
  if (app === undefined || Object.keys(others).length > 0) return { namespace, labels: { ...labels } }
  return [namespace, app, ...(component === undefined ? [] : [component])].join('/')
}

/** The destination of a flow, and how the flow names its pods. */
export type Destination = Pick<
  Proposal,
  'destination' | 'port' | 'otherPorts' | 'protocol' | 'service' | 'selector' | 'plain'
>

/**
 * Destination, port and Service of a flow to a workload by a port of the Service, as flows name ports. A build that does not
 * have the Service can translate none of its ports, so a caller of another build is admitted by the number on the pods.
 */
export function destinationOf(
  workload: Workload,
  service: Service,
  { port, protocol }: WrittenPort,
  topology: Topology,
  isElsewhere = false,
): Destination | undefined {
  const carried = servicePortFor(service, port, workload, protocol)
  if (!carried) return undefined
  const carrying = topology
    .servicesFor(workload)
    .filter((other) => servicePortFor(other, carried.port, workload, protocol))
  const onPods = targetPortNumber(carried, workload)
  const [preferred = carried.port, ...others] = [
    ...(isElsewhere && onPods !== undefined ? [onPods] : []),
    // One number for two protocols is both of them; a name is one.
    ...(carried.name === undefined || (protocol === undefined && isOfTwoProtocols(service, carried))
      ? []
      : [carried.name]),
    carried.port,
    ...[carried.targetPort, onPods].filter((one) => one !== undefined && isSame(service, one, carried, workload)),
  ]
  return {
    destination: `${workload.namespace}/${workload.name}`,
    port: preferred,
    otherPorts: others.filter((one) => one !== undefined),
    ...(protocol !== undefined && { protocol }),
    ...(carrying.length > 1 && { service: service.name }),
  }
}

/** A Service that carries a number by one protocol needs no word about it. */
const isOfSeveralProtocols = ({ ports }: Service, port: string | number): boolean =>
  ports.filter((one) => one.port === port).length > 1

const isOfTwoProtocols = ({ ports }: Service, { port, protocol = 'TCP' }: ServicePort): boolean =>
  ports.some((other) => other.port === port && (other.protocol ?? 'TCP') !== protocol)

const isSame = (
  service: Service,
  port: string | number | undefined,
  carried: ServicePort,
  workload: Workload,
): boolean => port !== undefined && servicePortFor(service, port, workload) === carried

/** A call to a Service. `question` is what a person must answer first. */
export type Call = Omit<Proposal, 'source'> & { question?: string }

interface Calls {
  proposals: Call[]
  /** The ports that the Service carries, if none of those that were asked for is among them. */
  carried?: string
}

/** What a text says of a call, beyond the Service and its port. */
export interface CallDetails {
  /** One pod of the Service is named. */
  isPod?: boolean
  protocol?: 'UDP' | undefined
  /** The setting is one by which members of a cluster find each other. */
  isPeer?: boolean
}

/**
 * The calls of a workload to a Service. Without ports, the only port of the Service is meant; if it has several, the user
 * is asked.
 */
export function callsTo(
  service: Service,
  ports: readonly (string | number)[] | undefined,
  caller: Workload,
  topology: Topology,
  details: CallDetails = {},
): Calls {
  const { isPod = false, isPeer = false, protocol } = details
  const callees = topology.workloadsBehind(service)
  const isOwn = callees.some(({ object }) => object === caller.object)
  const isAmongMembers = isOwn && service.headless && isPeer
  // A workload's own name without a port is its name, not a call.
  if (ports === undefined && isOwn && !isAmongMembers && !isPod) return { proposals: [] }
  if (callees.length === 0) return callsToMadePods(service, ports, caller, topology)
  const { dialled, question } = portsMeant(service, ports, callees, isAmongMembers)
  const proposals = dialled.flatMap((port) =>
    callees.flatMap((callee): Call[] => {
      const isSelf = callee.object === caller.object
      const destination =
        ((protocol &&
          isOfSeveralProtocols(service, port) &&
          destinationOf(callee, service, { port, protocol }, topology)) ||
          destinationOf(callee, service, { port }, topology)) ??
        headlessDestination(callee, service, port)
      const named = isSelf ? 'self' : callerOf(caller, callee.namespace, topology)
      return destination
        ? [
            {
              ...destination,
              caller: named,
              certain: question === undefined && (!isSelf || isPod || service.headless),
              ...(question && { question }),
            },
          ]
        : []
    }),
  )
  return proposals.length > 0 ? { proposals } : { proposals, carried: service.ports.map(nameOf).join(', ') || 'none' }
}

const nameOf = (port: { name?: string; port: number }): string | number => port.name ?? port.port

/** A headless Service needs no ports: its names are the pods' addresses. */
const headlessDestination = (callee: Workload, service: Service, port: string | number): Destination | undefined =>
  service.headless && service.ports.length === 0
    ? { destination: `${callee.namespace}/${callee.name}`, port, service: service.name }
    : undefined

/** Ports for programs that watch or manage a workload. A bare name never means one of these. */
const FOR_WATCHERS = /metrics|health|admin|debug|probe|monitor|manage|dashboard|console|jmx|exporter|stats|prom|pprof/
/** Ports on which the members of a cluster talk to each other. */
const FOR_PEERS =
  /gossip|memberlist|intra|inter|cluster|peer|transport|raft|quorum|election|follower|leader|member|ring|mesh|swarm|serf|jgroups|epmd|dist|replication/

/** The ports of which one is meant, and if that is not the only one, the question which. */
function portsMeant(
  service: Service,
  ports: readonly (string | number)[] | undefined,
  callees: readonly Workload[],
  isAmongMembers = false,
): { dialled: readonly (string | number)[]; question?: string } {
  if (ports !== undefined) return { dialled: ports }
  const declared = callees.flatMap((callee) => servingContainers(callee).flatMap((container) => container.ports ?? []))
  const carried =
    service.ports.length > 0
      ? service.ports
      : declared.map(({ name, containerPort }) => ({ ...(name !== undefined && { name }), port: containerPort }))
  if (carried.length <= 1) return { dialled: carried.map(nameOf) }
  const isMeant = ({ name = '' }: { name?: string }): boolean =>
    isAmongMembers ? FOR_PEERS.test(name) : !FOR_WATCHERS.test(name) && !FOR_PEERS.test(name)
  const likely = carried.filter(isMeant)
  const [only, ...more] = likely
  // A name that says what it is for answers the question.
  if (only && more.length === 0) return { dialled: [nameOf(only)] }
  const candidates = likely.length > 0 ? likely : carried
  const first = candidates.find(({ port }) => isWellKnown(port) && port > 1023) ?? candidates[0]
  const others = carried.filter((port) => port !== first).map(nameOf)
  return first === undefined
    ? { dialled: [] }
    : { dialled: [nameOf(first)], question: `which names no port: or is it ${others.join(' or ')}?` }
}

/** A Service with a selector and no workload in the build stands for pods that are made at run time. */
function callsToMadePods(
  service: Service,
  ports: readonly (string | number)[] | undefined,
  caller: Workload,
  topology: Topology,
): Calls {
  const { selector = {}, namespace, name } = service
  if (Object.keys(selector).length === 0) return { proposals: [] }
  const { dialled, question } = portsMeant(service, ports, [])
  const proposals = dialled.flatMap((port): Call[] => {
    const carried = service.ports.find((one) => one.name === port || one.port === port)
    const onPod =
      typeof carried?.targetPort === 'number'
        ? carried.targetPort
        : (carried?.port ?? (service.ports.length === 0 ? port : undefined))
    if (onPod === undefined) return []
    const named = callerOf(caller, namespace, topology)
    return [
      {
        destination: `${namespace}/${name}`,
        port: onPod,
        service: name,
        selector,
        caller: named,
        certain: question === undefined,
        ...(question && { question }),
      },
    ]
  })
  return proposals.length > 0 ? { proposals } : { proposals, carried: service.ports.map(nameOf).join(', ') || 'none' }
}
