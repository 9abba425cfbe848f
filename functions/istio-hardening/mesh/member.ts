import { policySelector, type Topology } from '../../lib/flows/topology.ts'
import { generatedNames } from '../../lib/framework/generated-names.ts'
import { generatedObject } from '../../lib/framework/generated-objects.ts'
import type { Fields, KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { Labels } from '../../lib/kubernetes/selector.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import type { WorkloadTraffic } from './traffic.ts'

/** A workload of the mesh, with what its Istio objects are made from. */
export interface Member {
  workload: Workload
  /** The name of its objects. */
  name: string
  /** The labels by which they select its pods. */
  selector: Labels
  /** Other workloads whose pods these labels select too: none, where any label tells the pods apart. */
  alike: readonly Workload[]
  traffic: WorkloadTraffic
}

/** The members among the workloads, in an order that does not depend on the input's. */
export function membersOf(
  topology: Topology,
  isMember: (workload: Workload) => boolean,
  trafficOf: (workload: Workload) => WorkloadTraffic,
): Member[] {
  const names = generatedNames(topology.workloads)
  return topology.workloads
    .filter(isMember)
    .map((workload) => {
      const selector = policySelector(workload, topology)
      const selected = topology.workloadsWith(workload.namespace, selector)
      return {
        workload,
        name: names.get(workload.object) ?? workload.name,
        selector,
        alike: selected.filter(({ object }) => object !== workload.object),
        traffic: trafficOf(workload),
      }
    })
    .toSorted(byNamespaceAndName)
}

const keyOf = ({ workload, name }: Member): string => `${workload.namespace}/${name}`
const byNamespaceAndName = (a: Member, b: Member): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** A generated object of a member, of its name. */
export const objectFor = (member: Member, apiVersion: string, kind: string, spec: Fields): KubernetesObject =>
  generatedObject([member.workload.object], { apiVersion, kind, name: member.name, spec })
