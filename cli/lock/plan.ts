import { InvalidReference, parseReference } from '../../functions/lib/kubernetes/image-reference.ts'
import { Failure } from '../exit-code.ts'
import type { LockFile } from './lock-file.ts'
import { digestsOf } from './registry.ts'

/** What the registry says of a reference, beside what the lock says. */
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
export async function planLock({ digests, notPinned }: LockFile, images: readonly string[]): Promise<Locked[]> {
  const known = [...digests.keys()].filter(hasTag)
  const references = images.length > 0 ? images.map(requireReference) : [...new Set([...known, ...notPinned])]
  const answers = await digestsOf(references)
  return [...answers]
    .map(([reference, now]) => ({ reference, before: digests.get(reference), now }))
    .sort((one, other) => (one.reference < other.reference ? -1 : 1))
}

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
