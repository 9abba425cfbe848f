import { EXTERNAL, partsOf } from '../../../functions/lib/flows/schema.ts'
import { listAt } from '../../../functions/lib/kubernetes/fields.ts'
import { describe, isKind, type KubernetesObject, valueAt } from '../../../functions/lib/kubernetes/objects.ts'
import type { ProposedFlow } from '../flows.ts'

/** Hosts outside that a person registered by hand, so that something calls them, and that no value of the build names. */
export function unnamedEntries(objects: readonly KubernetesObject[], flows: readonly ProposedFlow[]): string[] {
  const named = new Set(
    flows
      .map(({ key }) => partsOf(key))
      .filter(({ namespace }) => namespace === EXTERNAL)
      .map(({ name }) => name),
  )
  return objects
    .filter((object) => isKind(object, 'networking.istio.io', 'ServiceEntry'))
    .flatMap((object) => {
      const hosts = valueAt(object, ['spec', 'hosts'])
      const ports = listAt(object, 'spec', 'ports').map(({ number }) => number)
      return (Array.isArray(hosts) ? hosts : [])
        .filter((host) => typeof host === 'string' && OUTSIDE.test(host) && !named.has(host))
        .map(
          (host) =>
            `${describe(object)}: no value of this build names ${host}; if something calls it, add the flow ${(ports.length > 0 ? ports : [443]).map((port) => `${EXTERNAL}/${host}:${port}`).join(' and ')} with its callers`,
        )
    })
}

/** A name of the mesh's own, or of every host of a domain, is no host outside. */
const OUTSIDE = /^(?!\*)(?!.*\.(?:svc|local|global|mesh)(?:\..*)?$).+\..+$/
