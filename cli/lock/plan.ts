import { InvalidReference, parseReference } from '../../functions/lib/kubernetes/image-reference.ts'
import { Failure } from '../exit-code.ts'
import type { LockFile } from './lock-file.ts'
import { digestsOf } from './registry.ts'

/** What the registry and the lock say about an image. */
export interface Locked {
  reference: string
  /** What the lock has; undefined for a reference that is new to it. */
  before: string | undefined
  now: string
}

/**
 * Asks for the images that are named, or else for all that the lock has with a tag and all that wait to be pinned.
 * A key without a tag holds for any tag, so no registry can be asked for it. Throws Failure (2) for what is no reference of
 * a tag, and as `digestsOf`.
 */
export async function planLock(lock: LockFile, images: readonly string[]): Promise<Locked[]> {
  const known = [...lock.digests.keys()].filter(hasTag)
  const wanted = (images.length > 0 ? images : lock.notPinned).map((text) => keyOf(requireReference(text), lock))
  const answers = await digestsOf([...new Set(images.length > 0 ? wanted : [...known, ...wanted])])
  return [...answers]
    .map(([reference, now]) => ({ reference, before: lock.digests.get(reference), now }))
    .sort((one, other) => (one.reference < other.reference ? -1 : 1))
}

/**
 * The key that locks an image: with the default tag if it has none, because a key without a tag locks every other tag too.
 * A key that the lock already has without a tag stays.
 */
export const keyOf = (reference: string, { digests }: Pick<LockFile, 'digests'>): string =>
  hasTag(reference) || digests.has(reference) ? reference : `${reference}:latest`

function hasTag(key: string): boolean {
  const reference = parseReference(key)
  return !(reference instanceof InvalidReference) && reference.tag !== undefined
}

function requireReference(text: string): string {
  const reference = parseReference(text)
  if (reference instanceof InvalidReference) throw new Failure(`${text}: found ${reference.problem}, expected an image`)
  if (reference.digest !== undefined)
    throw new Failure(`${text}: found a digest, expected an image by its tag, whose digest is looked up`)
  return text
}
