import type { ResolvedFlow } from '../../lib/flows/resolve.ts'
import { error, type Finding, warning } from '../../lib/framework/finding.ts'
import { formatPath, setMeta } from '../../lib/kubernetes/objects.ts'
import type { Member } from '../mesh/member.ts'

const EXCLUDED = 'traffic.sidecar.istio.io/excludeOutboundPorts'

/**
 * A caller of a `plain` flow gets the annotation `traffic.sidecar.istio.io/excludeOutboundPorts` with the ports that it
 * dials, sorted, joined to those of the manifest. The proxy knows ports here, not destinations: a flow of the same caller
 * that is not plain and dials such a port is refused, since its callee would be asked in plain text.
 */
export function excludeOutboundPorts({ workload, traffic }: Member): Finding[] {
  const { object, template } = workload
  const written = template.metadata?.annotations?.[EXCLUDED]
  const plain = traffic.outbound.filter(({ flow }) => flow.plain)
  if (written === undefined && plain.length === 0) return []
  const dialled = plain.flatMap(dialledPorts)
  const names = dialled.filter((port) => typeof port === 'string')
  if (names.length > 0)
    return [...new Set(names)].map((name) => error(`${keysOf(plain, name)}: ${NEEDS_NUMBER}`, { object }))
  const wanted = new Set(dialled.map(Number))
  const present = portsOf(written)
  const field = { path: formatPath([...template.path, 'metadata', 'annotations', EXCLUDED]), currentValue: written }
  const details = { object, field }
  if (present === undefined) {
    if (wanted.size === 0) return []
    return [error(`found ${written}, expected port numbers, so that those of plain flows can join them`, details)]
  }
  const excluded = new Set([...wanted, ...present])
  if (wanted.size > 0) setMeta(template, 'annotations', EXCLUDED, [...excluded].sort((a, b) => a - b).join(','))
  return [
    ...present
      .filter((port) => !wanted.has(port))
      .map((port) =>
        warning(`found port ${port}, which no plain flow dials: all traffic to it passes by the proxy`, details),
      ),
    ...traffic.outbound.filter(({ flow }) => !flow.plain).flatMap((resolved) => bypassing(resolved, excluded, object)),
  ]
}

const NEEDS_NUMBER = `found the name of a port outside this build, expected its number, since ${EXCLUDED} takes numbers`

const keysOf = (flows: readonly ResolvedFlow[], port: string): string =>
  `flow ${flows
    .filter((resolved) => dialledPorts(resolved).includes(port))
    .map(({ flow }) => flow.key)
    .join(', ')}`

/** A destination outside the cluster whose port is no number is an error of the flow itself. */
const dialledPorts = ({ flow, callees }: ResolvedFlow): (number | string)[] => {
  if (flow.destination.type === 'workload') return callees.map(({ dialled }) => dialled)
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
  return destination.type === 'external'
    ? [
        warning(
          `flow ${key}: found port ${port} excluded from the proxy, so that nothing there holds this flow to its host; expected a port of its own for what is plain`,
          { object },
        ),
      ]
    : [
        error(
          `flow ${key}: found port ${port} excluded from the proxy for another flow, so that this one would arrive in plain text and be refused; expected plain: true on both, or a port of its own`,
          { object },
        ),
      ]
}
