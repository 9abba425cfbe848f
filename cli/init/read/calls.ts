import { APP, COMPONENT } from '../../../functions/lib/flows/flow.ts'
import type { WrittenPort } from '../../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../../functions/lib/flows/schema.ts'
import { policySelector, type Topology } from '../../../functions/lib/flows/topology.ts'
import type { Labels } from '../../../functions/lib/kubernetes/selector.ts'
import { type Service, servicePortFor } from '../../../functions/lib/kubernetes/service.ts'
import { servingContainers, type Workload } from '../../../functions/lib/kubernetes/workload.ts'
import type { Proposal } from '../proposal.ts'

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
  'destination' | 'port' | 'portNumber' | 'protocol' | 'service' | 'selector' | 'plain'
>

/** Destination, port and Service of a flow to a workload by a port of the Service, as flows name ports. */
export function destinationOf(
  workload: Workload,
  service: Service,
  { port, protocol }: WrittenPort,
  topology: Topology,
): Destination | undefined {
  const carried = servicePortFor(service, port, workload, protocol)
  if (!carried) return undefined
  const carrying = topology
    .servicesFor(workload)
    .filter((other) => servicePortFor(other, carried.port, workload, protocol))
  return {
    destination: `${workload.namespace}/${workload.name}`,
    port: carried.name ?? carried.port,
    ...(carried.name !== undefined && { portNumber: carried.port }),
    ...(protocol !== undefined && { protocol }),
    ...(carrying.length > 1 && { service: service.name }),
  }
}

/** A call to a Service. `question` is what a person must answer first. */
export type Call = Omit<Proposal, 'source'> & { question?: string }

interface Calls {
  proposals: Call[]
  /** The ports that the Service carries, if none of those that were asked for is among them. */
  carried?: string
}

/**
 * The calls of a workload to a Service. Without ports, the only port of the Service is meant; if it has several, the user
 * is asked.
 */
export function callsTo(
  service: Service,
  ports: readonly (string | number)[] | undefined,
  caller: Workload,
  isPod: boolean,
  topology: Topology,
): Calls {
  const callees = topology.workloadsBehind(service)
  const isOwn = callees.some(({ object }) => object === caller.object)
  // A workload's own name without a port is its name, not a call.
  if (ports === undefined && isOwn) return { proposals: [] }
  if (callees.length === 0) return callsToMadePods(service, ports, caller, topology)
  const { dialled, question } = portsMeant(service, ports, callees)
  const proposals = dialled.flatMap((port) =>
    callees.flatMap((callee): Call[] => {
      const isSelf = callee.object === caller.object
      const destination =
        destinationOf(callee, service, { port }, topology) ?? headlessDestination(callee, service, port)
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

/** Ports for programs that watch a workload. A bare name never means one of these. */
const FOR_WATCHERS = /metrics|health|admin|debug|probe|monitoring|gossip|memberlist/

function portsMeant(
  service: Service,
  ports: readonly (string | number)[] | undefined,
  callees: readonly Workload[],
): { dialled: readonly (string | number)[]; question?: string } {
  if (ports !== undefined) return { dialled: ports }
  const declared = callees.flatMap((callee) => servingContainers(callee).flatMap((container) => container.ports ?? []))
  const carried =
    service.ports.length > 0 ? service.ports.map(nameOf) : declared.map((port) => port.name ?? port.containerPort)
  if (carried.length <= 1) return { dialled: carried }
  const likely = carried.filter((port) => !FOR_WATCHERS.test(String(port)))
  const [first] = likely.length > 0 ? likely : carried
  const others = carried.filter((port) => port !== first)
  return first === undefined
    ? { dialled: [] }
    : { dialled: [first], question: `which names no port: or is it ${others.join(' or ')}?` }
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
