import { API_VERSION } from '../../../functions/lib/framework/config.ts'
import {
  formatReference,
  hasPlaceholder,
  type ImageReference,
  InvalidReference,
  parseReference,
} from '../../../functions/lib/kubernetes/image-reference.ts'
import { type FieldPath, formatPath } from '../../../functions/lib/kubernetes/objects.ts'
import { A_DIGEST, A_TEMPLATE, A_VARIABLE, type NotCompared, namedAt } from '../tree/not-compared.ts'
import { isTemplated } from '../tree/resource-sets/fill-in.ts'
import type { SourceDocument } from '../tree/source-files.ts'
import type { WrittenValue } from '../tree/written-value.ts'
import { editOf } from './edits.ts'
import { policyBehind } from './image-policies.ts'
import type { Edit, Place } from './pin.ts'

/** An image in a place of a file. */
export interface ImagePlace {
  name: string
  tag: string
  place: Place
}

/** An image, or why it cannot be compared. */
export type ImageFound = ImagePlace | NotCompared

/** A whole reference with a tag or digest; none for one with a placeholder. */
export function ofReference(document: SourceDocument, scalar: WrittenValue, at: FieldPath): ImageFound[] {
  const text = String(scalar.value)
  if (isTemplated(text)) return [namedAt(document, scalar, A_TEMPLATE)]
  const reference = hasPlaceholder(text) ? undefined : parseReference(text)
  if (!reference || reference instanceof InvalidReference) return []
  if (reference.tag === undefined) return reference.digest === undefined ? [] : [namedAt(document, scalar, A_DIGEST)]
  if (reference.digest !== undefined && scalar.around) return [namedAt(document, scalar, A_VARIABLE)]
  const edits = [editOf(scalar, document, (tag, digest) => moved(reference, tag, digest))]
  const hasDigest = reference.digest !== undefined
  return [
    {
      name: reference.name,
      tag: reference.tag,
      place: placeAt(document, scalar.field ?? formatPath(at), edits, hasDigest, policyBehind(scalar)),
    },
  ]
}

const moved = (reference: ImageReference, tag: string, digest: string | undefined): string =>
  formatReference({ ...reference, tag, ...(reference.digest !== undefined && digest !== undefined && { digest }) })

/** A field with a tag, which may have a digest behind it, or next to it. */
export function ofTag(
  document: SourceDocument,
  name: string,
  scalar: WrittenValue,
  path: FieldPath,
  digest?: WrittenValue,
): ImageFound[] {
  const [start, end] = scalar.range ?? [0, 0]
  const written = typeof scalar.value === 'string' ? scalar.value : document.text.slice(start, end)
  const [tag = '', own] = written.split('@')
  if (isTemplated(`${name}${tag}`)) return [namedAt(document, scalar, A_TEMPLATE)]
  if (tag === '' || parseReference(name) instanceof InvalidReference) return []
  const hasOther = typeof digest?.value === 'string' && digest.value.startsWith('sha256:')
  const edits = [
    editOf(scalar, document, (to, now) => (own === undefined ? to : `${to}@${now ?? own}`)),
    ...(digest && hasOther ? [editOf(digest, document, (_, now) => now ?? String(digest.value))] : []),
  ]
  return [
    {
      name,
      tag,
      place: placeAt(
        document,
        scalar.field ?? formatPath(path),
        edits,
        own !== undefined || hasOther,
        policyBehind(scalar),
      ),
    },
  ]
}

export const placeAt = (
  document: SourceDocument,
  field: string,
  edits: readonly Edit[],
  hasDigest: boolean,
  policy: string | undefined,
): Place => ({
  document,
  field,
  line: document.lineOf(edits[0]?.start ?? 0),
  edits,
  hasDigest,
  isLock: document.fields.apiVersion === API_VERSION,
  policy,
})
