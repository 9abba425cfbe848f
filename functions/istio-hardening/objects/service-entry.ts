import { generatedObject } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { labelOfAddress } from '../../lib/kubernetes/cidr.ts'
import { ensureFields, ensureList, type KubernetesObject } from '../../lib/kubernetes/objects.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { Member } from '../mesh/member.ts'
import { hostsOfEntry, writtenEntries } from './service-entry-existing.ts'
import { externalProtocol, isAddress } from './service-entry-ports.ts'
import type { ExternalHost } from './sidecar-hosts.ts'

/** What a namespace calls at a host outside the cluster. */
interface ExternalCalls {
  namespace: string
  host: string
  ports: number[]
  callers: Member[]
}

/**
 * REGISTRY_ONLY admits an external host only where a ServiceEntry puts it in the registry: one per host and namespace of
 * callers, MESH_EXTERNAL, seen in that namespace alone. An entry that the build already has gets the ports that it lacks.
 * An entry of another build is left alone.
 */
export function serviceEntries(
  members: readonly Member[],
  objects: readonly KubernetesObject[],
  elsewhere: IstioHardeningSpec['serviceEntries'] = {},
): { generated: KubernetesObject[]; hostOf: ExternalHost } {
  const entryFor = writtenEntries(objects)
  const generated: KubernetesObject[] = []
  for (const calls of externalCalls(members)) {
    const entry = entryFor(calls.namespace, calls.host)
    if (entry) addPorts(entry, calls)
    else if (!Object.hasOwn(elsewhere, calls.host)) generated.push(generate(calls))
  }
  return {
    generated,
    hostOf: (namespace, host) => {
      const entry = entryFor(namespace, host)
      const owner = entry?.metadata.namespace ?? namespace
      return `${owner === namespace ? '.' : owner}/${registered(host, entry)}`
    },
  }
}

function externalCalls(members: readonly Member[]): ExternalCalls[] {
  const calls = members.flatMap((caller) =>
    caller.traffic.outbound.flatMap(({ flow: { destination, port, plain } }) =>
      destination.type === 'external' && !plain && typeof port === 'number'
        ? [{ caller, namespace: caller.workload.namespace, host: destination.host, port }]
        : [],
    ),
  )
  return [...groupBy(calls, ({ namespace, host }) => `${namespace}/${host}`).values()].map((group) => ({
    namespace: group[0]?.namespace ?? '',
    host: group[0]?.host ?? '',
    ports: [...new Set(group.map(({ port }) => port))].sort((a, b) => a - b),
    callers: [...new Set(group.map(({ caller }) => caller))],
  }))
}

interface Port {
  number: number
  name: string
  protocol: string
}

const portsOf = ({ host, ports }: ExternalCalls): Port[] =>
  ports.map((number) => {
    const protocol = externalProtocol(host, number)
    return { number, name: `${protocol.toLowerCase()}-${number}`, protocol }
  })

function addPorts(entry: KubernetesObject, calls: ExternalCalls): void {
  const present = ensureList<Partial<Port>>(ensureFields(entry, 'spec'), 'ports')
  for (const port of portsOf(calls)) if (!present.some(({ number }) => number === port.number)) present.push(port)
}

/** Neither a pattern nor an address has a name to resolve: the proxy sends to the address that the client dialled. */
function generate(calls: ExternalCalls): KubernetesObject {
  const { namespace, host, callers } = calls
  const isResolved = !host.startsWith('*.') && !isAddress(host)
  const owners = callers.map(({ workload }) => workload.object)
  return generatedObject(owners, {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    name: registered(host).replace(/^\*\./, 'wildcard.'),
    namespace,
    spec: {
      hosts: [registered(host)],
      ...(isAddress(host) && { addresses: [host] }),
      location: 'MESH_EXTERNAL',
      resolution: isResolved ? 'DNS' : 'NONE',
      exportTo: ['.'],
      ports: portsOf(calls),
    },
  })
}

/** The registry knows names alone: an address goes under the name of its ServiceEntry, which nothing looks up. */
function registered(host: string, entry?: KubernetesObject): string {
  if (!isAddress(host)) return host
  const [name] = entry ? hostsOfEntry(entry) : []
  return name ?? `${labelOfAddress(host)}.address`
}
