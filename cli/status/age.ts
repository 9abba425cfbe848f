const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const

/** How long ago a moment in RFC 3339 was, in its largest unit: `12m`. `now` is in milliseconds of the epoch. */
export function ageOf(at: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? ['s', 1]
  return Number.isNaN(seconds) ? 'an unknown time' : `${Math.floor(seconds / size)}${unit}`
}
