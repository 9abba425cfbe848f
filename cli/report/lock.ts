import type { Locked } from '../lock/plan.ts'
import { colorsFor } from '../terminal.ts'

/** A line for each digest that differs, and a sum. */
export function lockAsText(locked: readonly Locked[], isCheck: boolean): string {
  const colors = colorsFor(process.stdout, process.env)
  const changed = locked.filter(({ before, now }) => before !== now)
  const lines = changed.map(
    ({ reference, before, now }) => `${colors.bold(reference)}: ${before === undefined ? '' : `${before} → `}${now}\n`,
  )
  const done = isCheck ? 'would change; nothing was written' : 'changed'
  return `${lines.join('')}${locked.length} images asked for, ${changed.length} ${done}\n`
}

/** The same for machines, with those that stay. */
export const lockAsJson = (locked: readonly Locked[], isCheck: boolean): object => ({
  ok: !isCheck || locked.every(({ before, now }) => before === now),
  images: locked.map(({ reference, before, now }) => ({ reference, before: before ?? null, digest: now })),
})
