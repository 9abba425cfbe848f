import { InvalidReference, parseReference } from '../../lib/kubernetes/image-reference.ts'
import { type FieldPath, isFields, type KubernetesObject, typeOf, valueAt } from '../../lib/kubernetes/objects.ts'
import { pathsOf } from './field-pattern.ts'
import { type ImageAt, imageAt, siteOf } from './image-at.ts'
import type { Parts } from './schema.ts'

/** The fields that hold the values of a Helm chart, by group and kind. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'helm.toolkit.fluxcd.io/HelmRelease': ['spec.values'],
  'argoproj.io/Application': ['spec.source.helm.valuesObject', 'spec.sources.*.helm.valuesObject'],
}
export const HELM_KINDS = Object.keys(VALUES)

/**
 * The images in the values of a Helm chart, at any depth: the key `image`, or one such as `thanosImage`, whose value is
 * a map with `repository` (as in most charts), a map with `image` and `registry` (as in ingress-nginx), or a string with a
 * tag or digest.
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
 * Values do not say which keys their chart reads. So the digest goes to a digest key if the values have one, even an empty
 * one, and after the tag otherwise, because every chart puts the tag after a colon.
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

/** Charts call other strings `image` too; one with a tag or digest is certainly a reference. */
function isWholeReference(text: string): boolean {
  const reference = parseReference(text)
  return !(reference instanceof InvalidReference) && (reference.tag ?? reference.digest) !== undefined
}
