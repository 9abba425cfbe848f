import { setTimeout } from 'node:timers/promises'

/** In milliseconds: far longer than anything here takes on a busy machine, so only what never happens is given up. */
const LIMIT = 600_000

/** Asks until the answer is as wanted, for at most ten minutes; gives the last answer. */
export async function eventually<T>(ask: () => T | Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (const start = Date.now(); ; ) {
    const answer = await ask()
    if (isWanted(answer) || Date.now() - start > LIMIT) return answer
    await setTimeout(200)
  }
}
