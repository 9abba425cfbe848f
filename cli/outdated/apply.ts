import {
  canonicalName,
  formatReference,
  InvalidReference,
  parseReference,
} from '../../functions/lib/kubernetes/image-reference.ts'
import { isFields, valueAt } from '../../functions/lib/kubernetes/objects.ts'
import { type Change, writeAllOrNone } from '../files.ts'
import { LOCK_SECTIONS } from '../lock/lock-file.ts'
import type { Outdated } from './overview.ts'
import { changesOf } from './pins/edits.ts'
import type { SourceDocument } from './tree/source-files.ts'

/** Writes the files and the locks of their charts, all or none. Answers what it wrote. */
export function apply(moved: readonly Outdated[]): Change[] {
  const locks = moved.flatMap(({ changes }) => changes.flatMap(({ renewed }) => renewed ?? []))
  const files = [...changesOf(moved), ...locks.map(({ file, before, after }) => ({ file, before, after }))]
  const changed = files.filter(({ before, after }) => before !== after)
  writeAllOrNone(changed)
  return changed
}

/** The images that renewed locks bring and no policy of the tree locks, with the policy that locks others. */
export const unlockedImages = (moved: readonly Outdated[], documents: readonly SourceDocument[]) =>
  unlockedAmong(
    moved.flatMap(({ changes }) => changes.flatMap(({ renewed }) => renewed?.images ?? [])),
    documents,
  )

/** Those of some images that no policy locks, with the policy that locks others. */
export function unlockedAmong(
  brought: readonly string[],
  documents: readonly SourceDocument[],
): { file: string; images: string[] } | undefined {
  const locks = documents.flatMap((document) =>
    digestsIn(document).map((key) => ({ file: document.file, key: canonical(key) })),
  )
  const known = new Set(locks.map(({ key }) => key))
  const images = [...new Set(brought)].filter(
    (image) => !known.has(canonical(image)) && !known.has(canonical(image, false)),
  )
  const [first] = locks
  return first && images.length > 0 ? { file: first.file, images } : undefined
}

const digestsIn = ({ fields }: SourceDocument): string[] => {
  const digests = valueAt(fields, [...(LOCK_SECTIONS[String(fields.kind)] ?? []), 'digests'])
  return isFields(digests) ? Object.keys(digests) : []
}

/** An image by one spelling, with its tag or without. */
function canonical(image: string, withTag = true): string {
  const reference = parseReference(image)
  if (reference instanceof InvalidReference) return image
  const name = canonicalName(reference.name)
  return withTag ? formatReference({ ...reference, name }) : name
}
