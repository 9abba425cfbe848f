import type { Topology } from '../../lib/flows/topology.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { describe, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import { type Service, serviceHost, servicePortFor, targetPortNumber } from '../../lib/kubernetes/service.ts'
import type { Workload } from '../../lib/kubernetes/workload.ts'
import { findings } from '../findings.ts'
import type { Build } from '../subjects/build.ts'

/** A flow to a workload by a Service of the build. */
interface Call {
  key: string
  port: number | string
  service: Service
  workload: Workload
}

/**
 * Workloads that the Service of a flow also selects, and to which no flow goes. Policies would drop their share of the
 * connections. With a headless Service, callers choose the pods themselves.
 */
export function forgottenEndpoints({ flows, topology }: Build): Finding[] {
  const calls = flows.flatMap(({ flow: { key, port, expect }, callees }) =>
    callees.flatMap(({ workload, host }) => {
      const service = workload && host && serviceOf(workload, host, topology)
      return workload && service && !service.headless && !expect ? [{ key, port, service, workload }] : []
    }),
  )
  const called = new Map<KubernetesObject, Set<KubernetesObject>>()
  for (const { service, workload } of calls)
    called.set(service.object, (called.get(service.object) ?? new Set()).add(workload.object))
  const once = groupBy(calls, ({ key, service }) => `${key} ${serviceHost(service.name, service.namespace)}`)
  return [...once.values()].flatMap(([call]) => {
    if (!call) return []
    const others = topology
      .workloadsBehind(call.service)
      .filter((other) => !called.get(call.service.object)?.has(other.object) && serves(other, call))
    return others.length > 0 ? [forgotten(call, others)] : []
  })
}

const serviceOf = (workload: Workload, host: string, topology: Topology): Service | undefined =>
  topology.servicesFor(workload).find(({ name, namespace }) => serviceHost(name, namespace) === host)

function serves(workload: Workload, { port, service }: Call): boolean {
  const servicePort = servicePortFor(service, port, workload)
  return servicePort !== undefined && targetPortNumber(servicePort, workload) !== undefined
}

const forgotten = ({ key, service, workload }: Call, others: readonly Workload[]): Finding =>
  findings['forgotten-endpoint'](
    { object: service.object },
    key,
    service.name,
    others.map(({ object }) => describe(object)).join(', '),
    describe(workload.object),
  )
