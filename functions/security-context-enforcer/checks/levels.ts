/**
 * The levels of the Pod Security Standards, laxest first.
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export const LEVELS = ['privileged', 'baseline', 'restricted'] as const
export type Level = (typeof LEVELS)[number]

export const isLaxer = (level: Level, than: Level): boolean => LEVELS.indexOf(level) < LEVELS.indexOf(than)

/** The level that all of them meet; restricted where there are none. */
export const laxest = (levels: readonly Level[]): Level =>
  levels.reduce<Level>((lowest, level) => (isLaxer(level, lowest) ? level : lowest), 'restricted')

/** The newest minor version of Kubernetes whose policy the checks know, and the first with Pod Security admission. */
export const NEWEST_MINOR = 37
export const OLDEST_MINOR = 25

/** `latest` or `v1.35` as a minor version. */
export const minorOf = (version: string): number =>
  version === 'latest' ? NEWEST_MINOR : Number(version.slice('v1.'.length))
