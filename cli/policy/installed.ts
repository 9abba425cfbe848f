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
  const locks = chartLocksOf(folder)
  if (locks.length === 0) return objects
  const isLocked = (release: KubernetesObject): boolean =>
    locks.some(({ metadata }) => metadata.name === release.metadata.name)
  const seen = objects.filter((object) => !isHelmRelease(object) || isLocked(object))
  const flux = policies.map((policy) => valueAt(policy, ['spec', 'flux'])).find((value) => value !== undefined)
  const charts = Charts.of([...seen, ...locks], (flux ?? {}) as FluxSpec)
  const replaced = new Set(charts.replaced)
  return [...objects.filter((object) => !replaced.has(object)), ...charts.objects]
}
