import type { ImageReference } from '../../lib/kubernetes/image-reference.ts'

/** What becomes of one image. */
export type Decision =
  /** An error: what was found, what was expected, and what to do. */
  | { outcome: 'refused'; problem: string }
  /** A placeholder: left as it is, unknown to this function. */
  | { outcome: 'placeholder'; reason: string | undefined }
  | {
      outcome: 'settled'
      image: ImageReference
      /** What a mirror job copies to `image`; undefined where the image is not mirrored. */
      source: ImageReference | undefined
      /** Why it runs by its tag; undefined where it is pinned. */
      reason: string | undefined
      /** Is the name under a mirror or internal, as every name should be once there are mirrors? */
      isPlaced: boolean
    }

export const refused = (problem: string): Decision => ({ outcome: 'refused', problem })
