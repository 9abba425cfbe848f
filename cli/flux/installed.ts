import { InputError } from '../../functions/lib/framework/input-error.ts'
import { describe, type KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { Builder } from '../kustomize/build.ts'
import { chartLocksOf } from '../policy/chart-locks.ts'
import { fluxOf, lockedCharts } from '../policy/installed.ts'
import { hardenedStacks } from '../policy/policies.ts'
import type { App } from './app.ts'
import { folderOf } from './roots.ts'
import type { Walk } from './walk.ts'

/** What runs in the cluster of what an app applies. */
export interface Installed {
  /** Objects of charts, as their locks have them and the HelmReleases change them. */
  ofCharts: KubernetesObject[]
  /** The same and everything else that the app applies, but HelmReleases with a lock. */
  all: KubernetesObject[]
  /** Why the charts are not known. */
  problem?: string
}

/** What an app installs, by the locks of charts in its folder. */
export async function installedBy(app: App, { top, tree }: Walk, builder: Builder): Promise<Installed> {
  const own = app.objects.map(inItsNamespace)
  const folder = folderOf(top, app.entry.object)
  const locks = app.state === 'built' ? chartLocksOf(folder) : []
  if (locks.length === 0) return { ofCharts: [], all: own }
  const known = new Set(own.map(describe))
  const elsewhere = tree.sources.map(inItsNamespace).filter((source) => !known.has(describe(source)))
  const flux = fluxOf((await hardenedStacks(folder, builder)).flatMap(({ policies }) => policies))
  try {
    const charts = lockedCharts([...own, ...elsewhere], locks, flux)
    if (!charts) return { ofCharts: [], all: own }
    const replaced = new Set(charts.replaced)
    return {
      ofCharts: charts.objects,
      all: [...own.filter((object) => !replaced.has(object)), ...charts.objects],
    }
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause
    return { ofCharts: [], all: own, problem: `what its charts install is not known: ${cause.message.split('\n')[0]}` }
  }
}

const inItsNamespace = ({ object, namespace }: App['objects'][number]): KubernetesObject =>
  namespace === undefined || object.metadata.namespace === namespace
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } }
