import { isDeepStrictEqual } from 'node:util'
import { isTcp } from '../../functions/lib/flows/port.ts'
import type { CallerSpec } from '../../functions/lib/flows/schema.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'
import type { NamedProposal } from './proposal.ts'

/** A caller of a proposed flow. */
export interface ProposedCaller {
  caller: CallerSpec
  certain: boolean
  sources: string[]
  /** The policy has it already, in a list that the patch will replace. */
  isKnown?: true
}

/** A proposed flow: active if a caller is certain. */
export interface ProposedFlow {
  key: string
  service?: string
  selector?: Labels
  plain?: true
  reason?: string
  /** A layer of the policy maps its callers. */
  isMap?: true
  /** Those that are certain first. */
  callers: ProposedCaller[]
}

export const isActive = ({ callers }: ProposedFlow): boolean => callers.some(({ certain }) => certain)

/** Proposals by destination, in alphabetical order, each caller once with everything that suggests it. */
export function gatherFlows(proposals: readonly NamedProposal[]): ProposedFlow[] {
  const flows = new Map<string, ProposedFlow>()
  for (const proposal of proposals) {
    const { service, selector, plain } = proposal
    const key = keyOf(proposal, flows)
    const flow = flows.get(key) ?? {
      key,
      ...(service && { service }),
      ...(selector && { selector }),
      ...(plain && { plain }),
      callers: [],
    }
    flows.set(key, flow)
    const isOfAnother = service !== undefined && flow.service !== service
    addCaller(flow, isOfAnother ? { ...proposal, source: `${proposal.source}, by Service ${service}` } : proposal)
  }
  return [...flows.values()]
    .map((flow) => ({ ...flow, callers: flow.callers.toSorted((a, b) => Number(b.certain) - Number(a.certain)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/**
 * A flow has one Service. Calls through another Service are a flow of their own, under another name of the same port. If
 * every name is taken, the flow still admits the caller to the pods; only its proxy does not learn the host.
 */
function keyOf(
  { destination, port, otherPorts = [], protocol, service }: NamedProposal,
  flows: ReadonlyMap<string, ProposedFlow>,
): string {
  const suffix = isTcp({ port, protocol }) ? '' : `/${protocol?.toLowerCase()}`
  const names = [port, ...otherPorts].map((one) => `${destination}:${one}${suffix}`)
  const keys = suffix === '' ? [...names, ...names.map((name) => `${name}/tcp`)] : names
  const free = keys.find((key) => !flows.has(key) || flows.get(key)?.service === service)
  return free ?? `${destination}:${port}${suffix}`
}

function addCaller(flow: ProposedFlow, { caller, certain, source, reason }: NamedProposal): void {
  const known = flow.callers.find((other) => isDeepStrictEqual(other.caller, caller))
  if (!known) flow.callers.push({ caller, certain, sources: [source] })
  else {
    known.certain ||= certain
    if (!known.sources.includes(source)) known.sources.push(source)
  }
  if (reason !== undefined) flow.reason ??= reason
}
