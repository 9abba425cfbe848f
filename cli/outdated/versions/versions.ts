import { gt, major, minor, rcompare, valid } from 'semver'

/** A version as it is written, and what it means. */
export interface Version {
  text: string
  /** Canonical: without `v` and build metadata, and with all three numbers. */
  semver: string
  hasPrefix: boolean
  /** How many numbers are written. An image `1.27` stays a version of two numbers. */
  numbers: number
  /** What follows the numbers of an image and is no pre-release, such as `alpine`. */
  variant: string
  isPreRelease: boolean
}

/** The newest version of each level, by their texts. */
export interface Newest {
  patch?: string
  minor?: string
  major?: string
}

export type Level = keyof Newest
/** The smallest step first. */
export const LEVELS: readonly Level[] = ['patch', 'minor', 'major']

const WRITTEN = /^(v?)(\d+(?:\.\d+){0,2})(?:-([0-9A-Za-z][0-9A-Za-z.-]*))?(\+[0-9A-Za-z.-]+)?$/
const PRE_RELEASE = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|canary|nightly|next|edge|[abm]\d)/i

/** The version of an image. What follows its numbers is its variant, unless it names a pre-release. */
export const versionOfImage = (text: string): Version | undefined => read(text, (suffix) => PRE_RELEASE.test(suffix))

/**
 * The version of a chart, or of another artifact of Flux: three numbers, as Helm and Flux read the tags of registries, which
 * have `_` in place of `+`. Source: https://helm.sh/docs/topics/registries/
 */
export function versionOfChart(text: string): Version | undefined {
  const version = read(text.replace('_', '+'), () => true)
  return version && version.numbers === 3 ? { ...version, text } : undefined
}

/** The tag of a version in a registry. */
export const tagOf = (version: string): string => version.replace('+', '_')

function read(text: string, isPreRelease: (suffix: string) => boolean): Version | undefined {
  const [, prefix, written = '', suffix = ''] = WRITTEN.exec(text) ?? []
  const numbers = written.split('.')
  const full = [...numbers, '0', '0'].slice(0, 3).join('.')
  const isPre = suffix !== '' && isPreRelease(suffix)
  const semver = valid(isPre ? `${full}-${suffix}` : full)
  if (semver === null) return undefined
  return {
    text,
    semver,
    hasPrefix: prefix === 'v',
    numbers: numbers.length,
    variant: isPre ? '' : suffix,
    isPreRelease: isPre,
  }
}

/** The newest of what is offered, by level. Pre-releases are left out, and so are other variants of an image. */
export function newestOf(current: Version, offered: readonly Version[]): Newest {
  const newer = offered
    .filter(
      ({ semver, numbers, variant, isPreRelease }) =>
        !isPreRelease && numbers === current.numbers && variant === current.variant && gt(semver, current.semver),
    )
    .sort(
      (a, b) =>
        rcompare(a.semver, b.semver) ||
        Number(b.hasPrefix === current.hasPrefix) - Number(a.hasPrefix === current.hasPrefix),
    )
  const found = LEVELS.flatMap((level) => {
    const version = newer.find(({ semver }) => levelOf(current.semver, semver) === level)
    return version ? [[level, version.text] as const] : []
  })
  return Object.fromEntries(found)
}

function levelOf(from: string, to: string): Level {
  if (major(from) !== major(to)) return 'major'
  return minor(from) === minor(to) ? 'patch' : 'minor'
}
