import type { BackendCall, MadeCall } from '../../lib/flows/backends.ts'
import type { Callee } from '../../lib/flows/callee.ts'
import type { Flow } from '../../lib/flows/flow.ts'
import { type Gateways, readGateways } from '../../lib/flows/gateways.ts'
import { type MadePods, selectsMade } from '../../lib/flows/made-pods.ts'
import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import type { Scrape } from '../../lib/flows/scrapes.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { sharedTopology, trafficOf } from '../../lib/flows/traffic.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import type { Shared } from '../../lib/framework/shared.ts'
import { isKind, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { NetworkPolicyDefaultDenySpec } from '../config.ts'
import { gatewaySubjects } from './gateway-pods.ts'
import { kubeletReaders } from './kubelet-readers.ts'
import { replicaSubjects } from './replicas.ts'
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
  /** The flows that concern the build. */
  flows: readonly ResolvedFlow[]
  calls: readonly BackendCall[]
  /** Calls to pods that operators make. */
  madeCalls: readonly MadeCall[]
  /** What monitors of the build ask to be scraped. */
  scrapes: readonly Scrape[]
  subjects: readonly Subject[]
  /** The subjects that no manifest holds. */
  runtimeSubjects: readonly Subject[]
  /** Namespace objects of the build, by name. */
  namespaces: ReadonlyMap<string, KubernetesObject>
  gateways: Gateways
  /** Single pods that have a policy in addition to that of their workload. */
  replicas: readonly Subject[]
  subjectOf(workload: Workload, replica?: string): Subject | undefined
  calleeSubject(callee: Callee): Subject | undefined
  /** The subject of pods that an operator makes. */
  madeSubject(pods: MadePods): Subject | undefined
}

/** Reads a build, and reports what does not fit together in it. */
export function readBuild(
  objects: readonly KubernetesObject[],
  spec: NetworkPolicyDefaultDenySpec,
  shared: Shared,
): { build: Build; findings: Finding[] } {
  const scope = scopeOf(sharedTopology(objects, spec, shared), spec)
  const traffic = trafficOf(objects, { flows: spec.flows, elsewhere: spec.elsewhere, namespaces: scope.denied }, shared)
  const { topology, declared, flows, calls, madeCalls, scrapes } = traffic
  const namespaces = new Map(
    objects.filter((object) => isKind(object, '', 'Namespace')).map((object) => [object.metadata.name, object]),
  )
  const known = { namespaces, kubeletReaders: kubeletReaders(objects) }
  const ofWorkloads = workloadSubjects(topology, scope, known)
  const ofRuntime = runtimeSubjects(flows, { topology, scope, spec, ...known })
  const declaredPods = [...new Set(ofRuntime.subjects.values())]
  const ofGateways = gatewaySubjects(objects, declaredPods, { topology, scope, spec })
  const runtime = [...declaredPods, ...ofGateways]
  const byObject = new Map(ofWorkloads.subjects.map((subject) => [subject.workload?.object, subject]))
  const ofWorkload = ({ object }: Workload): Subject | undefined => byObject.get(object)
  const replicas = replicaSubjects(flows, calls, ofWorkload)
  const subjectOf = (workload: Workload, replica?: string): Subject | undefined =>
    replica === undefined ? ofWorkload(workload) : replicas.get(`${workload.namespace}/${replica}`)
  return {
    build: {
      ...{ spec, objects, topology, scope, declared, flows, calls, madeCalls, scrapes, namespaces },
      gateways: readGateways(objects, topology, spec.gateways),
      subjects: [...ofWorkloads.subjects, ...runtime],
      runtimeSubjects: runtime,
      replicas: [...replicas.values()],
      subjectOf,
      calleeSubject: (callee) =>
        callee.workload ? subjectOf(callee.workload, callee.replica) : ofRuntime.subjects.get(placeOf(callee)),
      madeSubject: (pods) =>
        declaredPods.find(({ namespace, podLabels }) => namespace === pods.namespace && selectsMade(podLabels, pods)),
    },
    findings: [
      ...traffic.findings,
      ...scopeFindings(topology, scope, spec),
      ...ofWorkloads.findings,
      ...ofRuntime.findings,
    ],
  }
}
