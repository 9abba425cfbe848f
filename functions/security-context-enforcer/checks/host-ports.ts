import { type Fields, isFields } from '../../lib/kubernetes/objects.ts'
import { isSet } from '../pod/security-context.ts'
import type { Check } from './check.ts'

/**
 * hostPorts, baseline: `ports[].hostPort` of every container must be unset or 0.
 *
 * Refuse: removing the port silently cuts the traffic that arrives by it.
 */
export const hostPorts: Check = {
  name: 'hostPorts',
  level: 'baseline',
  *violations(pod) {
    for (const container of pod.containers)
      for (const [index, port] of portsOf(container.fields).entries())
        if (isSet(port.hostPort) && port.hostPort !== 0)
          yield {
            container,
            path: [...container.fieldsPath, 'ports', index, 'hostPort'],
            found: port.hostPort,
            expected: 'no host port',
            advice: 'remove it, and reach the container by a Service',
          }
  },
}

const portsOf = ({ ports }: Readonly<Fields>): Fields[] => (Array.isArray(ports) ? ports.filter(isFields) : [])
