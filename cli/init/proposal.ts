import type { WrittenPort } from '../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../functions/lib/flows/schema.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'

/** One caller of one destination, and what says so. */
export interface Proposal extends WrittenPort {
  /** `namespace/workload`, or `external/host`. */
  destination: string
  /** The Service's number, if `port` is the name that the Service has for it. */
  portNumber?: number
  /** Undefined where no label tells the caller's pods from others, so that a flow cannot name them. */
  caller: CallerSpec | undefined
  /** The Service by which it is called, if the destination has several for the port. */
  service?: string
  /** Labels of the destination's pods, if no workload of the build makes them. */
  selector?: Labels
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
