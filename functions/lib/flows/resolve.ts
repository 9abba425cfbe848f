import { didYouMean } from '../framework/did-you-mean.ts'
import { error, type Finding } from '../framework/finding.ts'
import type { Labels } from '../kubernetes/selector.ts'
import type { Workload } from '../kubernetes/workload.ts'
import { type Callee, calleesOf } from './destinations.ts'
import type { Caller, Flow } from './flow.ts'
import { policySelector, type Topology } from './topology.ts'

/** Pods that may call, as the callee's side names them. */
export interface Peer {
  namespace: string
  /** undefined: every pod of the namespace. */
  labels: Labels | undefined
}

/** A flow as far as it touches the build. */
export interface ResolvedFlow {
  flow: Flow
  /** Where it goes; empty for a destination outside the cluster. */
  callees: readonly Callee[]
  /** Who may call, for the callee's side: `any` or peers, sorted. */
  peers: 'any' | readonly Peer[]
  /** The workloads of the build among the callers, for the caller's side. */
  callers: readonly Workload[]
}

export interface Traffic {
  flows: readonly ResolvedFlow[]
  findings: readonly Finding[]
}

/**
 * Holds flows against a build. A flow that touches nothing in it is left out in silence; one that names what the build
 * should have and has not is an error with the nearest name.
 */
export function resolveFlows(flows: readonly Flow[], topology: Topology): Traffic {
  const findings: Finding[] = []
  const resolved = flows.flatMap((flow) => {
    const callees = calleesOf(flow, topology, findings)
    const { peers, callers } = callersOf(flow, callees, topology, findings)
    return callees.some((callee) => callee.isHere) || callers.length > 0 ? [{ flow, callees, peers, callers }] : []
  })
  return { flows: resolved, findings }
}

function callersOf(
  flow: Flow,
  callees: readonly Callee[],
  topology: Topology,
  findings: Finding[],
): Pick<ResolvedFlow, 'peers' | 'callers'> {
  const isAny = flow.callers.some(({ type }) => type === 'any')
  if (isAny && flow.reason === undefined)
    findings.push(
      error(`flow ${flow.key}: found from: any without a reason; expected a reason, or the callers by name`),
    )
  const found = flow.callers.map((caller) => callerOf(caller, flow, callees, topology, findings))
  return {
    peers: isAny ? 'any' : uniquePeers(found.flatMap(({ peers }) => peers)),
    callers: [...new Set(found.flatMap(({ workloads }) => workloads))],
  }
}

interface FoundCaller {
  peers: Peer[]
  workloads: readonly Workload[]
}

const peerOf = (workload: Workload, topology: Topology): Peer => ({
  namespace: workload.namespace,
  labels: policySelector(workload, topology),
})

function callerOf(
  caller: Caller,
  flow: Flow,
  callees: readonly Callee[],
  topology: Topology,
  findings: Finding[],
): FoundCaller {
  if (caller.type === 'self') {
    const workloads = callees.flatMap((callee) => callee.workload ?? [])
    return { peers: callees.flatMap(({ namespace, labels }) => (labels ? [{ namespace, labels }] : [])), workloads }
  }
  if (caller.type === 'pods') {
    const { namespace, labels } = caller
    return {
      peers: [{ namespace, labels }],
      workloads: topology.workloadsWith(namespace, labels ?? {}),
    }
  }
  if (flow.destination.type === 'external') {
    const written = caller.type === 'workload' ? caller.name : caller.type
    findings.push(
      error(
        `flow ${flow.key}: found caller ${written}; expected namespace/app, namespace/app/component, namespace/* or {namespace, labels}, since a destination outside the cluster has no namespace to look for callers in`,
      ),
    )
    return { peers: [], workloads: [] }
  }
  if (caller.type === 'any') return { peers: [], workloads: [] }
  return callerByName(caller.name, flow, flow.destination.namespace, callees, topology, findings)
}

function callerByName(
  name: string,
  flow: Flow,
  namespace: string,
  callees: readonly Callee[],
  topology: Topology,
  findings: Finding[],
): FoundCaller {
  const workloads = topology.workloadsNamed(namespace, name)
  if (workloads.length === 0 && callees.some((callee) => callee.isHere)) {
    const names = topology.workloadsIn(namespace).map((workload) => workload.name)
    findings.push(
      error(
        `flow ${flow.key}: found caller ${name}, expected a workload of namespace ${namespace}${didYouMean(name, names)}; pods that are made elsewhere are written ${namespace}/app/component or {namespace, labels}`,
      ),
    )
  }
  return { peers: workloads.map((workload) => peerOf(workload, topology)), workloads }
}

function uniquePeers(peers: readonly Peer[]): Peer[] {
  const keyed = new Map(
    peers.map((peer) => [JSON.stringify([peer.namespace, Object.entries(peer.labels ?? {}).sort()]), peer]),
  )
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer)
}
