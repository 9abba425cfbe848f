import { InvalidReference, parseReference } from '../../lib/kubernetes/image-reference.ts'
import { isFields, type KubernetesObject, typeOf, valueAt } from '../../lib/kubernetes/objects.ts'
import { type FieldPath, pathsOf } from './field-pattern.ts'
import { type ImageAt, imageAt, siteOf } from './image-at.ts'
import type { Parts } from './schema.ts'

/** Where objects hold the values of a Helm chart, by group and kind. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'helm.toolkit.fluxcd.io/HelmRelease': ['spec.values'],
  'argoproj.io/Application': ['spec.source.helm.valuesObject', 'spec.sources.*.helm.valuesObject'],
}
export const HELM_KINDS = Object.keys(VALUES)

/**
 * The images in the values of a Helm chart: at any depth, an `image`, or a key such as `thanosImage`, that is a map with
 * `repository` (as most charts have it) or with `image` and `registry` (as ingress-nginx has it), or a string with a tag
 * or digest.
 */
export function imagesOfHelmValues(object: KubernetesObject): ImageAt[] {
  const site = siteOf(object)
  return (VALUES[typeOf(object)] ?? [])
    .flatMap((pattern) => pathsOf(object, `${pattern}.**`))
    .filter((path) => isImageKey(path.at(-1)))
    .flatMap((path) => {
      const value = valueAt(object, path)
      if (typeof value === 'string')
        return isWholeReference(value) && !isPart(object, path) ? (imageAt(site, path, undefined) ?? []) : []
      const parts = isFields(value) ? partsOf(value) : undefined
      return parts ? (imageAt(site, path, parts) ?? []) : []
    })
}

const isImageKey = (key: string | number | undefined): boolean => /(?:^i|I)mage$/.test(String(key))

/**
 * A chart reads the keys that it knows, and its values do not say which; so the digest goes to a digest key where
 * the values have one, if only an empty one, and else behind the tag, which every chart puts after a colon.
 */
function partsOf(image: Readonly<Record<string, unknown>>): Parts | undefined {
  const repository = ['repository', 'image'].find((key) => typeof image[key] === 'string')
  if (repository === undefined) return undefined
  return {
    repository,
    registry: 'registry',
    tag: 'tag',
    ...('digest' in image ? { digest: 'digest' } : 'sha' in image ? { sha256: 'sha' } : {}),
  }
}

/** Is the string one of the parts of the map around it? */
function isPart(object: KubernetesObject, path: FieldPath): boolean {
  const parent = valueAt(object, path.slice(0, -1))
  return isImageKey(path.at(-2)) && isFields(parent) && 'tag' in parent
}

/** Charts have other strings called `image` too; one with a tag or digest is certainly a reference. */
function isWholeReference(text: string): boolean {
  const reference = parseReference(text)
  return !(reference instanceof InvalidReference) && (reference.tag ?? reference.digest) !== undefined
}
