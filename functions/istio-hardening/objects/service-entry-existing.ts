import { isGeneratedBy } from '../../lib/framework/generated-objects.ts'
import { groupBy } from '../../lib/framework/group-by.ts'
import { isKind, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { NAME } from '../name.ts'

/** The ServiceEntry that a person wrote for a host or an address, as a namespace sees it: its own before another's. */
export type WrittenEntry = (namespace: string, host: string) => KubernetesObject | undefined

export function writtenEntries(objects: readonly KubernetesObject[]): WrittenEntry {
  const entries = objects
    .filter((object) => isKind(object, 'networking.istio.io', 'ServiceEntry') && !isGeneratedBy(object, NAME))
    .flatMap((entry) =>
      [...hostsOfEntry(entry), ...stringsAt(entry, ['spec', 'addresses'])].map((host) => ({ host, entry })),
    )
  const byHost = groupBy(entries, ({ host }) => host)
  return (namespace, host) => {
    const found = byHost.get(host)?.map(({ entry }) => entry) ?? []
    return (
      found.find((entry) => entry.metadata.namespace === namespace) ??
      found.find((entry) => isExportedTo(entry, namespace))
    )
  }
}

/** Source: https://istio.io/latest/docs/reference/config/networking/service-entry/: seen everywhere unless exportTo says otherwise. */
function isExportedTo(entry: KubernetesObject, namespace: string): boolean {
  const exportTo = stringsAt(entry, ['spec', 'exportTo'])
  return exportTo.length === 0 || exportTo.includes('*') || exportTo.includes(namespace)
}

const stringsAt = (object: KubernetesObject, path: readonly string[]): string[] => {
  const value = valueAt(object, path)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

export const hostsOfEntry = (entry: KubernetesObject): string[] => stringsAt(entry, ['spec', 'hosts'])
