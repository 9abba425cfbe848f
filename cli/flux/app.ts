import type { Entry } from '../../functions/flux-conventions/tree/tree.ts'
import type { Finding } from '../../functions/lib/framework/finding.ts'

/** A finding and what made it. */
export interface AppFinding {
  source: string
  finding: Finding
  /** The Kustomization whose patch writes what is wrong. */
  patchedBy?: string
  /** Namespaces in which the same file makes the same object, or further objects that the patch writes into. */
  alsoIn?: string[]
  /** Other clusters that have it in the same file. */
  clusters?: string[]
}

/** A Kustomization of Flux and what it applies. */
export interface App {
  entry: Entry
  /**
   * `external`: from another repository, and not looked at. `partial`: built without what comes from URLs, which it needs.
   */
  state: 'built' | 'missing' | 'unbuilt' | 'partial' | 'external'
  /** Why it does not build. */
  reason?: string
  /** What it applies, with its variables substituted. */
  objects: Entry[]
  /** The same as YAML, without what commonMetadata adds. */
  texts: string[]
  /** URLs among the resources, and the files that name them. */
  remotes: { file: string; url: string }[]
  /** What the policies of its folder still ask for; undefined where it has no policy. */
  verified?: AppFinding[]
}

/** `namespace/name` of a Kustomization. */
export const identityOf = ({ namespace, object }: Entry): string => `${namespace ?? ''}/${object.metadata.name}`
