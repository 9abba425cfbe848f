import { textAt } from '../../../functions/lib/kubernetes/fields.ts'
import { parseReference } from '../../../functions/lib/kubernetes/image-reference.ts'
import { type Replaced, replacedIn } from '../tree/replacements.ts'
import type { Tree } from './charts.ts'
import { type ImageFound, ofReference, ofTag } from './image-place.ts'

/** The images whose version a replacement of Kustomize writes, in the place that it is taken from. */
export const inReplacements = ({ documents, builds }: Tree): ImageFound[] =>
  replacedIn(documents, builds).flatMap(placesOf)

function placesOf({ object, field, part, document, value }: Replaced): ImageFound[] {
  const key = field.at(-1)
  if (key === 'image' && part === undefined) return ofReference(document, value, field)
  if (key === 'image') return part?.delimiter === ':' && part.index > 0 ? ofName(nameAt(object, field)) : []
  if (key === 'tag' && part === undefined) return ofName(repositoryAt(object, field.slice(0, -1)))
  return []

  function ofName(name: string | undefined): ImageFound[] {
    return name === undefined ? [] : ofTag(document, name, value, field)
  }
}

function nameAt(object: unknown, field: Replaced['field']): string | undefined {
  const reference = parseReference(textAt(object, ...field) ?? '')
  return 'name' in reference ? reference.name : undefined
}

function repositoryAt(object: unknown, path: Replaced['field']): string | undefined {
  const [registry, repository] = [textAt(object, ...path, 'registry'), textAt(object, ...path, 'repository')]
  return registry === undefined || repository === undefined ? repository : `${registry}/${repository}`
}
