import type { Callee } from '../../functions/lib/flows/callee.ts'
import { APP, COMPONENT, type Flow, parseFlows } from '../../functions/lib/flows/flow.ts'
import { type CallingPods, resolveFlows } from '../../functions/lib/flows/resolve.ts'
import type { FlowsSpec } from '../../functions/lib/flows/schema.ts'
import { type Topology, topologyOf } from '../../functions/lib/flows/topology.ts'
import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { Labels } from '../../functions/lib/kubernetes/selector.ts'

/** Pods, or a host outside the cluster, at one end of a flow. */
export interface GraphNode {
  /** undefined: outside the cluster, or anywhere. */
  namespace: string | undefined
  /** A workload of the build by its name, pods of another by app and component or by their labels, or a host. */
  name: string
}

/** One caller of one destination. */
export interface Edge {
  from: GraphNode
  to: GraphNode
  port: string
  /** Does it bypass the mesh? */
  plain: boolean
}

const ANYONE: GraphNode = { namespace: undefined, name: 'anyone' }

/** Who calls whom of the flows that touch a build, in the order of the flows. */
export function edgesOf(flows: FlowsSpec, objects: readonly KubernetesObject[]): Edge[] {
  const topology = topologyOf(objects)
  return resolveFlows(parseFlows(flows), topology).flows.flatMap(({ flow, callees, peers, callers }) => {
    const named = callers.map(({ namespace, name }): GraphNode => ({ namespace, name }))
    const others = peers === 'any' ? [ANYONE] : peers.flatMap((peer) => nodesOf(peer, topology))
    return destinationsOf(flow, callees).flatMap((to) =>
      unique([...named, ...others]).map((from): Edge => ({ from, to, port: String(flow.port), plain: flow.plain })),
    )
  })
}

function destinationsOf({ destination }: Flow, callees: readonly Callee[]): GraphNode[] {
  if (destination.type === 'external') return [{ namespace: undefined, name: destination.host }]
  const { namespace, name } = destination
  const workloads = callees.flatMap(({ workload }) => (workload ? [{ namespace, name: workload.name }] : []))
  return workloads.length > 0 ? unique(workloads) : [{ namespace, name: name === '*' ? 'every workload' : name }]
}

function nodesOf({ namespace, labels }: CallingPods, topology: Topology): GraphNode[] {
  const here = labels ? topology.workloadsWith(namespace, labels) : []
  return here.length > 0 ? here.map(({ name }) => ({ namespace, name })) : [{ namespace, name: nameOf(labels) }]
}

function nameOf(labels: Labels | undefined): string {
  if (!labels) return 'every pod'
  const { [APP]: app, [COMPONENT]: component, ...others } = labels
  // In the form of callers. An empty component means that the pods lack the label.
  if (app !== undefined && Object.keys(others).length === 0) return component ? `${app}/${component}` : app
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

const unique = (nodes: readonly GraphNode[]): GraphNode[] => [
  ...new Map(nodes.map((node) => [JSON.stringify(node), node])).values(),
]
