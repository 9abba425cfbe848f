import type { ImageReference } from '../../lib/kubernetes/image-reference.ts'
import type { Problem } from '../findings.ts'

/** What is to become of one image. */
export type Decision = Refused | Placeholder | Resolved

export interface Refused {
  outcome: 'refused'
  problem: Problem
}

/** An image that somebody else fills in, as an entry of `allowTag` permits. */
export interface Placeholder {
  outcome: 'placeholder'
  /** Why it is permitted. */
  reason: string
  /** The image that runs if nobody fills it in, and the text of the placeholder with that image; undefined without one. */
  default: { image: Resolved; text: string } | undefined
}

export interface Resolved {
  outcome: 'resolved'
  image: ImageReference
  /** What a mirror job copies to `image`; undefined if the image is not mirrored. */
  source: ImageReference | undefined
  /** Why it runs by its tag; undefined if it is pinned. */
  reason: string | undefined
  /** Is the name under a mirror or internal, as every name should be once there are mirrors? */
  isCovered: boolean
}

export const refused = (problem: Problem): Refused => ({ outcome: 'refused', problem })
