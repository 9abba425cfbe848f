const EXACT = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/** Is this one version? A range, `*` or a build that moves is none. Source: https://semver.org */
export const isExactVersion = (version: string): boolean => EXACT.test(version)
