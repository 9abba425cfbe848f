import { isFields } from '../../lib/kubernetes/objects.ts'
import type { ContainerView, PodView } from './view.ts'

const FIRST_OF_ALL_USERS = 1024
/** The first port that every user may bind: the kernel's default is 1024, and that of several runtimes 0. */
const FIRST_OPEN = 'net.ipv4.ip_unprivileged_port_start'

/** The ports that a container declares and that its pod does not open to users other than root, ascending. */
export function lowPorts({ fields }: ContainerView, pod: PodView): number[] {
  const ports = Array.isArray(fields.ports) ? fields.ports.filter(isFields) : []
  const first = firstOpen(pod)
  return ports
    .map(({ containerPort }) => containerPort)
    .filter((port) => typeof port === 'number' && port > 0 && port < first)
    .map(Number)
    .sort((a, b) => a - b)
}

function firstOpen({ securityContext: { sysctls } }: PodView): number {
  const value = sysctls?.find(({ name }) => name === FIRST_OPEN)?.value
  return /^\d+$/.test(String(value)) ? Number(value) : FIRST_OF_ALL_USERS
}
