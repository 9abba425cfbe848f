import { didYouMean } from '../framework/did-you-mean.ts'
import { error, type Finding, warning } from '../framework/finding.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { calleesOf } from './destinations.ts'
import { APP, COMPONENT, type Flow, parseFlows } from './flow.ts'
import { resolveFlows } from './resolve.ts'
import type { FlowsSpec } from './schema.ts'
import { policySelector, type Topology, topologyOf } from './topology.ts'

/** Tag of a finding about pods that are not in the environment: the pods as `namespace/app/component`. */
export const PODS = 'pods'
/** Tag of a warning about what could not be checked. */
export const UNCHECKED = 'unchecked'

/** Pods that an operator makes, so that they stand in no manifest. */
export interface RuntimePods {
  namespace: string
  labels: Labels
}

/**
 * Holds flows against a whole environment, all of its stacks rendered together: every caller must match a pod, and
 * every destination a workload with a Service that carries the port. A stack's own build can't tell, since it passes
 * over what stands in another stack. What lies in a namespace of which nothing is in the environment can't be told here
 * either, and is a warning. Pods that a flow gives by selector are made at run time, and taken as they are, like those that
 * are declared beside the flows.
 */
export function checkFlows(
  objects: readonly KubernetesObject[],
  spec: FlowsSpec,
  declared: readonly RuntimePods[] = [],
): Finding[] {
  const topology = topologyOf(objects)
  const flows = parseFlows(spec)
  const known = new Set([...topology.ownNamespaces, ...topology.workloads.map(({ namespace }) => namespace)])
  const runtimePods = [...declared, ...flows.flatMap(selectedPods)]
  return [
    ...resolveFlows(flows, topology).findings,
    ...flows.flatMap((flow) => checkDestination(flow, topology, known)),
    ...flows.flatMap((flow) => checkCallers(flow, topology, known, runtimePods)),
  ]
}

const selectedPods = ({ destination, selector }: Flow): RuntimePods[] =>
  destination.type === 'workload' && selector ? [{ namespace: destination.namespace, labels: selector }] : []

function checkDestination(flow: Flow, topology: Topology, known: ReadonlySet<string>): Finding[] {
  if (flow.destination.type === 'external' || flow.selector) return []
  const reportedByResolution: Finding[] = []
  const callees = calleesOf(flow, topology, reportedByResolution)
  if (reportedByResolution.length > 0 || callees.some(({ isHere }) => isHere)) return []
  const { namespace, name } = flow.destination
  if (!known.has(namespace)) return [notChecked(flow, 'destination', namespace, `${namespace}/${name}`, known)]
  const names = topology.workloadsIn(namespace).map((workload) => workload.name)
  return [
    error(
      `flow ${flow.key}: found no workload ${name} in namespace ${namespace} of any stack${didYouMean(name, names)}; expected ${oneOf(names, namespace)}`,
      { tags: { [PODS]: `${namespace}/${name}` } },
    ),
  ]
}

function checkCallers(
  flow: Flow,
  topology: Topology,
  known: ReadonlySet<string>,
  runtimePods: readonly RuntimePods[],
): Finding[] {
  return flow.callers.flatMap((caller) => {
    if (caller.type !== 'pods') return []
    const { namespace, labels = {} } = caller
    if (topology.workloadsWith(namespace, labels).length > 0) return []
    if (runtimePods.some((pods) => pods.namespace === namespace && selects(labels, pods.labels))) return []
    const asWritten = writeCaller(namespace, labels)
    if (!known.has(namespace)) return [notChecked(flow, 'caller', namespace, placeOf(namespace, asWritten), known)]
    const callers = topology
      .workloadsIn(namespace)
      .map((workload) => writeCaller(namespace, policySelector(workload, topology)))
    return [
      error(
        `flow ${flow.key}: found caller ${asWritten}, which matches no pod of any stack${didYouMean(asWritten, callers)}; expected ${oneOf(callers, namespace)}`,
        { tags: { [PODS]: placeOf(namespace, asWritten) } },
      ),
    ]
  })
}

const notChecked = (flow: Flow, side: string, namespace: string, pods: string, known: ReadonlySet<string>): Finding =>
  warning(
    `flow ${flow.key}: the ${side} was not checked: nothing of namespace ${namespace} is in this environment${didYouMean(namespace, [...known])}`,
    { tags: { [PODS]: pods, [UNCHECKED]: side } },
  )

const oneOf = (candidates: readonly string[], namespace: string): string =>
  candidates.length > 0
    ? `one of ${[...new Set(candidates)].sort().join(', ')}`
    : `a workload in namespace ${namespace}`

/** A caller that is written by its labels stands in its namespace all the same. */
const placeOf = (namespace: string, asWritten: string): string =>
  asWritten.startsWith('{') ? `${namespace}/${asWritten}` : asWritten

/** A caller in the form in which flows are written. */
export function writeCaller(namespace: string, labels: Labels): string {
  const keys = Object.keys(labels)
  if (keys.length === 0) return `${namespace}/*`
  const isPlain = labels[APP] !== undefined && keys.every((key) => key === APP || key === COMPONENT)
  return isPlain ? writePods(namespace, labels) : JSON.stringify({ namespace, labels })
}

const writePods = (namespace: string, { [APP]: app, [COMPONENT]: component }: Labels): string =>
  [namespace, app ?? '*', component].filter((part) => part !== undefined).join('/')
