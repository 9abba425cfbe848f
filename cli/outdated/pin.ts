import type { KubernetesObject } from '../../functions/lib/kubernetes/objects.ts'
import type { SourceDocument } from './source-files.ts'

/** Where the versions of something are listed. */
export type Origin =
  /** A repository of a registry; `isPlain` for one that is reached without TLS. */
  | { kind: 'registry'; repository: string; isPlain: boolean }
  /** A chart in an index.yaml. */
  | { kind: 'index'; url: string; chart: string }

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

/** A place whose version cannot be compared with others. */
export interface NotCompared {
  file: string
  line: number
  found: string
  why: string
}
