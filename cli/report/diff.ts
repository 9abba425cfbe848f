import type { ObjectChange } from '../render/diff.ts'
import { colorsFor } from '../terminal.ts'

/** Unified diffs one after another, coloured as diffs are. */
export function diffsAsText(changes: readonly ObjectChange[]): string {
  const colors = colorsFor(process.stdout, process.env)
  const paint = (line: string): string => {
    if (/^(?:---|\+\+\+) /.test(line)) return colors.bold(line)
    if (line.startsWith('@@')) return colors.cyan(line)
    if (line.startsWith('+')) return colors.green(line)
    return line.startsWith('-') ? colors.red(line) : line
  }
  return changes.map(({ diff }) => diff.split('\n').map(paint).join('\n')).join('\n')
}
