import { type Fields, isFields } from '../../lib/kubernetes/objects.ts'
import { isSet } from '../pod/security-context.ts'
import { defineCheck } from './check.ts'

/**
 * hostPorts, baseline: `ports[].hostPort` of every container must be unset or 0.
 *
 * Refused: removing the port silently cuts off the traffic that arrives at it.
 */
export const hostPorts = defineCheck({
  name: 'hostPorts',
  allows: 'containers listen on ports of their node',
  verdict: 'refuse',
  means: 'A container listens on a port of its node.',
  why: 'Whoever reaches the node reaches the container, past Services and network policies, and one pod a node can have the port.',
  fix: 'Remove hostPort and reach the container through a Service, or give a reason in exceptions.<workload>.hostPorts.',
  forms: [
    {
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
                advice: 'remove it, and reach the container through a Service',
              }
      },
    },
  ],
})

const portsOf = ({ ports }: Readonly<Fields>): Fields[] => (Array.isArray(ports) ? ports.filter(isFields) : [])
