import { type FieldPath, formatPath } from '../../../functions/lib/kubernetes/objects.ts'
import type { InFile } from '../tree/pieces.ts'
import type { SourceDocument } from '../tree/source-files.ts'
import type { Written } from '../tree/written.ts'
import type { WrittenValue } from '../tree/written-value.ts'
import { tagOf } from '../versions/versions.ts'
import { editOf } from './edits.ts'
import { policyBehind } from './image-policies.ts'
import type { Place } from './pin.ts'

/** A version, and the place of a file that decides it. */
export interface PlacedVersion {
  document: SourceDocument
  value: WrittenValue
  version: string
  /** What the place has for a version that a registry or an index names so. */
  write: (version: string) => string
  place: Place
}

/** The version in a field, if it is written there; `digestPath` is the field of its digest. */
export function placeOf(
  { document, at }: Pick<Written, 'document' | 'at'>,
  path: FieldPath,
  digestPath?: FieldPath,
): PlacedVersion | undefined {
  const value = at(path)
  if (!value || value.value === null) return undefined
  const digest = digestPath && at(digestPath)
  const write = digestPath ? tagOf : (now: string) => now.replace('_', '+')
  const { place, ...version } = placed({ document, value: { field: formatPath(path), ...value } }, { write })
  const edit = digest && editOf(digest, document, (_, now) => now ?? String(digest.value))
  return { ...version, place: { ...place, edits: [...place.edits, ...(edit ? [edit] : [])], hasDigest: !!edit } }
}

/** A version in the place that decides it. */
export function placed(
  { document, value }: InFile,
  { write, place }: Pick<PlacedVersion, 'write'> & Partial<Pick<PlacedVersion, 'place'>>,
): PlacedVersion {
  return {
    document,
    value,
    version: String(value.value),
    write,
    place: {
      document,
      field: value.field ?? place?.field ?? '',
      line: document.lineOf(value.range?.[0] ?? 0),
      edits: [editOf(value, document, write)],
      hasDigest: false,
      isLock: false,
      policy: policyBehind(value) ?? place?.policy,
    },
  }
}

/** A place whose version is not compared; the reason is to be added. */
export const notCompared = ({ document, place, version }: PlacedVersion) => ({
  file: document.file,
  line: place.line,
  found: version,
})
