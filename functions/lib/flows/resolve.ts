import { didYouMean } from '../framework/did-you-mean.ts'
import type { Finding } from '../framework/finding.ts'
import type { Labels } from '../kubernetes/selector.ts'
import type { Workload } from '../kubernetes/workload.ts'
import type { Callee } from './callee.ts'
import { calleesOf } from './destinations.ts'
import { findings } from './findings.ts'
import { APP, about, type Caller, type Flow, isWholeNamespace, writeCaller } from './flow.ts'
import { EVERY_PORT, type FlowsSpec } from './schema.ts'
import { type Surroundings, selectingTogether } from './together.ts'
import { policySelector, type Topology } from './topology.ts'

/** Pods that may call, as the callee's side names them. */
export interface CallingPods {
  namespace: string
  /** undefined: every pod of the namespace. */
  labels: Labels | undefined
}

/** What a flow means in the build. */
export interface ResolvedFlow {
  flow: Flow
  /** Where it goes; empty for a destination outside the cluster. */
  callees: readonly Callee[]
  /** Who may call, for the callee's side: `any` or peers, sorted. */
  peers: 'any' | readonly CallingPods[]
  /** The workloads of the build among the callers, for the caller's side. */
  callers: readonly Workload[]
}

/**
 * Looks up flows in a build. A flow that concerns nothing in the build is left out. A flow to or from something that the
 * build should have and lacks is an error, which names the nearest match.
 */
export function resolveFlows(
  flows: readonly Flow[],
  topology: Topology,
  declared?: FlowsSpec,
): { flows: ResolvedFlow[]; findings: Finding[] } {
  const found: Finding[] = []
  const resolved = flows.flatMap((flow) => {
    const callees = calleesOf(flow, topology, found)
    const { peers, callers } = callersOf(flow, callees, topology, declared, found)
    return callees.some((callee) => callee.isHere) || callers.length > 0 ? [{ flow, callees, peers, callers }] : []
  })
  return { flows: resolved, findings: found }
}

function callersOf(
  flow: Flow,
  callees: readonly Callee[],
  topology: Topology,
  declared: FlowsSpec | undefined,
  found: Finding[],
): Pick<ResolvedFlow, 'peers' | 'callers'> {
  const isAny = flow.callers.some(({ type }) => type === 'any')
  found.push(...everyPort(flow))
  if (flow.reason === undefined) found.push(...flow.callers.flatMap((caller) => withoutReason(caller, flow)))
  const callers = flow.callers.map((caller) => ({ caller, ...callerOf(caller, flow, callees, topology, found) }))
  const isEvery = isSelfOfNamespace(flow)
  const named = callers.filter(({ caller }) => caller.type === 'self' || caller.type === 'workload')
  const peers = peersTogether(named, { topology, flows: declared, isEvery }) ?? named.flatMap((one) => one.peers)
  const others = callers.filter((one) => !named.includes(one)).flatMap((one) => one.peers)
  return {
    peers: isAny ? 'any' : uniquePeers([...peers, ...others]),
    callers: [...new Set(callers.flatMap(({ workloads }) => workloads))],
  }
}

/** Is every workload of a namespace to call each other one? */
const isSelfOfNamespace = ({ callers, destination }: Flow): boolean =>
  destination.type === 'workload' && destination.name === '*' && callers.some(({ type }) => type === 'self')

/** Many callers that the flow names one by one, or as `self`, and that labels select together. */
function peersTogether(named: readonly FoundCaller[], around: Surroundings): CallingPods[] | undefined {
  const workloads = named.flatMap((caller) => caller.workloads)
  const labels = selectingTogether(workloads, around)
  return labels && workloads[0] && [{ namespace: workloads[0].namespace, labels }]
}

/** Every port at once is an exception, and proxies cannot leave all ports out. */
const everyPort = (flow: Flow): Finding[] =>
  flow.port !== EVERY_PORT
    ? []
    : [
        ...(flow.reason === undefined ? [findings['every-port-without-reason'](about(flow), flow.key)] : []),
        ...(flow.plain ? [findings['every-port-past-proxy'](about(flow), flow.key)] : []),
      ]

