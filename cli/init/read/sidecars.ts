import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { ISTIO_SYSTEM } from '../../../functions/lib/kubernetes/istio.ts'
import {
  describe,
  isFields,
  isKind,
  type KubernetesObject,
  valueAt,
} from '../../../functions/lib/kubernetes/objects.ts'
import { type Labels, selects } from '../../../functions/lib/kubernetes/selector.ts'
import type { Workload } from '../../../functions/lib/kubernetes/workload.ts'
import { join, type Proposal, type Read } from '../proposal.ts'
import { callerOf, callsTo as callsToService } from './calls.ts'
import { resolveHost } from './resolve-host.ts'

/**
 * Who calls whom by the egress hosts of Istio Sidecars, which a person wrote for just that. A Sidecar names no port: it
 * is certain where the Service has one, or the ServiceEntry of the build for a host outside.
 */
export const readSidecars = (objects: readonly KubernetesObject[], topology: Topology): Read =>
  join(
    objects
      .filter((object) => isKind(object, 'networking.istio.io', 'Sidecar'))
      .map((sidecar) => readSidecar(sidecar, objects, topology)),
  )

function readSidecar(sidecar: KubernetesObject, objects: readonly KubernetesObject[], topology: Topology): Read {
  const labels = valueAt(sidecar, ['spec', 'workloadSelector', 'labels']) as Labels | undefined
  const namespace = sidecar.metadata.namespace ?? ''
  const callers = topology.workloadsIn(namespace).filter((workload) => selects(labels ?? {}, workload.labels))
  const egress = valueAt(sidecar, ['spec', 'egress'])
  return join(
    (Array.isArray(egress) ? egress : []).flatMap((block, index) =>
      hostsOf(block).map((host): Read => {
        const source = `${describe(sidecar)}: spec.egress[${index}].hosts: ${host}`
        if (host.includes('*'))
          return { proposals: [], notes: [`${source}: a pattern, which no flow is; it stays in the Sidecar`] }
        const port = valueAt(block, ['port', 'number'])
        const written = typeof port === 'number' ? [port] : undefined
        const proposals = callers.flatMap((caller) =>
          callsTo(host.slice(host.indexOf('/') + 1), caller, written, objects, topology),
        )
        return {
          proposals: proposals.map((one) => ({ ...one, source, certain: one.certain && labels !== undefined })),
          notes: [],
        }
      }),
    ),
  )
}

/** `namespace/host`; what every Sidecar lists of the mesh itself is no call. */
const hostsOf = (block: unknown): string[] => {
  const hosts = isFields(block) && Array.isArray(block.hosts) ? block.hosts : []
  return hosts.filter(
    (host) => typeof host === 'string' && host.includes('/') && !host.startsWith(`${ISTIO_SYSTEM}/`) && host !== '~/*',
  )
}

function callsTo(
  host: string,
  caller: Workload,
  written: readonly number[] | undefined,
  objects: readonly KubernetesObject[],
  topology: Topology,
): Omit<Proposal, 'source'>[] {
  const target = resolveHost(host, caller.namespace, topology)
  if (target?.type === 'service') {
    const { proposals } = callsToService(target.service, written, caller, topology, { isPod: target.isPod })
    return proposals.map(({ question: _, ...call }) => call)
  }
  if (target?.type !== 'external') return []
  const registered = written ?? portsRegisteredFor(host, objects)
  return (registered ?? [443]).map((port) => ({
    destination: `external/${target.host}`,
    port,
    caller: callerOf(caller, undefined, topology),
    certain: registered !== undefined,
  }))
}

/** The ports of the ServiceEntry of the build that has the host. */
function portsRegisteredFor(host: string, objects: readonly KubernetesObject[]): number[] | undefined {
  const entry = objects.find((object) => {
    const hosts = valueAt(object, ['spec', 'hosts'])
    return isKind(object, 'networking.istio.io', 'ServiceEntry') && Array.isArray(hosts) && hosts.includes(host)
  })
  const ports = valueAt(entry, ['spec', 'ports'])
  const numbers = (Array.isArray(ports) ? ports : []).flatMap((port) =>
    isFields(port) && typeof port.number === 'number' ? [port.number] : [],
  )
  return numbers.length > 0 ? numbers : undefined
}
