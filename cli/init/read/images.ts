import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import { hasPlaceholder, InvalidReference, parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

/** Every image of a build that has no digest or has a placeholder, wherever the functions know to look, each once and sorted. */
export async function imagesWithoutDigest(objects: readonly KubernetesObject[]): Promise<string[]> {
  const places = new Places({})
  const images = new Set<string>()
  for (const object of objects)
    for (const found of await places.imagesOf(object))
      if ('text' in found && isUnpinned(found.text)) images.add(found.text)
  return [...images].sort()
}

/**
 * Text that is no reference is an error of its own. A placeholder is refused unless the policy allows it, whatever else it
 * has.
 */
function isUnpinned(text: string): boolean {
  if (hasPlaceholder(text)) return true
  const reference = parseReference(text)
  return !(reference instanceof InvalidReference) && reference.digest === undefined
}
