import { setTimeout } from 'node:timers/promises'

/** Asks until the answer is as wanted, for at most two minutes; gives the last answer. */
export async function eventually<T>(ask: () => T | Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (let left = 600; ; left--) {
    const answer = await ask()
    if (left === 0 || isWanted(answer)) return answer
    await setTimeout(200)
  }
}