/** Everyone, and every pod of a namespace, are exceptions. */
function withoutReason(caller: Caller, flow: Flow): Finding[] {
  if (caller.reason !== undefined) return []
  if (caller.type === 'any') return [findings['anyone-without-reason'](about(flow), flow.key)]
  const isNamespace = caller.type === 'pods' && Object.keys(caller.labels ?? {}).length === 0
  return isNamespace ? [findings['namespace-without-reason'](about(flow), flow.key, caller.namespace)] : []
}

interface FoundCaller {
  peers: CallingPods[]
  workloads: readonly Workload[]
}

const peerOf = (workload: Workload, topology: Topology): CallingPods => ({
  namespace: workload.namespace,
  labels: policySelector(workload, topology),
})

function callerOf(
  caller: Caller,
  flow: Flow,
  callees: readonly Callee[],
  topology: Topology,
  found: Finding[],
): FoundCaller {
  if (caller.type === 'self') {
    const workloads = [...new Set(callees.flatMap((callee) => callee.workload ?? []))]
    const [first] = callees
    if (first && isWholeNamespace(flow))
      return { peers: [{ namespace: first.namespace, labels: undefined }], workloads }
    return { peers: callees.flatMap(({ namespace, labels }) => (labels ? [{ namespace, labels }] : [])), workloads }
  }
  if (caller.type === 'pods') {
    const { namespace, labels } = caller
    found.push(...otherLabels(flow, namespace, labels, topology))
    return {
      peers: [{ namespace, labels }],
      workloads: topology.workloadsWith(namespace, labels ?? {}),
    }
  }
  if (flow.destination.type === 'external') {
    const written = caller.type === 'workload' ? caller.name : caller.type
    found.push(findings['caller-without-namespace'](about(flow), flow.key, written))
    return { peers: [], workloads: [] }
  }
  if (caller.type === 'any') return { peers: [], workloads: [] }
  return callerByName(caller.name, flow, flow.destination.namespace, callees, topology, found)
}

/** `namespace/app` means a label. A workload of that name with other labels was probably meant. */
function otherLabels(flow: Flow, namespace: string, labels: Labels | undefined, topology: Topology): Finding[] {
  const name = labels?.[APP]
  if (labels === undefined || name === undefined || topology.isElsewhere(namespace, name)) return []
  if (topology.workloadsWith(namespace, labels).length + topology.madeWith(namespace, labels).length > 0) return []
  const [workload] = topology.workloadsNamed(namespace, name)
  const [made] = topology.madeNamed(namespace, name)
  const object = workload?.object ?? made?.object
  const carried = workload ? policySelector(workload, topology) : made?.labels
  if (!object || !carried) return []
  const details = { ...about(flow), object }
  const expected = JSON.stringify({ namespace, labels: carried })
  return [findings['caller-with-other-labels'](details, flow.key, writeCaller(namespace, labels), expected)]
}

function callerByName(
  name: string,
  flow: Flow,
  namespace: string,
  callees: readonly Callee[],
  topology: Topology,
  found: Finding[],
): FoundCaller {
  const workloads = topology.workloadsNamed(namespace, name)
  const made = workloads.length === 0 ? topology.madeNamed(namespace, name) : []
  if (workloads.length + made.length === 0 && callees.some((callee) => callee.isHere)) {
    const names = [...topology.workloadsIn(namespace), ...topology.madeWith(namespace, {})].map((one) => one.name)
    found.push(findings['unknown-caller'](about(flow), flow.key, name, namespace, didYouMean(name, names)))
  }
  return {
    peers: [
      ...workloads.map((workload) => peerOf(workload, topology)),
      ...made.map(({ labels }) => ({ namespace, labels })),
    ],
    workloads,
  }
}

function uniquePeers(peers: readonly CallingPods[]): CallingPods[] {
  const keyed = new Map(
    peers.map((peer) => [JSON.stringify([peer.namespace, Object.entries(peer.labels ?? {}).sort()]), peer]),
  )
  return [...keyed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, peer]) => peer)
}
