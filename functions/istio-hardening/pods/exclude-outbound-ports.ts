import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { EVERY_PORT } from '../../lib/flows/schema.ts'
import type { Finding } from '../../lib/framework/finding.ts'
import { formatPath, setMeta } from '../../lib/kubernetes/objects.ts'
import { findings } from '../findings/index.ts'
import type { Member } from '../mesh/member.ts'

const EXCLUDED = 'traffic.sidecar.istio.io/excludeOutboundPorts'

/**
 * A caller of a `plain` flow gets the annotation `traffic.sidecar.istio.io/excludeOutboundPorts` with the ports that it
 * dials, sorted, joined to those of the manifest. The proxy knows ports here, not destinations: a flow of the same caller
 * that is not plain and dials such a port is refused, because its callee would be asked in plain text.
 */
export function excludeOutboundPorts({ workload, traffic }: Member): Finding[] {
  const { object, template } = workload
  const written = template.metadata?.annotations?.[EXCLUDED]
  const plain = traffic.outbound.filter(({ flow }) => flow.plain)
  if (written === undefined && plain.length === 0) return []
  const dialled = plain.flatMap(dialledPorts)
  const names = dialled.filter((port) => typeof port === 'string')
  if (names.length > 0)
    return [...new Set(names)].map((name) => findings['plain-port-name']({ object }, keysOf(plain, name)))
  const wanted = new Set(dialled.map(Number))
  const present = portsOf(written)
  const field = { path: formatPath([...template.path, 'metadata', 'annotations', EXCLUDED]) }
  const details = { object, field }
  if (present === undefined) {
    if (wanted.size === 0) return []
    return [findings['not-port-numbers'](details)]
  }
  const excluded = new Set([...wanted, ...present])
  if (wanted.size > 0) setMeta(template, 'annotations', EXCLUDED, [...excluded].sort((a, b) => a - b).join(','))
  return [
    ...present.filter((port) => !wanted.has(port)).map((port) => findings['excluded-port'](details, port)),
    ...traffic.outbound.filter(({ flow }) => !flow.plain).flatMap((resolved) => bypassing(resolved, excluded, object)),
  ]
}

const keysOf = (flows: readonly ResolvedFlow[], port: string): string =>
  `flow ${flows
    .filter((resolved) => dialledPorts(resolved).includes(port))
    .map(({ flow }) => flow.key)
    .join(', ')}`

/** A destination outside the cluster whose port is no number, and every port past the proxies, are errors of the flow itself. */
const dialledPorts = ({ flow, callees }: ResolvedFlow): (number | string)[] => {
  if (flow.port === EVERY_PORT) return []
  if (flow.destination.type === 'workload') return callees.map(({ dialled }) => dialled.port)
  return typeof flow.port === 'number' ? [flow.port] : []
}

/** The ports of an annotation; undefined where it holds anything but numbers. */
function portsOf(annotation: string | undefined): number[] | undefined {
  const parts = (annotation ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : undefined
}

function bypassing(
  resolved: ResolvedFlow,
  excluded: ReadonlySet<number>,
  object: Member['workload']['object'],
): Finding[] {
  const port = dialledPorts(resolved).find((dialled) => typeof dialled === 'number' && excluded.has(dialled))
  if (port === undefined) return []
  const { key, destination } = resolved.flow
  const kind = destination.type === 'external' ? 'external-past-proxy' : 'strict-past-proxy'
  return [findings[kind]({ object }, key, port)]
}
