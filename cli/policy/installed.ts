import { isLockOf } from '../../functions/lib/charts/chart-lock.ts'
import { Charts } from '../../functions/lib/charts/charts.ts'
import type { FluxSpec } from '../../functions/lib/charts/config.ts'
import { isHelmRelease } from '../../functions/lib/charts/release.ts'
import { type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { chartLocksOf } from './chart-locks.ts'
import type { HardenedStack } from './policies.ts'

/**
 * The objects of a rendering, with what its HelmReleases install in their place: what runs in the cluster once Flux is done.
 * A release without a lock stays.
 */
export function installed(objects: readonly KubernetesObject[], stacks: readonly HardenedStack[]): KubernetesObject[] {
  return stacks.reduce<KubernetesObject[]>((known, stack) => withInstalled(known, stack), [...objects])
}

function withInstalled(objects: KubernetesObject[], { folder, policies }: HardenedStack): KubernetesObject[] {
  const charts = lockedCharts(objects, chartLocksOf(folder), fluxOf(policies))
  if (!charts) return objects
  const replaced = new Set(charts.replaced)
  return [...objects.filter((object) => !replaced.has(object)), ...charts.objects]
}

/** What policies say about Flux. */
export const fluxOf = (policies: readonly KubernetesObject[]): FluxSpec =>
  (policies.map((policy) => valueAt(policy, ['spec', 'flux'])).find((value) => value !== undefined) ?? {}) as FluxSpec

/** The charts of the releases that have one of these locks; undefined without any. Throws InputError for a lock that does not fit. */
export function lockedCharts(
  objects: readonly KubernetesObject[],
  locks: readonly KubernetesObject[],
  flux: FluxSpec,
): Charts | undefined {
  const isLocked = (release: KubernetesObject): boolean => locks.some((lock) => isLockOf(lock, release))
  if (!objects.some((object) => isHelmRelease(object) && isLocked(object))) return undefined
  return Charts.of([...objects.filter((object) => !isHelmRelease(object) || isLocked(object)), ...locks], flux)
}
