import { readFileSync } from 'node:fs'
import { type Document, isMap, parseDocument } from 'yaml'
import { API_VERSION } from '../../functions/lib/config.ts'
import { type Fields, isFields, valueAt } from '../../functions/lib/kubernetes/object.ts'
import { display } from '../display.ts'
import { Failure } from '../exit-code.ts'
import { NOT_PINNED } from '../init/write-images.ts'

/** A file with a policy that locks images. */
export interface LockFile {
  file: string
  document: Document
  /** Where the configuration of image-mirror-digest stands in it. */
  section: readonly string[]
  digests: ReadonlyMap<string, string>
  /** References that may run by their tag only until they are pinned. */
  notPinned: readonly string[]
}

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  Hardening: ['spec', 'images'],
  ImageMirrorDigest: ['spec'],
}

/** Reads a policy, or a patch of one. Throws Failure (2) for any other file. */
export function readLockFile(file: string): LockFile {
  const document = parseDocument(readFileSync(file, 'utf8'))
  const [problem] = document.errors
  if (problem) throw new Failure(`${display(file)} cannot be read as YAML: ${problem.message.split('\n')[0]}`)
  const policy: unknown = document.toJS()
  const { apiVersion, kind } = isFields(policy) ? policy : {}
  const section = apiVersion === API_VERSION ? SECTIONS[String(kind)] : undefined
  if (!section)
    throw new Failure(
      `${display(file)}: found ${kind ?? 'no kind'} of ${apiVersion ?? 'no apiVersion'}, expected ${Object.keys(SECTIONS).join(' or ')} of ${API_VERSION}`,
    )
  const at = (key: string): Fields => {
    const value = valueAt(policy, [...section, key])
    return isFields(value) ? value : {}
  }
  const exceptions = Object.entries(at('allowTag'))
  return {
    file,
    document,
    section,
    digests: new Map(Object.entries(at('digests')).map(([reference, digest]) => [reference, String(digest)])),
    notPinned: exceptions.filter(([, value]) => valueAt(value, ['reason']) === NOT_PINNED).map(([key]) => key),
  }
}

/** The text of the file with these digests, comments and order kept; exceptions that waited for one of them go. */
export function withDigests({ document, section, notPinned }: LockFile, digests: ReadonlyMap<string, string>): string {
  const edited = document.clone()
  const lock = edited.getIn([...section, 'digests'])
  // `{}` becomes a line for each entry.
  if (isMap(lock) && lock.items.length === 0) lock.flow = false
  for (const [reference, digest] of digests) edited.setIn([...section, 'digests', reference], digest)
  const exceptions = [...section, 'allowTag']
  for (const reference of notPinned) if (digests.has(reference)) edited.deleteIn([...exceptions, reference])
  const left = edited.getIn(exceptions)
  if (isMap(left) && left.items.length === 0) edited.deleteIn(exceptions)
  return edited.toString({ lineWidth: 0, flowCollectionPadding: false })
}
