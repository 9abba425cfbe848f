import {
  type ImageReference,
  InvalidReference,
  parseReference,
  splitName,
} from '../../lib/kubernetes/image-reference.ts'
import { type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { CONTAINER_LISTS, isPodOwner } from '../../lib/kubernetes/pod-template.ts'
import type { FieldPath } from '../places/field-pattern.ts'

/** `image`, `sidecarImage`, `imageName`; `SIDECAR_IMAGE` of a variable. */
const FIELD = /(?:^i|I)mage(?:Name)?$|(?:^|_)IMAGE$/
/** `--image=`, `--sidecar-image=`. */
const FLAG = /^--?(?:[\w-]*-)?image=(.+)$/
const CLUE = /[iI]mage(?:Name)?["']?\s*:|IMAGE|image=/

/** May an item hold such a field? Cheap, since it meets every byte of the input. */
export const maySayImage = (text: string): boolean => CLUE.test(text)

/**
 * The image of Docker Hub that a string is said to be by its field, variable or flag, since it names no registry: with a tag
 * or digest, which a container's needs neither of.
 */
export function imageSaid(object: KubernetesObject, path: FieldPath, value: string): string | undefined {
  const text = FLAG.exec(value)?.[1] ?? (FIELD.test(nameOf(object, path)) ? value : undefined)
  if (text === undefined) return undefined
  const reference = parseReference(text)
  if (reference instanceof InvalidReference || splitName(reference.name).host !== undefined) return undefined
  return isWhole(reference) || isOfContainer(object, path) ? text : undefined
}

const isWhole = ({ tag, digest }: ImageReference): boolean => (tag ?? digest) !== undefined

/** The field that a string stands in, or the variable whose value it is. */
function nameOf(object: KubernetesObject, path: FieldPath): string {
  const isValue = path.at(-1) === 'value' && path.at(-3) === 'env'
  return String(isValue ? valueAt(object, [...path.slice(0, -1), 'name']) : path.at(-1))
}

/** Of a kind that no place knows; of those that one knows it has been dealt with. */
const isOfContainer = (object: KubernetesObject, path: FieldPath): boolean =>
  path.at(-1) === 'image' && CONTAINER_LISTS.some((list) => list === path.at(-3)) && !isPodOwner(object)
