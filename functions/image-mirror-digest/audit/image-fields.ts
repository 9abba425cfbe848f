import {
  type ImageReference,
  InvalidReference,
  parseReference,
  splitName,
} from '../../lib/kubernetes/image-reference.ts'
import { type FieldPath, type KubernetesObject, valueAt } from '../../lib/kubernetes/objects.ts'
import { CONTAINER_LISTS, isPodOwner } from '../../lib/kubernetes/pod-template.ts'

/** `image`, `sidecarImage`, `imageName`; `SIDECAR_IMAGE` of a variable. */
const FIELD = /(?:^i|I)mage(?:Name)?$|(?:^|_)IMAGE$/
/** `--image=`, `--sidecar-image=`. */
const FLAG = /^--?(?:[\w-]*-)?image=(.+)$/
const CLUE = /[iI]mage(?:Name)?["']?\s*:|IMAGE|image=/

/** May an item hold such a field? Cheap, because it meets every byte of the input. */
export const mayHaveImageField = (text: string): boolean => CLUE.test(text)

/**
 * The image of Docker Hub in a string that only its field, variable or flag reveals, because it names no registry. It has a
 * tag or digest, unless it is the image of a container.
 */
export function imageByField(object: KubernetesObject, path: FieldPath, value: string): string | undefined {
  const text = FLAG.exec(value)?.[1] ?? (FIELD.test(nameOf(object, path)) ? value : undefined)
  if (text === undefined) return undefined
  const reference = parseReference(text)
  if (reference instanceof InvalidReference || splitName(reference.name).host !== undefined) return undefined
  return isWhole(reference) || isOfContainer(object, path) ? text : undefined
}

const isWhole = ({ tag, digest }: ImageReference): boolean => (tag ?? digest) !== undefined

/** The field that holds a string, or the variable whose value it is. */
function nameOf(object: KubernetesObject, path: FieldPath): string {
  const isValue = path.at(-1) === 'value' && path.at(-3) === 'env'
  return String(isValue ? valueAt(object, [...path.slice(0, -1), 'name']) : path.at(-1))
}

/** Is it a container of a kind without known places? The images of the other kinds have been dealt with. */
const isOfContainer = (object: KubernetesObject, path: FieldPath): boolean =>
  path.at(-1) === 'image' && CONTAINER_LISTS.some((list) => list === path.at(-3)) && !isPodOwner(object)
