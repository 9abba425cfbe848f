import { didYouMean } from '../framework/did-you-mean.ts'
import type { Finding } from '../framework/finding.ts'
import { serviceHost } from '../kubernetes/service.ts'
import { type Callee, calleesAt, everyPorts } from './callee.ts'
import { findings } from './findings.ts'
import { about, type Flow } from './flow.ts'
import { type MadePods, portOfMade, targetOf } from './made-pods.ts'
import { isTcp, type Port, type Protocol } from './port.ts'
import { wrongPodPort } from './port-problems.ts'
import { EVERY_PORT } from './schema.ts'
import type { Topology } from './topology.ts'

/** Pods of another build, of which only their name and namespace are known. */
export const calleesElsewhere = (flow: Flow, namespace: string, name: string): Callee[] =>
  calleesAt(
    {
      ...{ namespace, workload: undefined, name, isHere: false, labels: undefined },
      host: hostElsewhere(flow, namespace, name),
    },
    portsElsewhere(flow),
    flow.podPort,
  )

/** If the Service is not in the build, its name is the one that the flow gives, or the workload's. */
const hostElsewhere = (flow: Flow, namespace: string, name: string): string | undefined =>
  flow.plain || !isTcp(flow) ? undefined : serviceHost(flow.service ?? name, namespace)

/** Nothing in the build shows the port of these pods, so it is taken as the policy says it. */
const portsElsewhere = (flow: Flow): Port[] =>
  flow.port === EVERY_PORT ? everyPorts(flow) : [{ protocol: flow.protocol ?? 'TCP', port: flow.port }]

/** Pods that a known operator makes for an object of the build. */
export function madeCallees(flow: Flow, pods: MadePods, topology: Topology, found: Finding[]): Callee[] {
  const { namespace, name, labels } = pods
  if (flow.port === EVERY_PORT) {
    const host = hostElsewhere(flow, namespace, name)
    return calleesAt({ namespace, workload: undefined, name, isHere: true, labels, host }, everyPorts(flow))
  }
  const target = targetOf(pods, flow.port, topology.services, flow.service)
  if (!target) {
    const names = pods.ports.flatMap((port) => port.name ?? [])
    const details = { ...about(flow), object: pods.object }
    const written = String(flow.port)
    found.push(findings['unknown-port'](details, flow.key, written, didYouMean(written, names), names))
    return []
  }
  const mistaken = wrongPodPort(flow, target.port, { ...about(flow), object: pods.object })
  if (mistaken) {
    found.push(mistaken)
    return []
  }
  return protocolsOfMade(flow, pods, target.port).map((protocol) => ({
    ...{ namespace, workload: undefined, name, isHere: true, labels },
    port: { protocol, port: target.port },
    dialled: { protocol, port: target.dialled },
    host: hostElsewhere({ ...flow, protocol, service: flow.service ?? target.service }, namespace, name),
  }))
}

function protocolsOfMade({ port, protocol }: Flow, { ports }: MadePods, onPod: number): Protocol[] {
  if (protocol !== undefined) return [protocol]
  const candidates = ports.filter((candidate) => candidate.port === onPod)
  const named = candidates.filter(({ name }) => name === port)
  const protocols = (named.length > 0 ? named : candidates).map((candidate) => candidate.protocol ?? 'TCP')
  return protocols.length > 0 ? protocols : ['TCP']
}

/**
 * Pods that a flow selects by labels. Unless a known operator makes them for an object of the build, nothing shows their
 * ports, so those of the flow are taken as written.
 */
export function runtimeCallees(
  flow: Flow,
  namespace: string,
  name: string,
  topology: Topology,
  found: Finding[],
): Callee[] {
  const isHere = topology.ownNamespaces.has(namespace)
  if (isHere && name === '*') {
    found.push(findings['unnamed-runtime-pods'](about(flow), flow.key))
    return []
  }
  const pods = { namespace, workload: undefined, name, isHere, labels: flow.selector }
  const host = hostElsewhere(flow, namespace, name)
  const target = flow.port === EVERY_PORT ? undefined : portSelected(flow, namespace, topology)
  return target ? [{ ...pods, ...target, host }] : calleesAt({ ...pods, host }, portsElsewhere(flow), flow.podPort)
}

/** A number that one of the selected pods declares is theirs. Any other number, and any name, may be a Service's. */
function portSelected(flow: Flow, namespace: string, topology: Topology): Pick<Callee, 'port' | 'dialled'> | undefined {
  const made = topology.madeWith(namespace, flow.selector ?? {})
  if (typeof flow.port === 'number' && made.some((pods) => portOfMade(pods, flow.port) !== undefined)) return undefined
  const [target] = made.flatMap((pods) => targetOf(pods, flow.port, topology.services, flow.service) ?? [])
  const { protocol = 'TCP' } = flow
  return target && { port: { protocol, port: target.port }, dialled: { protocol, port: target.dialled } }
}
