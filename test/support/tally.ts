import { appendFileSync } from 'node:fs'

/** Counts what a test tried, for `npm run reliability`. */
export function tally(what: 'inputs' | 'pairs', count: number): void {
  if (process.env.TALLY) appendFileSync(process.env.TALLY, `${what} ${count}\n`)
}
