import { listAt } from '../kubernetes/fields.ts'
import type { Fields } from '../kubernetes/objects.ts'
import type { PodPort } from './operator.ts'

/** The ports of containers that an object adds to those that its operator makes. SCTP is left out. */
export const portsOfContainers = (object: unknown, ...path: string[]): PodPort[] =>
  listAt(object, ...path).flatMap((container) => listAt(container, 'ports').flatMap(portOf))

function portOf({ name, containerPort, protocol = 'TCP' }: Fields): PodPort[] {
  if (typeof containerPort !== 'number' || (protocol !== 'TCP' && protocol !== 'UDP')) return []
  return [
    {
      ...(typeof name === 'string' && { name }),
      port: containerPort,
      ...(protocol === 'UDP' && { protocol }),
    },
  ]
}
