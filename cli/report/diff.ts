import type { ObjectChange } from '../render/diff.ts'
import { colorsFor } from '../terminal.ts'

/** A unified diff, coloured as diffs are. */
export function painted(diff: string): string {
  const colors = colorsFor(process.stdout, process.env)
  const paint = (line: string): string => {
    if (/^(?:diff|---|\+\+\+) /.test(line)) return colors.bold(line)
    if (line.startsWith('@@')) return colors.cyan(line)
    if (line.startsWith('+')) return colors.green(line)
    return line.startsWith('-') ? colors.red(line) : line
  }
  return diff.split('\n').map(paint).join('\n')
}

/** Unified diffs one after another. */
export const diffsAsText = (changes: readonly ObjectChange[]): string =>
  changes.map(({ diff }) => painted(diff)).join('\n')
