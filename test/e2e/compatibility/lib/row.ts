import type { Ended } from '../../../cli/lib/command-line.ts'

export const COLUMNS = ['Result', 'policy error', 'missing engine', 'unknown image'] as const
export type Column = (typeof COLUMNS)[number]

/** A dash, and the name of the footnote of docs/compatibility.md that says why there is nothing to run. */
export type Dash = `–[^${string}]`

export const NO_ENGINE: Dash = '–[^no-engine]'
export const NO_IMAGE: Dash = '–[^no-image]'

/** What a program does with an engine: a row of docs/compatibility.md. */
export interface Row {
  program: string
  version: () => string
  /** The version is that of the machine, and no test pins it. */
  ofMachine?: boolean
  engine: string
  /** Each runs the program, fails if the result is not the expected one, and gives what was seen. */
  cells: Record<Column, (() => Promise<string>) | Dash>
  start?: () => Promise<void>
  stop?: () => void
}

export const SAME_BYTES = 'same bytes'
export const SAME_OBJECTS = 'same objects'

/** How a failed build ended; fails where it did not, or where stderr lacks the reason. */
export function failed({ exitCode, stdout, stderr }: Ended, reason: string | RegExp): string {
  expect(stderr).toMatch(reason)
  expect(exitCode).toBeGreaterThan(0)
  return `exit ${exitCode}, ${stdout === '' ? 'no output' : 'output'}`
}
