import { backendCalls } from '../../../functions/lib/flows/backends.ts'
import type { Topology } from '../../../functions/lib/flows/topology.ts'
import {
  describe,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { type Service, targetPortNumber } from '../../../functions/lib/kubernetes/service.ts'
import { join, type Read } from '../proposal.ts'
import { destinationOf } from './calls.ts'

/** A port of a pod on which clients outside the mesh call. */
export interface OutsidePort {
  workload: string
  port: number
  source: string
  /** It is called by the controller of an Ingress, which may be in the mesh. */
  isRoute?: true
}

/** How a Service is reached from outside the cluster; undefined for one that is not. */
function exposure(service: Service): string | undefined {
  const type = valueAt(service.object, ['spec', 'type'])
  if (type === 'LoadBalancer' || type === 'NodePort') return `type ${type}`
  const addresses = valueAt(service.object, ['spec', 'externalIPs'])
  return Array.isArray(addresses) && addresses.length > 0 ? 'externalIPs' : undefined
}

/**
 * Services that may be called from outside. Each is a guess, because only a person can give the reason, and perhaps a
 * narrower caller.
 */
export const readExposedServices = (topology: Topology): Read =>
  join(
    topology.services.map((service) => {
      const how = exposure(service)
      const source = `Service ${service.name}: ${how}`
      const proposals = (how === undefined ? [] : topology.workloadsBehind(service)).flatMap((callee) =>
        service.ports.flatMap(({ port }) => {
          const destination = destinationOf(callee, service, { port }, topology)
          return destination
            ? [
                {
                  ...destination,
                  caller: 'any' as const,
                  reason: `${source}: clients outside the cluster`,
                  source,
                  certain: false,
                },
              ]
            : []
        }),
      )
      return { proposals, notes: [] }
    }),
  )

/** The ports of pods behind exposed Services and Ingresses, whose clients may have no proxy and send plain text. */
export const outsidePorts = (objects: readonly KubernetesObject[], topology: Topology): OutsidePort[] => [
  ...exposedPorts(topology),
  ...backendCalls(objects, topology).calls.flatMap(({ workload, port: { port }, source }): OutsidePort[] =>
    typeof port === 'number' && isKind(source, 'networking.k8s.io', 'Ingress')
      ? [{ workload: workload.name, port, source: `${describe(source)}: its controller`, isRoute: true }]
      : [],
  ),
]

const exposedPorts = (topology: Topology): OutsidePort[] =>
  topology.services.flatMap((service) => {
    const how = exposure(service)
    if (how === undefined) return []
    return topology.workloadsBehind(service).flatMap((workload) =>
      service.ports.filter(isFields).flatMap((port) => {
        const onPod = targetPortNumber(port, workload)
        return onPod === undefined
          ? []
          : [{ workload: workload.name, port: onPod, source: `Service ${service.name}: ${how}` }]
      }),
    )
  })
