import { didYouMean } from '../framework/did-you-mean.ts'
import type { Finding, Severity } from '../framework/finding.ts'
import type { KubernetesObject } from '../kubernetes/objects.ts'
import { type Labels, selects } from '../kubernetes/selector.ts'
import { calleesOf } from './destinations.ts'
import { type ElsewhereSpec, elsewhereEntry } from './elsewhere.ts'
import { findings } from './findings.ts'
import { about, type Flow, parseFlows, writeCaller } from './flow.ts'
import { resolveFlows } from './resolve.ts'
import type { FlowsSpec } from './schema.ts'
import { policySelector, type Topology, topologyOf } from './topology.ts'

/** Pods that an operator makes, so that no manifest has them. */
export interface LabelledPods {
  namespace: string
  labels: Labels
}

/** What the policies of an environment declare. */
export interface Declarations {
  flows: FlowsSpec
  /** Run-time pods that are declared next to the flows. */
  runtimePods?: readonly LabelledPods[]
  /** Pods of other repositories. */
  elsewhere?: ElsewhereSpec
  /** Is the environment all there is? Then what cannot be checked is an error. */
  complete?: boolean
}

/** A finding, and the pods of another repository that would explain it, as flows write callers. */
interface Explained {
  finding: Finding
  pods: string | undefined
}

/**
 * Checks flows against a whole environment, all of its stacks rendered together: every caller must match a pod, and every
 * destination a workload with a Service that carries the port. The build of one stack cannot check this, because it does
 * not see the other stacks. A namespace that is not in the environment cannot be checked here either, which is a warning.
 * Pods that a flow selects by labels, or that are declared next to the flows, are made at run time and not checked. Pods
 * under `elsewhere` are known to exist; an entry that no flow needs is a warning.
 */
export function checkFlows(
  objects: readonly KubernetesObject[],
  { flows: spec, runtimePods = [], elsewhere = {}, complete = false }: Declarations,
): Finding[] {
  const topology = topologyOf(objects)
  const flows = parseFlows(spec)
  const environment: Environment = {
    topology,
    known: new Set([...topology.ownNamespaces, ...topology.workloads.map(({ namespace }) => namespace)]),
    runtimePods: [...runtimePods, ...flows.flatMap(selectedPods)],
    unchecked: complete ? 'error' : 'warning',
  }
  const needed = new Set(flows.flatMap((flow) => namedElsewhere(flow, elsewhere)))
  const found = flows
    .flatMap((flow) => [...checkDestination(flow, environment), ...checkCallers(flow, environment)])
    .filter(({ pods }) => {
      const entry = pods === undefined ? undefined : elsewhereEntry(elsewhere, pods)
      if (entry !== undefined) needed.add(entry)
      return entry === undefined
    })
  const unneeded = Object.keys(elsewhere).filter((entry) => !needed.has(entry))
  return [
    ...resolveFlows(flows, topology).findings,
    ...found.map(({ finding }) => finding),
    ...unneeded.map((entry) => findings['unneeded-elsewhere']({}, entry)),
  ]
}

/** The entry by which the destination is in another build, which this environment cannot show. */
function namedElsewhere({ destination }: Flow, elsewhere: ElsewhereSpec): string[] {
  const entry =
    destination.type === 'workload'
      ? elsewhereEntry(elsewhere, `${destination.namespace}/${destination.name}`)
      : undefined
  return entry === undefined ? [] : [entry]
}

interface Environment {
  topology: Topology
  /** Namespaces with at least one object in the environment. */
  known: ReadonlySet<string>
  runtimePods: readonly LabelledPods[]
  /** Severity of pods that cannot be checked. */
  unchecked: Severity
}

const selectedPods = ({ destination, selector }: Flow): LabelledPods[] =>
  destination.type === 'workload' && selector ? [{ namespace: destination.namespace, labels: selector }] : []

function checkDestination(flow: Flow, environment: Environment): Explained[] {
  if (flow.destination.type === 'external' || flow.selector) return []
  const { topology, known } = environment
  const reportedByResolution: Finding[] = []
  const callees = calleesOf(flow, topology, reportedByResolution)
  if (reportedByResolution.length > 0 || callees.some(({ isHere }) => isHere)) return []
  const { namespace, name } = flow.destination
  const pods = `${namespace}/${name}`
  if (!known.has(namespace)) return [notChecked(flow, 'destination', namespace, pods, environment)]
  const names = topology.workloadsIn(namespace).map((workload) => workload.name)
  const meant = didYouMean(name, names)
  const finding = findings['no-such-destination'](
    about(flow),
    flow.key,
    name,
    namespace,
    meant,
    oneOf(names, namespace),
  )
  return [{ finding, pods }]
}

function checkCallers(flow: Flow, environment: Environment): Explained[] {
  const { topology, known, runtimePods } = environment
  return flow.callers.flatMap((caller) => {
    if (caller.type !== 'pods') return []
    const { namespace, labels = {} } = caller
    if (topology.workloadsWith(namespace, labels).length > 0) return []
    if (topology.madeWith(namespace, labels).length > 0) return []
    if (runtimePods.some((pods) => pods.namespace === namespace && selects(labels, pods.labels))) return []
    const asWritten = writeCaller(namespace, labels)
    const pods = placeOf(namespace, asWritten)
    if (!known.has(namespace)) return [notChecked(flow, 'caller', namespace, pods, environment)]
    const callers = topology
      .workloadsIn(namespace)
      .map((workload) => writeCaller(namespace, policySelector(workload, topology)))
    const meant = didYouMean(asWritten, callers)
    const finding = findings['no-such-caller'](about(flow), flow.key, asWritten, meant, oneOf(callers, namespace))
    return [{ finding, pods }]
  })
}

const notChecked = (
  flow: Flow,
  side: string,
  namespace: string,
  pods: string,
  { known, unchecked }: Environment,
): Explained => ({
  finding: findings['not-checked'](
    { ...about(flow), severity: unchecked },
    flow.key,
    side,
    namespace,
    didYouMean(namespace, [...known]),
  ),
  pods,
})

const oneOf = (candidates: readonly string[], namespace: string): string =>
  candidates.length > 0
    ? `one of ${[...new Set(candidates)].sort().join(', ')}`
    : `a workload in namespace ${namespace}`

/** The pods of a caller with their namespace first, even if the flow writes the caller by its labels. */
export const placeOf = (namespace: string, asWritten: string): string =>
  asWritten.startsWith('{') ? `${namespace}/${asWritten}` : asWritten
