/** The part of semver that is used here; its types are in a package of their own. */
declare module 'semver' {
  /** The version in canonical form, or null if the text is no version. */
  export function valid(version: string): string | null
  export function satisfies(version: string, range: string, options?: { includePrerelease?: boolean }): boolean
  export function gt(version: string, other: string): boolean
  export function major(version: string): number
  export function minor(version: string): number
  /** For sorting: the newest first. */
  export function rcompare(version: string, other: string): number
}
