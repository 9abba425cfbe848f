import type { LockedChart } from '../lock/chart/lock.ts'
import type { ValueChanges } from './changes/value-changes.ts'
import type { Pin } from './pins/pin.ts'
import type { NotCompared } from './tree/not-compared.ts'
import type { Level, Newest } from './versions/versions.ts'

/** A pin that is not at the newest version. */
export interface Outdated {
  pin: Pin
  newest: Newest
  /** The largest step that was asked for. */
  to: string
  level: Level
  /** Names of what moves with it, if that has no newer version in common with it. */
  heldBy: string[]
  /** A major is proposed only if it was asked for. */
  isProposed: boolean
  /** Digest of what it moves to, if one is written next to the version. */
  digest: string | undefined
  /** What a chart changes for each of its releases, if that was looked at. */
  changes: ChartChanges[]
  /** Why nobody knows what it changes, if that was asked for. */
  obstacle: string | undefined
}

/** An origin that did not answer, and the pins that need its answer. */
export interface NotAnswered {
  asked: string
  reason: string
  pins: Pin[]
}

/** Everything to report about the versions of a tree. */
export interface Overview {
  pins: number
  outdated: Outdated[]
  notAnswered: NotAnswered[]
  notCompared: NotCompared[]
}

/** What a new version of a chart changes for one release. */
export interface ChartChanges {
  /** As messages call it: `HelmRelease shop/app`. */
  release: string
  /** File of its lock, if it has one. */
  lock: string | undefined
  values: ValueChanges
  /** Containers, images, hooks, RBAC and access to the host that come and go, as lines of a diff. */
  rendered: string[]
  /** Its lock for the new version. */
  renewed: LockedChart | undefined
  /** Why Helm does not render the new version with these values. */
  problem: string | undefined
}
