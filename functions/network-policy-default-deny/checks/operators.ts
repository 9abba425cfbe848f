import { writeCaller } from '../../lib/flows/flow.ts'
import type { MadePods } from '../../lib/flows/made-pods.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { selects } from '../../lib/kubernetes/selector.ts'
import type { OperatorCalls } from '../../lib/operators/operator.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'

/** Pods of custom resources whose own operator calls them on ports to which no flow admits it. */
export const operatorsWithoutFlows = (build: Build): Finding[] =>
  build.topology.made.flatMap((pods) => {
    const { operator } = pods
    if (!operator || !build.madeSubject(pods)) return []
    const closed = operator.ports.filter((port) => !isAdmitted(operator, port, pods, build))
    if (closed.length === 0) return []
    const flows = closed.map((port) => `flow ${pods.namespace}/${pods.name}:${port}`)
    return [findings['operator-cut-off']({ object: pods.object }, closed, flows, callerOf(operator, build))]
  })

/** Does a flow to the port admit pods that may be the operator's? */
const isAdmitted = (operator: OperatorCalls, port: number, pods: MadePods, { flows }: Build): boolean =>
  flows.some(
    ({ callees, peers }) =>
      callees.some(
        (callee) =>
          callee.namespace === pods.namespace &&
          selects(callee.labels ?? {}, pods.allLabels) &&
          Number(callee.port.port) <= port &&
          port <= (callee.port.endPort ?? Number(callee.port.port)),
      ) &&
      (peers === 'any' || peers.some(({ labels = {} }) => operator.labels.some((those) => selects(labels, those)))),
  )

/** The operator as flows write it: by its pods in the build, else as its manifests install it. */
function callerOf({ namespace, labels }: OperatorCalls, { topology }: Build): string {
  const [installed] = labels.flatMap((those) =>
    topology.workloads.filter((workload) => selects(those, workload.labels)).map((workload) => ({ workload, those })),
  )
  return writeCaller(installed?.workload.namespace ?? namespace, installed?.those ?? labels[0] ?? {})
}
