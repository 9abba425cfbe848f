import { formatReference, type ImageReference } from '../../lib/kubernetes/image-reference.ts'
import {
  ensureList,
  type FieldPath,
  type Fields,
  isFields,
  type KubernetesObject,
  valueAt,
} from '../../lib/kubernetes/objects.ts'
import { customResourceOf } from '../../lib/operators/index.ts'
import type { JoinedImage } from '../../lib/operators/operator.ts'
import type { ImageAt } from './image-at.ts'

/** The images that an operator joins from fields which cannot take a digest. */
export function joinedImagesOf(object: KubernetesObject): ImageAt[] {
  return (customResourceOf(object)?.joinedImages ?? []).flatMap((joined) => {
    const path = ['spec', joined.component]
    const component = valueAt(object, path)
    return isFields(component) ? imageOfComponent(object, path, component, joined) : []
  })
}

function imageOfComponent(
  object: KubernetesObject,
  path: FieldPath,
  component: Fields,
  { container, repository }: JoinedImage,
): ImageAt[] {
  const version = component.version ?? valueAt(object, ['spec', 'version'])
  const base = component.baseImage || (version ? repository : undefined)
  if (typeof base !== 'string') return []
  return [
    {
      object,
      path: [...path, 'baseImage'],
      text: version ? `${base}:${typeof version === 'string' ? version : JSON.stringify(version)}` : base,
      write: (image) => writeComponent(component, container, image),
    },
  ]
}

function writeComponent(component: Fields, name: string, image: ImageReference): undefined {
  component.baseImage = image.name
  if (image.digest === undefined) return
  const containers = ensureList<Fields>(component, 'additionalContainers')
  const existing = containers.find((container) => isFields(container) && container.name === name)
  if (!existing) containers.push({ name, image: formatReference(image) })
  else existing.image ??= formatReference(image)
}

/** Tells the operator the version that it would otherwise read from a tag, once that tag carries a digest. */
export function keepVersion(object: KubernetesObject): void {
  const known = customResourceOf(object)?.versionInTag
  if (known === undefined || !isFields(object.spec)) return
  const tag = valueAt(object, known.tag.split('.'))
  if (typeof tag === 'string' && tag.includes('@')) object.spec[known.field] ??= tag.split('@')[0]
}
