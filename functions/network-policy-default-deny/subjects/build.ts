import { type BackendCall, backendCalls } from '../../lib/flows/backends.ts'
import type { Callee } from '../../lib/flows/destinations.ts'
import { type Flow, parseFlows } from '../../lib/flows/flow.ts'
import { type ResolvedFlow, resolveFlows } from '../../lib/flows/resolve.ts'
import { type Topology, topologyOf } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { placeOf, runtimeSubjects } from './runtime-pods.ts'
import { type Scope, scopeFindings, scopeOf } from './scope.ts'
import { type Subject, workloadSubjects } from './subject.ts'

/** Everything that policies are computed from. */
export interface Build {
  spec: NetworkPolicyDefaultDenySpec
  objects: readonly KubernetesObject[]
  topology: Topology
  scope: Scope
  /** Flows as they are declared, in the order of their keys. */
  declared: readonly Flow[]
  /** Those that touch the build. */
  flows: readonly ResolvedFlow[]
  calls: readonly BackendCall[]
  subjects: readonly Subject[]
  /** Namespace objects of the build, by name. */
  namespaces: ReadonlyMap<string, KubernetesObject>
  subjectOf(workload: Workload): Subject | undefined
  calleeSubject(callee: Callee): Subject | undefined
}

/** Reads a build; what does not fit together in it is a finding. */
export function readBuild(
  objects: readonly KubernetesObject[],
  spec: NetworkPolicyDefaultDenySpec,
): { build: Build; findings: Finding[] } {
  const topology = topologyOf(objects)
  const scope = scopeOf(topology, spec)
  const declared = parseFlows(spec.flows)
  const traffic = [
    resolveFlows(
      declared.filter(({ selector }) => !selector),
      topology,
    ),
    resolveFlows(
      declared.filter(({ selector }) => selector),
      withNamed(topology, scope),
    ),
  ]
  const flows = traffic.flatMap((part) => part.flows)
  const { calls, findings } = backendCalls(objects, topology)
  const namespaces = new Map(
    objects.filter((object) => isKind(object, '', 'Namespace')).map((object) => [object.metadata.name, object]),
  )
  const ofWorkloads = workloadSubjects(topology, scope, namespaces)
  const ofRuntime = runtimeSubjects(flows, scope, spec)
  const byObject = new Map(ofWorkloads.subjects.map((subject) => [subject.workload?.object, subject]))
  const subjectOf = ({ object }: Workload): Subject | undefined => byObject.get(object)
  return {
    build: {
      ...{ spec, objects, topology, scope, declared, flows, calls, namespaces },
      subjects: [...ofWorkloads.subjects, ...new Set(ofRuntime.subjects.values())],
      subjectOf,
      calleeSubject: (callee) =>
        callee.workload ? subjectOf(callee.workload) : ofRuntime.subjects.get(placeOf(callee)),
    },
    findings: [
      ...traffic.flatMap((part) => part.findings),
      ...findings,
      ...scopeFindings(topology, scope, spec),
      ...ofWorkloads.findings,
      ...ofRuntime.findings,
    ],
  }
}

/** Run-time pods stand in no manifest: they are this build's where it denies their namespace, Namespace object or not. */
const withNamed = (topology: Topology, scope: Scope): Topology => ({
  ...topology,
  ownNamespaces: new Set([...topology.ownNamespaces, ...scope.denied]),
})
