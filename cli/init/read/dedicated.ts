import type { Topology } from '../../../functions/lib/flows/topology.ts'
import { endpointsIn } from '../texts/endpoints.ts'
import type { GivenValue } from '../texts/given-values.ts'
import { namesNoCall, namesNoHost } from '../texts/names.ts'
import type { DataObject } from '../texts/pod-data.ts'
import { resolveHost } from './resolve-host.ts'

/**
 * Shared ConfigMaps and Secrets that are called like the one Service that they name: they are about it, so every workload that
 * has one calls it.
 */
export function dedicatedObjects(values: readonly GivenValue[], topology: Topology): ReadonlySet<DataObject> {
  const services = new Map<DataObject, Set<string>>()
  for (const { object, isShared, text, name, workload } of values) {
    if (!object || !isShared || (name !== undefined && (namesNoCall(name) || namesNoHost(name)))) continue
    const named = endpointsIn(text).flatMap(({ host }) => {
      const target = resolveHost(host, workload.namespace, topology)
      if (target?.type === 'service') return [`${target.service.namespace}/${target.service.name}`]
      return target?.type === 'elsewhere' ? [`${target.namespace}/${target.name}`] : []
    })
    services.set(object, new Set([...(services.get(object) ?? []), ...named]))
  }
  return new Set([...services].flatMap(([object, named]) => (isAbout(object, [...named]) ? [object] : [])))
}

const isAbout = ({ object }: DataObject, [only, ...others]: readonly string[]): boolean =>
  only !== undefined && others.length === 0 && object.metadata.name.includes(only.split('/')[1] ?? only)
