import type { Port } from '../../lib/flows/port.ts'
import { valueAt } from '../../lib/kubernetes/objects.ts'
import type { Container } from '../../lib/kubernetes/pod-template.ts'
import { containerPort, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'

/** Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio: the agent answers rewritten probes, the proxy its own. */
const AGENT = 15020
const PROXY_HEALTH = 15021

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe']
const HOOKS = ['lifecycle.postStart', 'lifecycle.preStop']
const HANDLERS = ['httpGet', 'tcpSocket', 'grpc']

/**
 * The ports that a kubelet dials on a workload's pods: those of its probes, or the sidecar's, to which an injected
 * pod's probes are rewritten, and those of lifecycle hooks, which are not.
 */
export function probePorts(workload: Workload, injected: boolean): Port[] {
  const containers = servingContainers(workload)
  const hooks = containers.flatMap((container) => dialledBy(container, HOOKS))
  const probes = containers.flatMap((container) => dialledBy(container, PROBES))
  const sidecar = [...(probes.length > 0 ? [AGENT] : []), PROXY_HEALTH]
  const ports = [...(injected ? sidecar : probes.map(({ port }) => port)), ...hooks.map(({ port }) => port)]
  const numbers = ports.flatMap((port) => containerPort(workload, port) ?? (isNumber(port) ? port : []))
  return [...new Set(numbers)].map((port) => ({ protocol: 'TCP', port }))
}

const isNumber = (port: number | string): port is number => typeof port === 'number'

/** A port of a container that its kubelet dials, by number or name, and the field that says so. */
interface Dialled {
  field: string
  port: number | string
}

/** What a kubelet dials for the probes and hooks of a container. */
export const dialled = (container: Container): Dialled[] => dialledBy(container, [...PROBES, ...HOOKS])

const dialledBy = (container: Container, fields: readonly string[]): Dialled[] =>
  fields.flatMap((field) =>
    HANDLERS.flatMap((handler) => {
      const port = valueAt(container, [...field.split('.'), handler, 'port'])
      return typeof port === 'number' || typeof port === 'string' ? [{ field: `${field}.${handler}.port`, port }] : []
    }),
  )
