import type { KubernetesObject } from '../kubernetes/objects.ts'
import { isBatch, type Workload } from '../kubernetes/workload.ts'

/**
 * The name for what is generated of each workload: its own. Where workloads of several kinds share one in a namespace,
 * the first keeps it and the others add their kind (`migrate-job`): long-running workloads come before Jobs and CronJobs,
 * then kinds are sorted alphabetically.
 */
export function generatedNames(workloads: readonly Workload[]): ReadonlyMap<KubernetesObject, string> {
  const own = new Set(workloads.map(({ namespace, name }) => `${namespace}/${name}`))
  const taken = new Set<string>()
  return new Map(
    workloads.toSorted(byPrecedence).map(({ object, namespace, name, kind }) => {
      let free = name
      while (taken.has(`${namespace}/${free}`) || (free !== name && own.has(`${namespace}/${free}`)))
        free = `${free}-${kind.toLowerCase()}`
      taken.add(`${namespace}/${free}`)
      return [object, free]
    }),
  )
}

const byPrecedence = (a: Workload, b: Workload): number =>
  Number(isBatch(a)) - Number(isBatch(b)) || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0)
