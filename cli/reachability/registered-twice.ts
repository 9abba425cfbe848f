import type { Finding } from '../../functions/lib/framework/finding.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { describe, isFields, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { environment as findings } from '../findings.ts'

/** Hosts that several ServiceEntries of a namespace register: Istio takes the ports of one of them alone. */
export function registeredTwice(objects: readonly KubernetesObject[]): Finding[] {
  const registered = objects
    .filter((object) => isKind(object, 'networking.istio.io', 'ServiceEntry'))
    .flatMap((object) => listAt(object, 'hosts').map((host) => ({ object, host: String(host) })))
  const groups = groupBy(registered, ({ object, host }) => `${object.metadata.namespace ?? ''}/${host}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first
      ? others.map(({ object, host }) =>
          findings['registered-twice']({ object }, host, describe(first.object), portsOf([first.object, object])),
        )
      : [],
  )
}

const listAt = (object: KubernetesObject, field: string): unknown[] => {
  const value = valueAt(object, ['spec', field])
  return Array.isArray(value) ? value : []
}

const portsOf = (entries: readonly KubernetesObject[]): number[] => {
  const ports = entries.flatMap((entry) =>
    listAt(entry, 'ports').map((port) => (isFields(port) ? Number(port.number) : NaN)),
  )
  return [...new Set(ports)].sort((a, b) => a - b)
}
