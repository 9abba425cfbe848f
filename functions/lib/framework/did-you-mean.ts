import { closest, distance } from 'fastest-levenshtein'

/** The candidate that was probably meant, or undefined where none is near: at most a third of its letters differ. */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const candidate = closest(written, candidates)
  return distance(written, candidate) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined
}

/** ` (did you mean mirrors?)`, or nothing. */
export const didYouMean = (written: string, candidates: readonly string[]): string => {
  const candidate = nearest(written, candidates)
  return candidate === undefined ? '' : ` (did you mean ${candidate}?)`
}
