import type { Port } from '../../lib/flows/port.ts'
import { isFields, valueAt } from '../../lib/kubernetes/objects.ts'
import { containerPort, servingContainers, type Workload } from '../../lib/kubernetes/workload.ts'

/** Source: https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio: the agent answers rewritten probes, the proxy its own. */
const AGENT = 15020
const PROXY_HEALTH = 15021

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const
const HOOKS = ['postStart', 'preStop'] as const
const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'] as const

/**
 * The ports that a kubelet dials on a workload's pods: those of its probes, or the sidecar's, to which an injected
 * pod's probes are rewritten, and those of lifecycle hooks, which are not.
 */
export function probePorts(workload: Workload, injected: boolean): Port[] {
  const containers = servingContainers(workload)
  const hooks = containers.flatMap((container) => HOOKS.flatMap((hook) => handlerPorts(container, ['lifecycle', hook])))
  const probes = containers.flatMap((container) => PROBES.flatMap((probe) => handlerPorts(container, [probe])))
  const own = injected ? [...(probes.length > 0 ? [AGENT] : []), PROXY_HEALTH] : probes
  const numbers = [...own, ...hooks].flatMap((port) => containerPort(workload, port) ?? (isNumber(port) ? port : []))
  return [...new Set(numbers)].map((port) => ({ protocol: 'TCP', port }))
}

const isNumber = (port: number | string): port is number => typeof port === 'number'

function handlerPorts(container: object, path: readonly string[]): (number | string)[] {
  const handler = valueAt(container, path)
  return HANDLERS.flatMap((kind) => {
    const port = isFields(handler) ? valueAt(handler, [kind, 'port']) : undefined
    return typeof port === 'number' || typeof port === 'string' ? [port] : []
  })
}
