import type { Finding } from '../../functions/lib/framework/finding.ts'
import { groupBy } from '../../functions/lib/framework/group-by.ts'
import { listAt } from '../../functions/lib/kubernetes/fields.ts'
import { describe, isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { environment as findings } from '../findings.ts'

/** Hosts that several ServiceEntries of a namespace register: Istio takes the ports of one of them alone. */
export function registeredTwice(objects: readonly KubernetesObject[]): Finding[] {
  const registered = objects
    .filter((object) => isKind(object, 'networking.istio.io', 'ServiceEntry'))
    .flatMap((object) => hostsOf(object).map((host) => ({ object, host })))
  const groups = groupBy(registered, ({ object, host }) => `${object.metadata.namespace ?? ''}/${host}`)
  return [...groups.values()].flatMap(([first, ...others]) =>
    first
      ? others.map(({ object, host }) =>
          findings['registered-twice']({ object }, host, describe(first.object), portsOf([first.object, object])),
        )
      : [],
  )
}

const hostsOf = (object: KubernetesObject): string[] => {
  const hosts = valueAt(object, ['spec', 'hosts'])
  return Array.isArray(hosts) ? hosts.map(String) : []
}

const portsOf = (entries: readonly KubernetesObject[]): number[] => {
  const ports = entries.flatMap((entry) => listAt(entry, 'spec', 'ports').map(({ number }) => Number(number)))
  return [...new Set(ports)].sort((a, b) => a - b)
}
