import { policySelector, type Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { generatedNames } from '../../lib/framework/generated-names.ts'
import type { BoundAccounts } from '../../lib/kubernetes/bound-accounts.ts'
import { describe, formatPath, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { isHostNetwork, serviceAccountOf, usesApiServer } from '../../lib/kubernetes/pod-traits.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import { runsPods, type Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Scope } from './scope.ts'
import { hasSidecar } from './sidecar.ts'

/** Pods that get a policy of their own: those of a workload, or those that an operator makes at run time. */
export interface Subject {
  /** Name of the policy. */
  name: string
  namespace: string
  /** What selects the pods. */
  podLabels: Labels
  /** All labels that the pods are known to carry. */
  carried: Labels
  /** undefined for run-time pods. */
  workload: Workload | undefined
  injected: boolean
  usesApiServer: boolean
  /** Does it call the kubelets of nodes? */
  readsKubelets: boolean
}

/** What objects other than workloads say about pods. */
export interface Known {
  /** Namespace objects of the build, by name. */
  namespaces: ReadonlyMap<string, KubernetesObject>
  /** Service accounts with a right to what kubelets serve. */
  kubeletReaders: Pick<BoundAccounts, 'has'>
}

/** Every workload whose pods a policy can select, as subjects, and the reason for each of the others. */
export function workloadSubjects(
  topology: Topology,
  scope: Scope,
  { namespaces, kubeletReaders }: Known,
): { subjects: Subject[]; findings: Finding[] } {
  const found: Finding[] = []
  const names = generatedNames(topology.workloads)
  const subjects = topology.workloads.filter(runsPods).flatMap((workload) => {
    const { object, namespace } = workload
    if (isHostNetwork(workload)) found.push(onHostNetwork(workload))
    if (isHostNetwork(workload) || !scope.includes(namespace)) return []
    const podLabels = policySelector(workload, topology)
    if (Object.keys(podLabels).length === 0) {
      found.push(withoutLabels(workload))
      return []
    }
    found.push(...sharedLabels(workload, podLabels, topology))
    const traits = {
      injected: hasSidecar(workload, namespaces),
      usesApiServer: usesApiServer(workload),
      readsKubelets: kubeletReaders.has(serviceAccountOf(workload) ?? 'default', namespace),
    }
    const carried = workload.labels
    return [{ name: names.get(object) ?? workload.name, namespace, podLabels, carried, workload, ...traits }]
  })
  return { subjects, findings: found }
}

const onHostNetwork = ({ object, template }: Workload): Finding =>
  findings['host-network']({
    object,
    field: { path: formatPath([...template.path, 'spec', 'hostNetwork']), currentValue: true },
  })

const withoutLabels = ({ object, template }: Workload): Finding =>
  findings['no-labels']({
    object,
    field: { path: formatPath([...template.path, 'metadata', 'labels']) },
  })

/** A policy reaches every pod that carries its labels. */
function sharedLabels(workload: Workload, podLabels: Labels, topology: Topology): Finding[] {
  const others = topology
    .workloadsWith(workload.namespace, podLabels)
    .filter(({ object }) => object !== workload.object)
  if (others.length === 0) return []
  const names = others.map(({ object }) => describe(object)).join(', ')
  return [findings['shared-labels']({ object: workload.object }, names)]
}
