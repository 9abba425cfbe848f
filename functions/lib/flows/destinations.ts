import { didYouMean, nearest } from '../framework/did-you-mean.ts'
import type { Finding } from '../framework/finding.ts'
import { selects } from '../kubernetes/selector.ts'
import { containerPort, type Workload } from '../kubernetes/workload.ts'
import { carryingServices } from './called-service.ts'
import type { Callee } from './callee.ts'
import { calleeHere } from './callees-in-build.ts'
import { calleesElsewhere, madeCallees, runtimeCallees } from './callees-without-workload.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { EVERY_PORT } from './schema.ts'
import type { Topology } from './topology.ts'
import { unboundService } from './unbound-service.ts'

/** Every workload that a flow's destination names. A destination that the build should have and lacks is an error. */
export function calleesOf(flow: Flow, topology: Topology, found: Finding[]): Callee[] {
  if (flow.destination.type === 'external') {
    if (typeof flow.port === 'string') found.push(findings['external-port-name'](about(flow), flow.key, flow.port))
    return []
  }
  const { namespace, name } = flow.destination
  const candidates = topology.workloadsIn(namespace)
  if (name === '*' && !flow.selector && candidates.length > 0) return everyCallee(flow, candidates, topology, found)
  const workloads = candidates.filter((workload) => isNamed(flow, name, workload))
  if (flow.selector && workloads.length === 0) return runtimeCallees(flow, namespace, name, topology, found)
  // If several kinds share a name, such as a Job and a Deployment, those that carry the port are meant.
  if (workloads.length > 1 && !flow.selector) return everyCallee(flow, workloads, topology, found)
  if (workloads.length > 0) return workloads.flatMap((workload) => calleeHere(flow, workload, topology, found))
  const made = topology.madeNamed(namespace, name)
  if (made.length > 0) return made.flatMap((pods) => madeCallees(flow, pods, topology, found))
  if (topology.isElsewhere(namespace, name)) return calleesElsewhere(flow, namespace, name)
  const missing = nothingNamed(flow, namespace, name, candidates, topology)
  if (missing) {
    found.push(missing)
    return []
  }
  return calleesElsewhere(flow, namespace, name)
}

/** Why no pods are there of a name that the build should have; undefined if another build may have them. */
function nothingNamed(
  flow: Flow,
  namespace: string,
  name: string,
  candidates: readonly Workload[],
  topology: Topology,
): Finding | undefined {
  if (name === '*') return undefined
  const service = topology.serviceCalled(namespace, flow.service ?? name)
  const unbound = service && unboundService(flow, service)
  if (unbound) return unbound
  const names = [...candidates, ...topology.madeWith(namespace, {})].map((one) => one.name)
  if (!topology.ownNamespaces.has(namespace) && nearest(name, names) === undefined) return undefined
  const behind = service ? topology.workloadsBehind(service).map((workload) => workload.name) : []
  const meant = behind.length > 0 ? ` (Service ${name} selects ${behind.join(', ')})` : didYouMean(name, names)
  return findings['unknown-destination'](about(flow), flow.key, name, namespace, meant, names)
}

/** `*` is every workload that carries the port, by a container or a Service. It is an error if none does. */
function everyCallee(flow: Flow, candidates: readonly Workload[], topology: Topology, found: Finding[]): Callee[] {
  const carrying = candidates.filter(
    (workload) =>
      flow.port === EVERY_PORT ||
      containerPort(workload, flow.port) !== undefined ||
      carryingServices(flow, workload, topology).length > 0,
  )
  return (carrying.length > 0 ? carrying : candidates).flatMap((workload) =>
    calleeHere(flow, workload, topology, found),
  )
}

/** A selector names pods by labels, whether their workload is in the build or an operator makes them. */
const isNamed = (flow: Flow, name: string, workload: Workload): boolean =>
  flow.selector ? selects(flow.selector, workload.labels) : workload.name === name
