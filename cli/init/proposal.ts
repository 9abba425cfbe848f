import type { WrittenPort } from '../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../functions/lib/flows/schema.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'

/** One caller of one destination, and the field that suggests it. */
export interface Proposal extends WrittenPort {
  /** `namespace/workload`, or `external/host`. */
  destination: string
  /** What else means the same port of the same Service: its number, and how the pods call it. */
  otherPorts?: readonly (string | number)[]
  /** Undefined if no label tells the caller's pods from others, so that a flow cannot name them. */
  caller: CallerSpec | undefined
  /** The Service by which it is called, if the destination has several for the port. */
  service?: string
  /** Labels of the destination's pods, if no workload of the build makes them. */
  selector?: Labels
  /** No Service carries the port. */
  plain?: true
  /** The reason, if the schema of flows requires one. */
  reason?: string
  /** The object and the field that suggest it. */
  source: string
  /** Do the manifests name caller, destination and port? What is not certain is proposed as a comment. */
  certain: boolean
}

/** What the manifests say about traffic: proposals, and notes about what no flow can express. */
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
