import { APP, COMPONENT } from '../../functions/lib/flows/flow.ts'
import type { FlowSpec } from '../../functions/lib/flows/schema.ts'
import type { Topology } from '../../functions/lib/flows/topology.ts'
import { policySelector } from '../../functions/lib/flows/topology.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'
import { type Service, servicePortFor } from '../../functions/lib/kubernetes/service.ts'
import type { Workload } from '../../functions/lib/kubernetes/workload.ts'

export type CallerSpec = FlowSpec['from'][number]

/** One caller of one destination, and what says so. */
export interface Proposal {
  /** `namespace/workload`, or `external/host`. */
  destination: string
  /** As flows name it: the Service's name for it, else its number. */
  port: string | number
  /** The Service's number for a port that has a name. */
  portNumber?: number
  /** Undefined where no label tells the caller's pods from others, so that a flow cannot name them. */
  caller: CallerSpec | undefined
  /** The Service by which it is called, where the destination has several for the port. */
  service?: string
  /** No Service carries the port. */
  plain?: true
  /** What the flow's schema wants a reason for. */
  reason?: string
  /** Object and field that say so. */
  source: string
  /** Do the manifests name caller, destination and port? What is not certain is proposed as a comment. */
  certain: boolean
}

/** What the manifests say of traffic: proposals, and what no flow can say, for a person to read. */
export interface Read {
  proposals: Proposal[]
  notes: string[]
}

/** A proposal with a caller that a flow can name. */
export type NamedProposal = Proposal & { caller: CallerSpec }
export const isNamed = (proposal: Proposal): proposal is NamedProposal => proposal.caller !== undefined

export const join = (parts: readonly Read[]): Read => ({
  proposals: parts.flatMap(({ proposals }) => proposals),
  notes: parts.flatMap(({ notes }) => notes),
})

/** A workload as a flow to that namespace names its caller; undefined is a destination outside the cluster. */
export function callerOf(
  workload: Workload,
  namespace: string | undefined,
  topology: Topology,
): CallerSpec | undefined {
  if (workload.namespace === namespace) return workload.name
  const labels = policySelector(workload, topology)
  const isShared = topology.workloadsWith(workload.namespace, labels).length > 1
  return isShared ? undefined : podsOf(workload.namespace, labels)
}

/** Pods of a namespace by labels, in the short form where the labels have one. */
export function podsOf(namespace: string, labels: Labels): CallerSpec {
  const { [APP]: app, [COMPONENT]: component, ...others } = labels
  if (app === undefined || Object.keys(others).length > 0) return { namespace, labels: { ...labels } }
  return [namespace, app, ...(component === undefined ? [] : [component])].join('/')
}

/** Destination, port and Service of a flow to a workload by a port of the Service, as flows name ports. */
export function destinationOf(
  workload: Workload,
  service: Service,
  port: string | number,
  topology: Topology,
): Pick<Proposal, 'destination' | 'port' | 'portNumber' | 'service'> | undefined {
  const carried = servicePortFor(service, port, workload)
  if (!carried) return undefined
  const carrying = topology.servicesFor(workload).filter((other) => servicePortFor(other, carried.port, workload))
  return {
    destination: `${workload.namespace}/${workload.name}`,
    port: carried.name ?? carried.port,
    ...(carried.name !== undefined && { portNumber: carried.port }),
    ...(carrying.length > 1 && { service: service.name }),
  }
}
