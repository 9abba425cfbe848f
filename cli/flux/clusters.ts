import { dirname } from 'node:path'
import type { App, AppFinding } from './app.ts'
import type { Checked } from './check.ts'
import { fileOf, type Walk } from './walk.ts'

/** A cluster is called by the folder of what it starts from; `flux bootstrap` adds one of its own to that. */
export const clusterOf = ({ apps: [root] }: Walk): string =>
  dirname(root?.entry.file ?? '').replace(/\/flux-system$/, '')

/** A finding that an earlier cluster has too. */
export interface Repeated extends AppFinding {
  cluster: string
}

/** What is found in a cluster and was not found in one before it, and what was. */
export interface OfCluster extends Checked {
  repeated: ReadonlyMap<App, readonly Repeated[]>
}

/**
 * The findings of several clusters, each once, with the names of all clusters that have it: what is in a file that they share is
 * wrong in one place.
 */
export function onceInAll(checked: readonly Checked[]): OfCluster[] {
  const firsts = new Map<string, First>()
  return checked.map((one) => {
    const cluster = clusterOf(one.walk)
    const each = [...one.findings].map(
      ([app, all]) => [app, all.map((found) => placed(found, placeOf(one, found), cluster, firsts))] as const,
    )
    return {
      ...one,
      findings: new Map(each.map(([app, all]) => [app, all.filter((found) => !isRepeated(found))])),
      repeated: new Map(each.map(([app, all]) => [app, all.filter(isRepeated)])),
    }
  })
}

/** A finding that others may repeat. */
interface First {
  cluster: string
  found: AppFinding
}

const isRepeated = (found: AppFinding | Repeated): found is Repeated => 'cluster' in found

/** The finding as the first of its place, or as a repetition of that, which then names the cluster. */
function placed(
  each: AppFinding,
  place: string | undefined,
  cluster: string,
  firsts: Map<string, First>,
): AppFinding | Repeated {
  const first = place === undefined ? undefined : firsts.get(place)
  if (first && first.cluster !== cluster) {
    first.found.clusters = [...new Set([...(first.found.clusters ?? []), cluster])]
    return { ...each, cluster: first.cluster }
  }
  const found = { ...each }
  if (place !== undefined && !first) firsts.set(place, { cluster, found })
  return found
}

/** Where a finding has to be corrected, as a key; undefined where no file shows that. */
function placeOf({ walk }: Checked, { source, finding }: AppFinding): string | undefined {
  const { id, severity, object, field, message } = finding
  const file = fileOf(walk, object)
  if (file === undefined) return undefined
  return [source, id, severity, object?.kind, object?.metadata.name, field?.path, message, file].join('\n')
}
