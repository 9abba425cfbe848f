const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

/** A duration as Go writes it, such as `1h30m`. Source: the pattern in Flux's definitions. */
export const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/

/** Its seconds; undefined for what is no duration. */
export function secondsOf(duration: unknown): number | undefined {
  if (typeof duration !== 'string' || !DURATION.test(duration)) return undefined
  let seconds = 0
  for (const [, number, unit = ''] of duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    seconds += Number(number) * (UNITS[unit] ?? 0)
  return seconds
}
