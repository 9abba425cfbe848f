import { didYouMean } from '../../lib/framework/did-you-mean.ts'
import { error, type Finding, info } from '../../lib/framework/finding.ts'
import { describe } from '../../lib/kubernetes/objects.ts'
import { containerPort, overrideFor, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'
import type { IstioHardeningSpec } from '../config.ts'
import type { Member } from '../mesh/member.ts'

/** Ports of a member that take plain text beside mutual TLS. */
export interface PermissivePorts {
  /** Numbers on the pod, ascending. */
  ports: ReadonlySet<number>
  /** Those that policy gives for declared ones. */
  reasons: string[]
  findings: Finding[]
}

/**
 * A port takes plain text where that arrives by intent: the API server calls a webhook or an APIService, a flow is
 * `plain`, or `permissivePorts` says so with a reason.
 */
export function permissivePortsOf(
  member: Member,
  spec: IstioHardeningSpec,
  isMember: (workload: Workload) => boolean,
): PermissivePorts {
  const { inbound, backends } = member.traffic
  const declared = declaredPorts(member, spec)
  const ports = [
    ...backends.filter(({ route }) => route === 'apiServer').map(({ port }) => port),
    ...inbound.filter(({ resolved }) => resolved.flow.plain).map(({ callee }) => Number(callee.port)),
    ...declared.ports.map(({ port }) => port),
  ]
  const permissive = new Set(ports.sort((a, b) => a - b))
  return {
    ports: permissive,
    reasons: declared.ports.map(({ port, reason }) => `port ${port}: ${reason}`),
    findings: [...declared.findings, ...plainTextCallers(member, permissive, isMember)],
  }
}

function declaredPorts(
  { workload }: Member,
  spec: IstioHardeningSpec,
): { ports: { port: number; reason: string }[]; findings: Finding[] } {
  const findings: Finding[] = []
  const ports = Object.entries(overrideFor(spec.permissivePorts, workload) ?? {}).flatMap(([key, { reason }]) => {
    const port = /^\d+$/.test(key) ? Number(key) : containerPort(workload, key)
    if (port !== undefined) {
      findings.push(info(`port ${port} takes plain text: ${reason}`, { object: workload.object }))
      return [{ port, reason }]
    }
    const names = servingContainers(workload).flatMap(({ ports = [] }) => ports.flatMap(({ name }) => name ?? []))
    findings.push(
      error(
        `permissivePorts.${workload.name}: found ${key}, which no container declares${didYouMean(key, names)}; expected the name of a port, or a number`,
        { object: workload.object },
      ),
    )
    return []
  })
  return { ports, findings }
}

/** A caller without a proxy speaks plain text, which a STRICT port refuses. */
function plainTextCallers(
  { workload, traffic }: Member,
  permissive: ReadonlySet<number>,
  isMember: (workload: Workload) => boolean,
): Finding[] {
  return traffic.inbound
    .filter(({ callee }) => !permissive.has(Number(callee.port)))
    .flatMap(({ resolved: { flow, callers } }) =>
      callers
        .filter((caller) => !isMember(caller))
        .map((caller) =>
          error(
            `flow ${flow.key}: found the caller ${describe(caller.object)} outside the mesh, which can only call in plain text and would be refused; expected plain: true`,
            { object: workload.object },
          ),
        ),
    )
}
