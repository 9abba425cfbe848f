/** The part of semver that is used here; its types are in a package of their own. */
declare module 'semver' {
  /** The version in canonical form, or null if the text is no version. */
  export function valid(version: string): string | null
  export function satisfies(version: string, range: string, options?: { includePrerelease?: boolean }): boolean
}
