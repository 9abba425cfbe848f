import { Places } from '../../../functions/image-mirror-digest/places/find.ts'
import { InvalidReference, parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'
import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'

/** The images of what a chart renders that a registry has to be asked for: by tag, wherever functions know to look. Sorted. */
export async function imagesOf(objects: readonly KubernetesObject[]): Promise<string[]> {
  const places = new Places({})
  const found = await Promise.all(objects.map((object) => places.imagesOf(object)))
  const texts = found.flat().flatMap((one) => ('text' in one && hasTag(one.text) ? [one.text] : []))
  return [...new Set(texts)].sort()
}

function hasTag(text: string): boolean {
  const reference = parseReference(text)
  return !(reference instanceof InvalidReference) && reference.tag !== undefined && reference.digest === undefined
}
