import type { Finding } from '../framework/finding.ts'
import { describe, identity, type KubernetesObject } from '../kubernetes/objects.ts'
import type { BackendCall } from './backends.ts'
import { findings } from './findings.ts'
import { about } from './flow.ts'
import type { Port } from './port.ts'
import type { ResolvedFlow } from './resolve.ts'

/** Flows that expect nobody to call a port to which another flow or an object of the build leads. */
export function calledAfterAll(flows: readonly ResolvedFlow[], calls: readonly BackendCall[]): Finding[] {
  const expecting = flows.filter(({ flow }) => flow.expect === 'uncalled')
  if (expecting.length === 0) return []
  const callers = new Map([
    ...calls.map(({ workload, port, source }) => [portOf(workload.object, port), describe(source)] as const),
    ...flows
      .filter(({ flow }) => flow.callers.length > 0)
      .flatMap(({ flow, callees }) =>
        callees.flatMap(({ workload, port }) =>
          workload ? [[portOf(workload.object, port), `flow ${flow.key}`] as const] : [],
        ),
      ),
  ])
  return expecting.flatMap(({ flow, callees }) => {
    const caller = callees.flatMap(({ workload, port }) =>
      workload ? (callers.get(portOf(workload.object, port)) ?? []) : [],
    )[0]
    return caller === undefined ? [] : [findings['called-after-all'](about(flow), flow.key, caller)]
  })
}

const portOf = (object: KubernetesObject, { port, protocol }: Port): string => `${identity(object)}:${port}/${protocol}`
