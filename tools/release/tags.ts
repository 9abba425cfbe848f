type Version = readonly [major: number, minor: number, patch: number]

const VERSION = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/

/**
 * The tags that the image of a release gets, the one that never moves first: `vX.Y.Z`, then `vX.Y` and `vX` where no
 * newer release is below them. There is no tag for the newest of all.
 *
 * `release` is the Git tag; `tags` are all Git tags, in which only versions count. Throws if `release` is no version.
 */
export function tagsOf(release: string, tags: readonly string[]): string[] {
  const version = parse(release)
  if (version === undefined) throw new Error(`${release}: expected a release such as v1.2.3`)
  const [major, minor] = version
  const released = tags.map(parse).filter((other) => other !== undefined)
  const ofMajor = released.filter((other) => other[0] === major)
  const ofMinor = ofMajor.filter((other) => other[1] === minor)
  return [
    release,
    ...(isNewest(version, ofMinor) ? [`v${major}.${minor}`] : []),
    ...(isNewest(version, ofMajor) ? [`v${major}`] : []),
  ]
}

function parse(tag: string): Version | undefined {
  const match = VERSION.exec(tag)
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined
}

const isNewest = (version: Version, among: readonly Version[]): boolean =>
  among.every((other) => compare(other, version) <= 0)

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]
