import type { KubernetesObject } from '../../../functions/lib/kubernetes/objects.ts'
import type { SourceDocument } from '../tree/source-files.ts'
import type { Origin } from '../versions/origins.ts'

/** A scalar of a file that changes with the version. */
export interface Edit {
  start: number
  end: number
  /** What is written for a version, with its digest if one is written. */
  write(version: string, digest: string | undefined): string
  /** Can a version be written there? */
  takes(version: string): boolean
}

/** A place of a file that names a version. */
export interface Place {
  document: SourceDocument
  /** Path of the field, as messages write it. */
  field: string
  line: number
  edits: readonly Edit[]
  /** Is a digest written next to the version? */
  hasDigest: boolean
  /** Is it the lock of a policy, which follows what names the image? */
  isLock: boolean
  /** The image policy that chooses the version, by the marker behind it: `namespace:name`. */
  policy: string | undefined
}

/** A version that the tree pins, in one place or several. */
export interface Pin {
  kind: 'chart' | 'artifact' | 'image'
  /** URL of a chart or artifact, name of an image. */
  name: string
  origin: Origin
  version: string
  places: Place[]
  /** The HelmReleases that install the chart. */
  releases: Installed[]
}

/** A HelmRelease in a file. */
export interface Installed {
  object: KubernetesObject
  file: string
  /** The source of its chart, as the file has it. */
  source: KubernetesObject
}
