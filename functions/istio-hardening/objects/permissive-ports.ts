import { numberOf } from '../../lib/flows/port.ts'
import type { Topology } from '../../lib/flows/topology.ts'
import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { describe } from '../../lib/kubernetes/objects.ts'
import { overrideFor, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'
import { podPorts } from '../mesh/pod-ports.ts'
import { mtlsOf } from '../mesh/settings.ts'
import { callersFromOutside, type IsOutside } from './callers-from-outside.ts'

/** Ports of a member that take plain text as well as mutual TLS. */
export interface PermissivePorts {
  /** Numbers on the pod, ascending. */
  ports: ReadonlySet<number>
  /** The reasons that policy gives for declared ports. */
  reasons: string[]
  findings: Finding[]
}

/** Who is in the mesh. */
interface Mesh {
  isMember: (workload: Workload) => boolean
  isOutside: IsOutside
}

/**
 * A port takes plain text where that arrives by intent: the API server calls a webhook or an APIService, a monitor asks
 * Prometheus to scrape it, a flow is `plain`, or `permissivePorts` says so with a reason. Plain text that would meet a STRICT
 * port is reported.
 */
export function permissivePortsOf(
  member: Member,
  spec: IstioHardeningSpec,
  topology: Topology,
  { isMember, isOutside }: Mesh,
): PermissivePorts {
  const { inbound, backends, scrapes } = member.traffic
  const declared = declaredPorts(member, spec, topology)
  const ports = [
    ...backends.filter(({ route }) => route === 'apiServer').map(({ port }) => numberOf(port)),
    ...scrapes.map(({ port }) => numberOf(port)),
    ...inbound.filter(({ resolved }) => resolved.flow.plain).map(({ callee }) => numberOf(callee.port)),
    ...declared.ports.map(({ port }) => port),
  ]
  const permissive = new Set(ports.sort((a, b) => a - b))
  return {
    ports: permissive,
    reasons: declared.ports.map(({ port, reason }) => `port ${port}: ${reason}`),
    findings: [
      ...declared.findings,
      ...scrapedInPlainText(member),
      ...(mtlsOf(member.workload, spec) === 'strict'
        ? [
            ...plainTextCallers(member, permissive, isMember),
            ...callersFromOutside(member, permissive, topology, isOutside),
          ]
        : [findings['permissive-stage']({ object: member.workload.object })]),
    ],
  }
}

/** Prometheus calls the pods past their Services, and speaks mutual TLS only where somebody has set that up. */
function scrapedInPlainText({ workload: { object }, traffic }: Member): Finding[] {
  const ports = new Map(
    traffic.scrapes.map(({ port, monitor }) => [numberOf(port), `scraped by ${describe(monitor)}`] as const),
  )
  return [...ports].map(([port, why]) => findings['plain-text-port']({ object }, port, why))
}

/** PeerAuthentication counts ports of pods, so the port of a Service is translated. */
function declaredPorts(
  { workload }: Member,
  spec: IstioHardeningSpec,
  topology: Topology,
): { ports: { port: number; reason: string }[]; findings: Finding[] } {
  const { object } = workload
  const found: Finding[] = []
  const ports = Object.entries(overrideFor(spec.permissivePorts, workload) ?? {}).flatMap(([key, { reason }]) => {
    const numbers = podPorts(workload, /^\d+$/.test(key) ? Number(key) : key, topology)
    if (numbers.length === 0) {
      const names = servingContainers(workload).flatMap(({ ports }) => (ports ?? []).flatMap(({ name }) => name ?? []))
      found.push(findings['unknown-permissive-port']({ object }, workload.name, key, didYouMean(key, names)))
    }
    found.push(...numbers.map((port) => findings['plain-text-port']({ object }, port, reason)))
    return numbers.map((port) => ({ port, reason }))
  })
  return { ports, findings: found }
}

/** A caller without a proxy speaks plain text, which a STRICT port refuses. */
const plainTextCallers = (
  { workload: { object }, traffic }: Member,
  permissive: ReadonlySet<number>,
  isMember: (workload: Workload) => boolean,
): Finding[] =>
  traffic.inbound
    .filter(({ callee }) => !permissive.has(numberOf(callee.port)))
    .flatMap(({ resolved: { flow, callers } }) =>
      callers
        .filter((caller) => !isMember(caller))
        .map((caller) => findings['caller-outside-mesh']({ object }, flow.key, describe(caller.object))),
    )
