import type { Scalar } from 'yaml'
import { isKind, type KubernetesObject, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { isWithin, markedPolicy } from '../checks/image-policies.ts'
import type { Pin } from './pin.ts'

/** The image policy that a marker behind a scalar names, as `namespace:name`. */
export const policyBehind = ({ comment }: Scalar): string | undefined => markedPolicy(comment ?? '')

/** The range of each image policy of a tree, by its name: only Kustomize sets many namespaces. */
export const rangesIn = (objects: readonly KubernetesObject[]): Map<string, string> =>
  new Map(
    objects.flatMap((object) => {
      const range = valueAt(object, ['spec', 'policy', 'semver', 'range'])
      const isPolicy = isKind(object, 'image.toolkit.fluxcd.io', 'ImagePolicy')
      return isPolicy && typeof range === 'string' ? [[object.metadata.name, range] as const] : []
    }),
  )

/** Would Flux choose this version in every place of a pin that has a marker? */
export function isAllowed(pin: Pin, version: string, ranges: ReadonlyMap<string, string>): boolean {
  return pin.places.every(({ policy }) => {
    const range = ranges.get(policy?.split(':').at(-1) ?? '')
    return range === undefined || isWithin(version, range)
  })
}
